package log

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
	"hexspot/witness"
)

// shower is an ingest that shows checkpoints of a list of records and answers questions
// about it, truthfully of that list.
type shower struct {
	t     testing.TB
	name  Name
	list  ids
	shown uint64
}

func (s *shower) tree(size uint64) *Tree { return treeFrom(s.list[:size]) }

// show is the checkpoint of so many records; final with a mark.
func (s *shower) show(size uint64, final bool) Shown {
	s.t.Helper()
	tree := s.tree(size)
	shown := Shown{Note: signedHead(s.t, s.name, tree.Head())}
	if s.shown > 0 && s.shown <= size {
		growth, err := tree.Extend(s.shown, size)
		if err != nil {
			s.t.Fatal(err)
		}
		shown.Growth = &growth
	}
	s.shown = size
	if final {
		head := tree.Head()
		shown.Mark = markFor(s.t, s.name, witness.HighWater{Size: head.Size, Root: head.Root, Received: 1 << 40})
	}
	return shown
}

// answer answers what the follower asks until it asks nothing.
func (s *shower) answer(f *Follower) (found []Evidence) {
	s.t.Helper()
	for q := f.Question(); q != ""; q = f.Question() {
		var epoch, a, b uint64
		answer := Answer{Ask: q}
		if n, _ := fmt.Sscanf(q, "%d/consistency?from=%d&to=%d", &epoch, &a, &b); n == 3 {
			proof, err := treeFrom(s.list).Extend(a, b)
			if err != nil {
				s.t.Fatal(err)
			}
			answer.Consistency = &proof
		} else if n, _ := fmt.Sscanf(q, "%d/inclusion?index=%d&size=%d", &epoch, &a, &b); n == 3 {
			proof, err := treeFrom(s.list).Include(a, b)
			if err != nil {
				s.t.Fatal(err)
			}
			answer.Inclusion = &proof
		} else {
			s.t.Fatalf("asked %q", q)
		}
		parsed, err := ParseAnswer(answer.Encode())
		if err != nil {
			s.t.Fatal(err)
		}
		moves, err := f.Hear(parsed)
		if err != nil {
			s.t.Log(err)
		}
		found = append(found, moves.Found...)
	}
	return found
}

func follow(t testing.TB) (*Follower, *shower) {
	name := testName(t)
	honest, _ := worlds()
	return NewFollower(key(9), name.Network), &shower{t: t, name: name, list: honest}
}

// TestFollowerCosigns: what grew is kept and co-signed, also after checkpoints that were
// missed and after a start; what was seen is co-signed again and not kept again.
func TestFollowerCosigns(t *testing.T) {
	f, s := follow(t)
	first := f.Show(s.show(300, false))
	if len(first.Keep) != 1 || len(first.Cosigned) != 1 || len(first.Cosigned[0].Cosigners()) != 1 {
		t.Fatalf("%+v", first)
	}
	if moves := f.Show(s.show(400, false)); len(moves.Keep) != 1 || len(moves.Cosigned) != 1 || f.Question() != "" {
		t.Errorf("%+v, asks %q", moves, f.Question())
	}
	again := f.Show(s.show(400, false))
	if len(again.Keep) != 0 || len(again.Cosigned) != 1 {
		t.Errorf("%+v", again)
	}
	s.show(500, false) // missed
	if moves := f.Show(s.show(600, false)); len(moves.Cosigned) != 0 || f.Question() != "21225/consistency?from=400&to=600" {
		t.Errorf("%+v, asks %q", moves, f.Question())
	}
	if found := s.answer(f); len(found) != 0 {
		t.Error(found)
	}
	if c, ok := f.Seen(); !ok || c.Size != 600 {
		t.Errorf("%+v", c)
	}
	born := NewFollower(key(9), s.name.Network)
	if err := born.Restore(again.Cosigned[0]); err != nil {
		t.Fatal(err)
	}
	born.Show(s.show(700, true))
	if found := s.answer(born); len(found) != 0 {
		t.Error(found)
	}
	if c, _ := born.Seen(); c.Size != 700 {
		t.Errorf("%+v", c)
	}
}

// TestFollowerFindsASplitView: of one size, of two, and when the network first shows the
// larger tree.
func TestFollowerFindsASplitView(t *testing.T) {
	honest, forged := worlds()
	for what, c := range map[string]struct {
		was, is uint64
		asked   ids // what questions are answered from
		want    Kind
	}{
		"one size":        {700, 700, forged, Split},
		"grown":           {300, 700, forged, Forked},
		"an earlier tree": {700, 300, honest, Forked},
	} {
		f, s := follow(t)
		kept := f.Show(s.show(c.was, false)).Keep
		s.list = forged
		lie := s.show(c.is, false)
		s.list = c.asked
		found := append(f.Show(lie).Found, s.answer(f)...)
		if len(found) != 1 || found[0].Kind != c.want || found[0].Verify() != nil {
			t.Errorf("%s: %v", what, found)
		}
		if moves := f.Show(lie); len(moves.Cosigned)+len(moves.Found) != 0 || f.Question() != "" {
			t.Errorf("%s: a log that lied is followed: %+v", what, moves)
		}
		born := NewFollower(key(9), s.name.Network)
		if err := born.Restore(kept[0]); err != nil {
			t.Fatal(err)
		}
		if found := append(born.Show(lie).Found, s.answer(born)...); len(found) != 1 {
			t.Errorf("%s: not found after a start: %v", what, found)
		}
	}
}

// TestDistrustOutlivesAStart: evidence that was kept has the log distrusted again, whatever
// it shows; evidence that needs the bundle, or of another network, does not.
func TestDistrustOutlivesAStart(t *testing.T) {
	for kind, e := range everyKind(t) {
		kept, err := KeptEvidence(e.Encode())
		if err != nil || kept.Kind != kind || kept.Log() != e.Log() {
			t.Fatalf("%s: %+v, %v", kind, kept, err)
		}
		f, s := follow(t)
		s.name = e.Log()
		alone := e.Condition() == "" || kind == Cut
		if err := f.Distrust(kept); (err == nil) != alone {
			t.Errorf("%s: %v", kind, err)
		}
		moves := f.Show(s.show(300, false))
		if trusted := len(moves.Cosigned) == 1; trusted == alone {
			t.Errorf("%s: %+v", kind, moves)
		}
		other := NewFollower(key(9), radio.Network{1})
		if err := other.Distrust(kept); err == nil {
			t.Errorf("%s: evidence against another network was taken", kind)
		}
	}
	for _, bad := range []string{"", "{}", `{"protocol":"hexspot/1","receipts":["AA=="],"checkpoints":["x"]}`} {
		if e, err := KeptEvidence([]byte(bad)); err == nil {
			t.Errorf("%q: %+v", bad, e)
		}
	}
}

// TestDistrustIsNotPushedOut: showing other logs does not have a fault forgotten.
func TestDistrustIsNotPushedOut(t *testing.T) {
	f, s := follow(t)
	bad := everyKind(t)[Split]
	s.name = bad.Log()
	if err := f.Distrust(bad); err != nil {
		t.Fatal(err)
	}
	for range mostFollowed + 10 {
		s.name.Epoch++
		s.shown = 0
		f.Show(s.show(10, false))
	}
	s.name, s.shown = bad.Log(), 0
	if moves := f.Show(s.show(300, false)); len(moves.Cosigned) != 0 {
		t.Error("a log that lied is co-signed after many others")
	}
}

// TestFollowerFindsOmissions: a receipt whose index has another record, one that the final
// log does not reach, and two for one index.
func TestFollowerFindsOmissions(t *testing.T) {
	honest, forged := worlds()
	f, s := follow(t)
	mine := []Receipt{receiptFor(t, s.name, honest[victim], victim), receiptFor(t, s.name, honest[7], 7), receiptFor(t, s.name, recordID("late", 0), 700)}
	for _, r := range mine {
		if moves := f.Hold(r); len(moves.Found) != 0 {
			t.Error(moves.Found)
		}
	}
	f.Hold(mine[1])
	f.Show(s.show(700, false))
	if found := s.answer(f); len(found) != 0 {
		t.Error(found)
	}
	if moves := f.Show(s.show(700, true)); len(moves.Found) != 1 || moves.Found[0].Kind != Overdue || moves.Found[0].Verify() != nil {
		t.Errorf("%+v", moves.Found)
	}
	f, s = follow(t)
	s.list = forged
	f.Hold(mine[0])
	f.Show(s.show(100, false))
	if found := s.answer(f); len(found) != 1 || found[0].Kind != Replaced || found[0].Verify() != nil {
		t.Errorf("%v", found)
	}
	f, s = follow(t)
	f.Hold(mine[0])
	if moves := f.Hold(receiptFor(t, s.name, forged[victim], victim)); len(moves.Found) != 1 || moves.Found[0].Kind != Twice {
		t.Errorf("%+v", moves)
	}
	f, s = follow(t)
	f.Show(s.show(700, true))
	if moves := f.Hold(mine[2]); len(moves.Found) != 1 || moves.Found[0].Kind != Overdue {
		t.Errorf("%+v", moves)
	}
}

// TestFollowerFindsACutLog: a log is to end before what a station saw of it. No proof that it
// grew can lead there, and none is needed: a receipt is proof, also of a record that was found, and
// without one the checkpoint is, whether it was found to have grown or not.
func TestFollowerFindsACutLog(t *testing.T) {
	honest, _ := worlds()
	for what, c := range map[string]struct {
		receipts []uint64
		before   func(f *Follower, s *shower)
		want     []Kind
	}{
		"a receipt that was found":     {[]uint64{680}, func(f *Follower, s *shower) { f.Show(s.show(690, false)); s.answer(f) }, []Kind{Overdue}},
		"receipts not looked for":      {[]uint64{5, 650, 689}, func(f *Follower, s *shower) { f.Show(s.show(690, false)) }, []Kind{Overdue, Overdue}},
		"a receipt, nothing was seen":  {[]uint64{680}, func(*Follower, *shower) {}, []Kind{Overdue}},
		"no receipt":                   {nil, func(f *Follower, s *shower) { f.Show(s.show(690, false)) }, []Kind{Cut}},
		"a receipt of before":          {[]uint64{649}, func(f *Follower, s *shower) { f.Show(s.show(690, false)) }, []Kind{Cut}},
		"a checkpoint without a proof": {nil, func(f *Follower, s *shower) { f.Show(s.show(600, false)); s.shown = 0; f.Show(s.show(690, false)) }, []Kind{Cut}},
		"a larger final checkpoint":    {nil, func(f *Follower, s *shower) { f.Show(s.show(690, true)) }, []Kind{Cut}},
	} {
		f, s := follow(t)
		for _, i := range c.receipts {
			if moves := f.Hold(receiptFor(t, s.name, honest[i], i)); len(moves.Found) != 0 {
				t.Fatal(moves.Found)
			}
		}
		c.before(f, s)
		moves := f.Show(s.show(650, true))
		var got []Kind
		for _, e := range moves.Found {
			convinces(t, e, e.Kind)
			got = append(got, e.Kind)
		}
		if !slices.Equal(got, c.want) || len(moves.Cosigned)+len(moves.Keep) != 0 {
			t.Errorf("%s: %+v, want %v", what, moves, c.want)
		}
		if q := f.Question(); q != "" || len(f.Show(s.show(690, true)).Found) != 0 {
			t.Errorf("%s: a log that lied is followed, and asked about: %q", what, q)
		}
	}
	f, s := follow(t)
	f.Show(s.show(650, true))
	if moves := f.Show(s.show(690, false)); len(moves.Found) != 1 || moves.Found[0].Kind != Cut {
		t.Errorf("a log that grows when it has ended: %+v", moves)
	}
}

// TestFollowerDoubts: a log that is shown smaller than it was, or larger without a proof, is
// named after three questions in vain, answered or not, and is no longer when it was proven.
func TestFollowerDoubts(t *testing.T) {
	for what, fail := range map[string]func(f *Follower){
		"refused":    func(f *Follower) { _, _ = f.Hear(Answer{Ask: f.Question(), Refused: "want a number of 0 to 650"}) },
		"wrong":      func(f *Follower) { _, _ = f.Hear(Answer{Ask: f.Question(), Consistency: &Consistency{}}) },
		"unanswered": (*Follower).Unanswered,
	} {
		for _, size := range []uint64{650, 699} {
			f, s := follow(t)
			f.Show(s.show(690, false))
			f.Unanswered() // nothing was asked
			s.shown = 0
			f.Show(s.show(size, false))
			for range mostTries {
				if f.Question() == "" || len(f.Doubts()) != 0 {
					t.Fatalf("%s: asks %q, doubts %+v", what, f.Question(), f.Doubts())
				}
				fail(f)
			}
			d := f.Doubts()
			if len(d) != 1 || d[0].Seen.Size != 690 || d[0].Shown.Size != size || d[0].Shown.Name != s.name || f.Question() != "" {
				t.Errorf("%s: %+v, asks %q", what, d, f.Question())
			}
			f.Show(s.show(size, false))
			if len(f.Doubts()) != 1 || f.Question() == "" {
				t.Errorf("%s: %+v, asks %q", what, f.Doubts(), f.Question())
			}
			if found := s.answer(f); len(found) != 0 || len(f.Doubts()) != 0 {
				t.Errorf("%s: %v, %+v", what, found, f.Doubts())
			}
		}
	}
}

// TestShownAgainProvesNothing: showing what was seen neither ends the question about another
// checkpoint nor a doubt.
func TestShownAgainProvesNothing(t *testing.T) {
	f, s := follow(t)
	turn := func(size uint64) {
		t.Helper()
		s.shown = 0
		if found := f.Show(s.show(size, false)).Found; len(found) != 0 {
			t.Fatal(found)
		}
	}
	turn(690)
	for range mostTries {
		if len(f.Doubts()) != 0 {
			t.Fatalf("%+v", f.Doubts())
		}
		turn(650)
		q := f.Question()
		turn(690)
		if q == "" || f.Question() != q {
			t.Fatalf("asks %q, then %q", q, f.Question())
		}
		f.Unanswered()
	}
	turn(690)
	if d := f.Doubts(); len(d) != 1 || d[0].Seen.Size != 690 || d[0].Shown.Size != 650 {
		t.Errorf("%+v", d)
	}
	turn(650)
	s.answer(f)
	if d := f.Doubts(); len(d) != 0 {
		t.Errorf("a proof does not end it: %+v", d)
	}
}

// TestFollowerWithoutProofs: answers that are wrong, late or missing are no evidence and do
// not stop it.
func TestFollowerWithoutProofs(t *testing.T) {
	f, s := follow(t)
	if _, err := f.Hear(Answer{Ask: ""}); err == nil {
		t.Error("an answer to nothing")
	}
	f.Hold(receiptFor(t, s.name, s.list[5], 5))
	f.Show(s.show(100, false))
	f.Unanswered() // is no try: there may be no network
	if n := f.GivenUp(); n != 0 {
		t.Errorf("%d given up", n)
	}
	for range mostTries {
		q := f.Question()
		if !strings.Contains(q, "inclusion") {
			t.Fatal(q)
		}
		if moves, err := f.Hear(Answer{Ask: q, Inclusion: &Inclusion{Index: 5}}); err == nil || len(moves.Found) != 0 {
			t.Errorf("%+v, %v", moves, err)
		}
	}
	if q := f.Question(); q != "" || f.GivenUp() != 1 {
		t.Errorf("still asks %q, %d given up", q, f.GivenUp())
	}
	s.show(200, false)
	f.Show(s.show(300, false))
	if _, err := f.Hear(Answer{Ask: f.Question(), Refused: "not now"}); err == nil || !strings.Contains(err.Error(), "not now") {
		t.Error(err)
	}
	f.Show(s.show(300, false))
	if moves, err := f.Hear(Answer{Ask: f.Question(), Consistency: &Consistency{}}); err == nil || len(moves.Found) != 0 {
		t.Errorf("%+v, %v", moves, err)
	}
	f.Show(s.show(300, false))
	s.answer(f)
	if c, _ := f.Seen(); c.Size != 300 {
		t.Errorf("%+v", c)
	}
}

// TestP256Follows: a station that cannot co-sign checks all the same.
func TestP256Follows(t *testing.T) {
	_, s := follow(t)
	f := NewFollower(p256(t), s.name.Network)
	if moves := f.Show(s.show(300, false)); len(moves.Keep) != 1 || len(moves.Cosigned) != 0 {
		t.Errorf("%+v", moves)
	}
	_, s.list = worlds()
	if moves := f.Show(s.show(700, false)); len(moves.Found) != 1 {
		t.Errorf("%+v", moves)
	}
}

func TestFollowerIsBounded(t *testing.T) {
	f, s := follow(t)
	for i := range uint64(mostHeld + 10) {
		f.Hold(receiptFor(t, s.name, recordID("many", int(i)), i))
	}
	if n := len(f.logs[s.name].held); n != mostHeld {
		t.Errorf("%d receipts", n)
	}
	for range mostFollowed + 10 {
		s.name.Epoch++
		s.shown = 0
		f.Show(s.show(10, false))
	}
	if len(f.logs) != mostFollowed || f.logs[testName(t)] != nil {
		t.Errorf("%d logs", len(f.logs))
	}
	foreign := s.name
	foreign.Network[0]++
	if err := f.Restore(signedHead(t, foreign, treeFrom(s.list).Head())); err == nil {
		t.Error("a note of another network was taken")
	}
}

// TestHonestLogsAreNeverAccused: whichever checkpoints arrive, in whatever order.
func TestHonestLogsAreNeverAccused(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f, s := follow(t)
		s.list = s.list[:60]
		for i, r := range rapid.SliceOfN(rapid.Uint64Range(0, 59), 0, 5).Draw(rt, "receipts") {
			if moves := f.Hold(receiptFor(t, s.name, s.list[r], r)); len(moves.Found) != 0 {
				rt.Fatalf("receipt %d: %v", i, moves.Found)
			}
		}
		var most uint64
		for _, size := range rapid.SliceOfN(rapid.Uint64Range(1, 60), 1, 6).Draw(rt, "sizes") {
			found := f.Show(s.show(size, size == 60)).Found // the final one may come before others
			if rapid.Bool().Draw(rt, "asked") {
				found = append(found, s.answer(f)...)
				most = max(most, size)
			}
			if len(found) != 0 {
				rt.Fatalf("%v", found)
			}
		}
		if c, ok := f.Seen(); most > 0 && (!ok || c.Size < most) {
			rt.Fatalf("saw %d, not %d", c.Size, most)
		}
	})
}

func TestNotesJoin(t *testing.T) {
	name := testName(t)
	head := treeFrom(manyIDs(9)).Head()
	bare := signedHead(t, name, head)
	a, b := cosigned(t, bare, 20), cosigned(t, bare, 21, 20)
	both, err := a.Join(b)
	if err != nil || len(both.Cosigners()) != 2 {
		t.Fatal(both, err)
	}
	if parsed, err := ParseNote([]byte(both.String())); err != nil || parsed.String() != both.String() || len(parsed.Cosigners()) != 2 {
		t.Error(parsed, err)
	}
	if alone, err := both.Bare(); err != nil || alone.String() != bare.String() {
		t.Error(alone, err)
	}
	many := bare
	for n := byte(30); n < 30+MaxCosigners; n++ {
		if many, err = many.Join(cosigned(t, bare, n)); err != nil {
			t.Fatal(err)
		}
	}
	if many, err = many.Join(a); err != nil || len(many.Cosigners()) != MaxCosigners {
		t.Error(len(many.Cosigners()), err)
	}
	if _, err := ParseNote([]byte(many.String())); err != nil {
		t.Error(err)
	}
	if _, err := a.Join(signedHead(t, name, treeFrom(manyIDs(8)).Head())); err == nil {
		t.Error("joined notes of two checkpoints")
	}
	if _, err := (Note{}).Join(Note{}); err == nil {
		t.Error("joined nothing")
	}
}

func TestShownIsStrict(t *testing.T) {
	f, s := follow(t)
	s.show(300, false)
	list := []Shown{s.show(600, false), s.show(700, true)}
	text := EncodeShown(list)
	got, err := ParseShown(text, f.network, s.name.Ingest)
	if err != nil || len(got) != 2 || string(EncodeShown(got)) != string(text) || got[1].Mark == nil {
		t.Fatal(got, err)
	}
	other := s.show(600, false)
	other.Mark = list[1].Mark
	many := make([]Shown, MaxShown+1)
	for i := range many {
		many[i] = list[0]
	}
	for what, bad := range map[string][]byte{
		"nothing":                   nil,
		"a mark of another size":    EncodeShown([]Shown{other}),
		"too many":                  EncodeShown(many),
		"an unknown field":          []byte(`{"checkpoints":[],"more":1}`),
		"something behind":          append(EncodeShown(list), '1'),
		"another's note":            []byte(strings.Replace(string(text), "600", "601", 1)),
		"a receipt for a mark":      []byte(strings.Replace(string(text), `"high_water":"`, `"high_water":"AA`, 1)),
		"a note that is none":       []byte(`{"checkpoints":[{"note":"x"}]}`),
		"a note of another network": nil,
	} {
		if got, err := ParseShown(bad, f.network, s.name.Ingest); err == nil {
			t.Errorf("%s: %v", what, got)
		}
	}
	if _, err := ParseShown(text, f.network); err == nil {
		t.Error("an ingest that nobody named")
	}
	var foreign = f.network
	foreign[0]++
	if _, err := ParseShown(text, foreign, s.name.Ingest); err == nil {
		t.Error("of another network")
	}
}

func TestAnswerIsStrict(t *testing.T) {
	for _, bad := range []string{"", "{", `{"ask":"a"}{}`, `{"more":1}`, `{"inclusion":{"record":"AA==","index":1,"proof":[]}}`,
		`{"ask":"` + strings.Repeat("a", MaxAsk+1) + `"}`, `{"refused":"` + strings.Repeat("a", maxRefused+1) + `"}`} {
		if a, err := ParseAnswer([]byte(bad)); err == nil {
			t.Errorf("%q: %+v", bad, a)
		}
	}
	honest, _ := worlds()
	p, err := treeFrom(honest).Include(3, 700)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseInclusion(p.Encode()); err != nil || got.Verify(treeFrom(honest).Head()) != nil {
		t.Error(got, err)
	}
	for _, bad := range []string{"", `{"record":"","index":1,"proof":[]}`} {
		if got, err := ParseInclusion([]byte(bad)); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func FuzzParseShown(f *testing.F) {
	name := testName(f)
	s := &shower{t: f, name: name, list: manyIDs(20)}
	s.show(10, false)
	f.Add(EncodeShown([]Shown{s.show(15, false), s.show(20, true)}))
	f.Add([]byte(`{"checkpoints":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := ParseShown(b, name.Network, name.Ingest)
		if err != nil {
			return
		}
		again, err := ParseShown(EncodeShown(list), name.Network, name.Ingest)
		if err != nil || string(EncodeShown(again)) != string(EncodeShown(list)) {
			t.Errorf("%s: %v", b, err)
		}
		follower := NewFollower(key(9), name.Network)
		for _, s := range list {
			if found := follower.Show(s).Found; len(found) != 0 && found[0].Verify() != nil {
				t.Error(found)
			}
		}
	})
}

func FuzzParseAnswer(f *testing.F) {
	p, err := treeFrom(manyIDs(9)).Include(3, 9)
	if err != nil {
		f.Fatal(err)
	}
	c, err := treeFrom(manyIDs(9)).Extend(3, 9)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(Answer{Ask: "1/inclusion?index=3&size=9", Inclusion: &p}.Encode())
	f.Add(Answer{Ask: "1/consistency?from=3&to=9", Consistency: &c}.Encode())
	f.Add(Answer{Ask: "1", Refused: "no"}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ParseAnswer(b)
		if err != nil {
			return
		}
		if a.Inclusion != nil && a.Inclusion.Verify(Head{Size: 9}) == nil {
			t.Error("a proof of a root that nobody found")
		}
		if again, err := ParseAnswer(a.Encode()); err != nil || string(again.Encode()) != string(a.Encode()) {
			t.Errorf("%s: %v", b, err)
		}
	})
}
