package verify

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// network is a made-up network whose records a test signs.
type testNetwork struct {
	t      testing.TB
	key    ed25519.PrivateKey
	id     radio.Network
	timing witness.Timing
}

func newTestNetwork(t testing.TB) *testNetwork {
	t.Helper()
	schedule, err := witness.ScheduleNamed("demo")
	if err != nil {
		t.Fatal(err)
	}
	n := &testNetwork{t: t, key: keyOf(0), timing: schedule.Timing}
	n.id = stationOf(t, n.key).Network()
	return n
}

func keyOf(n uint64) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(binary.BigEndian.AppendUint64(make([]byte, 24), n))
}

func stationOf(t testing.TB, key ed25519.PrivateKey) radio.Station {
	t.Helper()
	s, err := radio.StationOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (n *testNetwork) signed(key ed25519.PrivateKey, kind radio.Kind, at witness.Millis, body []byte) Record {
	n.t.Helper()
	s, err := radio.Sign(key, n.id, kind, body)
	if err != nil {
		n.t.Fatal(err)
	}
	return Record{string(kind), at, s.Append(nil)}
}

// chain makes the chain of some slots and its anchor, journaled at a time.
func (n *testNetwork) chain(from, to witness.Slot, revision uint32, at witness.Millis) (*witness.Chain, Record) {
	n.t.Helper()
	chain, err := witness.NewChain(n.id, from, to, witness.Entropy{byte(revision), byte(from)})
	if err != nil {
		n.t.Fatal(err)
	}
	anchor := witness.Anchor{From: from, To: to, Revision: revision, Timing: n.timing, X0: chain.X0()}
	return chain, n.signed(n.key, radio.KindAnchor, at, anchor.Append(nil))
}

func (n *testNetwork) value(chain *witness.Chain, k witness.Slot, revision uint32, at witness.Millis) Record {
	x, _ := chain.Value(k)
	return Record{kindValue, at, witness.AppendValues(nil, []witness.Value{{Slot: k, Revision: revision, Entropy: x}})}
}

// TestEntropyServes: the covering anchor of highest revision that is not void; a value
// gives the earlier ones, with its own time.
func TestEntropyServes(t *testing.T) {
	n := newTestNetwork(t)
	begin := n.timing.Start(30)
	first, anchor := n.chain(30, 60, 0, begin-10_000)
	second, revised := n.chain(40, 60, 1, n.timing.Start(40))
	_, void := n.chain(35, 60, 2, n.timing.Start(35)+1)
	_, twin := n.chain(31, 60, 0, begin-5_000)
	at := func(k witness.Slot) witness.Millis { return n.timing.Start(k) + 3 }
	wrong := n.value(first, 50, 1, at(50))
	records := []Record{
		anchor, revised, void, twin, {kindAnchor, begin + 999, anchor.Message}, wrong,
		n.value(first, 30, 0, at(30)), n.value(first, 33, 0, at(33)), n.value(first, 30, 0, at(30)+500),
		n.value(second, 44, 1, at(44)),
	}
	for seed := range uint64(5) {
		e := newEntropy(n.id)
		for _, r := range shuffled(records, seed) {
			add := e.addValue
			if r.Kind == kindAnchor {
				add = e.addAnchor
			}
			if err := add(r); err != nil {
				t.Fatal(err)
			}
		}
		drops := Drops{}
		chains := e.chains(drops)
		if drops[DropAnchor] != 2 || drops[DropValue] != 1 {
			t.Errorf("dropped %v", drops)
		}
		for k, want := range map[witness.Slot]struct {
			known     bool
			revision  uint32
			published witness.Millis
		}{
			29: {}, 30: {true, 0, at(30)}, 31: {true, 0, at(33)}, 33: {true, 0, at(33)}, 34: {false, 0, never},
			40: {true, 1, at(44)}, 44: {true, 1, at(44)}, 45: {false, 1, never}, 60: {},
		} {
			v, ok := chains.at(k)
			if ok != want.known || v.Revision != want.revision || v.published != want.published {
				t.Errorf("slot %d: %v, revision %d, published %d, want %+v", k, ok, v.Revision, v.published, want)
			}
		}
		if v, ok := chains.firstAfter(n.timing.Start(32)); !ok || v.Slot != 32 {
			t.Errorf("the first after slot 32: %d, %v", v.Slot, ok)
		}
		if v, ok := chains.firstAfter(n.timing.Start(45)); ok {
			t.Errorf("the first after slot 45: %d", v.Slot)
		}
	}
}

// batchOf are observations of epoch 1, all of one moment.
func batchOf(count int, heard witness.Millis, tag func(k int) witness.Tag) witness.Batch {
	batch := witness.Batch{Epoch: 1}
	for k := range count {
		o := witness.Observation{Frequency: 868_100_000, SF: 9, Heard: heard, Copies: 1, Counter: uint32(k)}
		o.Frame = witness.Frame{Type: witness.FrameBeacon, Tag: tag(k)}
		batch.Observations = append(batch.Observations, o)
	}
	return batch
}

// TestTagsOfASlot: of a station that reports more than 64 tags of a slot the first 64
// count, whatever the order of the records; other parameters have another number.
func TestTagsOfASlot(t *testing.T) {
	n := newTestNetwork(t)
	heard := n.timing.Start(31) + 700
	var records []Record
	for i := range 4 {
		batch := batchOf(25, heard, func(k int) witness.Tag { return witness.Tag{byte(i*25+k) * 37, byte(i), byte(k)} })
		records = append(records, n.signed(keyOf(1), radio.KindWitness, heard+witness.Millis(i)*1000, batch.Append(nil)))
	}
	records = append(records, n.entropyOfOne()...)
	for seed := range uint64(3) {
		s, dir := mustEpoch(t, n.inputs(shuffled(records, seed)))
		if s.Observations != 64 || s.Orphans != 64 || s.Drops[DropTags] != 36 {
			t.Errorf("%+v", s)
		}
		if tags := strings.Count(string(mustRead(t, dir, verdictsName)), "case "); tags != 64 {
			t.Errorf("%d cases", tags)
		}
		if reports, err := mustOpen(t, dir).Report(idOf(t, n, records[3])); err != nil || len(reports) != 0 {
			t.Errorf("the last record has %d verdicts, %v", len(reports), err)
		}
		if reports, err := mustOpen(t, dir).Report(idOf(t, n, records[2])); err != nil || len(reports) != 14 {
			t.Errorf("the third record has %d verdicts, %v", len(reports), err)
		}
	}
	for most, want := range map[int64]int64{1: 1, 7: 7, 99: 99, 100: 100, 300: 100} {
		p := *n.inputs(nil).Parameters[0]
		p.TagsOfSlot = most
		if s, _ := mustEpoch(t, n.inputsBy(&p, shuffled(records, 9))); s.Observations != want || s.Drops[DropTags] != 100-want {
			t.Errorf("tags_of_slot %d: %+v", most, s)
		}
		d := NewDocket(Facts{Network: n.id, Timing: n.timing, Sites: func(radio.Station, witness.Epoch) witness.SiteFacts { return witness.SiteFacts{} }, Parameters: &p})
		for _, r := range records {
			if err := d.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		if cases, err := d.Cases(); err != nil || int64(len(cases)) != want {
			t.Errorf("tags_of_slot %d in memory: %d cases, %v", most, len(cases), err)
		}
	}
}

// TestAnySpreadingFactorIsJudged: what a report states is in the facts, and in the figures of the
// verdict, as it stands there.
func TestAnySpreadingFactorIsJudged(t *testing.T) {
	n := newTestNetwork(t)
	at := n.timing.Start(31)
	sig := radio.Signature{7}
	air := witness.OnAir{Frequency: 868_100_000, SF: 300, Sent: at}
	batch := batchOf(1, at+700, func(int) witness.Tag { return witness.TagOf(sig) })
	batch.Observations[0].SF = math.MaxUint32
	d := NewDocket(Facts{
		Network: n.id, Timing: n.timing, Parameters: n.inputs(nil).Parameters[0],
		Sites: func(radio.Station, witness.Epoch) witness.SiteFacts { return witness.SiteFacts{} },
	})
	for _, r := range []Record{
		n.signed(keyOf(1), radio.KindBeacon, at, witness.Beacon{Slot: 31, Signature: sig, OnAir: air}.Append(nil)),
		n.signed(keyOf(2), radio.KindWitness, at, batch.Append(nil)),
	} {
		if err := d.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := d.Cases()
	if err != nil || len(cases) != 1 || cases[0].Beacons[0].SF != 300 || cases[0].Witnesses[0].SF != math.MaxUint32 {
		t.Fatalf("%+v, %v", cases, err)
	}
	cases[0].Beacons[0].Drawn = &witness.DrawnFacts{SF: 9}
	v := witness.Judge(&cases[0], d.facts.Parameters)
	text := string(v.AppendText(nil, d.facts.Parameters.Set))
	for _, figures := range []string{"300/9/-291", "4294967295/9/-4294967286"} {
		if !strings.Contains(text, figures) {
			t.Errorf("no %s in\n%s", figures, text)
		}
	}
}

// TestOfNoEpoch: what is of a slot, an epoch or a time out of range belongs to no epoch, so that
// there is no case to give a verdict in: it is counted as `range`. The last epoch in range is one
// like others.
func TestOfNoEpoch(t *testing.T) {
	n := newTestNetwork(t)
	at := n.timing.Start(31)
	batch := func(e witness.Epoch) []byte {
		o := witness.Observation{Frequency: 868_100_000, SF: 9, Heard: at, Copies: 1, Frame: witness.Frame{Type: witness.FrameBeacon}}
		return witness.Batch{Epoch: e, Observations: []witness.Observation{o}}.Append(nil)
	}
	beacon := func(k witness.Slot) []byte { return witness.Beacon{Slot: k}.Append(nil) }
	r := reading{n.id, n.timing, &radio.Stations{}}
	last := n.timing.LastEpoch()
	for name, record := range map[string]Record{
		"epoch":            n.signed(keyOf(1), radio.KindWitness, at, batch(1<<40)),
		"epoch times slot": n.signed(keyOf(1), radio.KindWitness, at, batch(110_000_000_000)),
		"next to the last": n.signed(keyOf(1), radio.KindWitness, at, batch(last+1)),
		"slot":             n.signed(keyOf(1), radio.KindBeacon, at, beacon(1<<40)),
		"no observation":   n.signed(keyOf(1), radio.KindWitness, at, witness.Batch{Epoch: 31}.Append(nil)),
		"stamp":            n.signed(keyOf(1), radio.KindBeacon, 1<<53, beacon(31)),
	} {
		if _, err := r.parse(record); err != DropRange {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, record := range map[string]Record{
		"witness": n.signed(keyOf(1), radio.KindWitness, at, batch(last)),
		"beacon":  n.signed(keyOf(1), radio.KindBeacon, at, beacon(1<<40-1)),
	} {
		p, err := r.parse(record)
		if err != nil || p.own != last || r.epoch(&p) != last {
			t.Errorf("%s of the last epoch: own %d, %v", name, p.own, err)
		}
	}
}

func idOf(t testing.TB, n *testNetwork, r Record) radio.RecordID {
	t.Helper()
	signed, err := radio.ParseSigned(r.Message)
	if err != nil {
		t.Fatal(err)
	}
	return signed.ID(n.id)
}

// inputs are those of epoch 1, whose anchors state no parameters but zeros.
func (n *testNetwork) inputs(records []Record) Inputs {
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		n.t.Fatal(err)
	}
	return n.inputsBy(witness.DefaultParameters(set), records)
}

func (n *testNetwork) inputsBy(p *witness.Parameters, records []Record) Inputs {
	for i, r := range records {
		if r.Kind == kindAnchor {
			records[i] = n.withParameters(r, p.Hash())
		}
	}
	return Inputs{Network: n.id, Timing: n.timing, Epoch: 1, Parameters: []*witness.Parameters{p}, Sites: Listed(nil), Records: from(records), Workers: 2}
}

func (n *testNetwork) withParameters(r Record, hash [32]byte) Record {
	signed, err := radio.ParseSigned(r.Message)
	if err != nil {
		n.t.Fatal(err)
	}
	anchor, err := witness.ParseAnchor(signed.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	anchor.Parameters = hash
	return n.signed(n.key, radio.KindAnchor, r.Stamp, anchor.Append(nil))
}

// TestTheLeastTimeCounts: of a record that is in the journal twice the one counts that came
// first, in whatever order they are read, whatever a receipt says: who verifies anew has
// the records alone.
func TestTheLeastTimeCounts(t *testing.T) {
	c := mustCountry(t)
	at := slices.IndexFunc(c.records[0], func(r Record) bool { return r.Kind == kindBeacon })
	r := c.records[0][at]
	later := r
	later.Stamp += 777
	id := idOf(t, &testNetwork{id: c.network}, r)
	for name, records := range map[string][]Record{
		"in order":     append(slices.Clone(c.records[0]), later),
		"out of order": append([]Record{later}, c.records[0]...),
	} {
		_, dir := mustEpoch(t, c.inputs(0, records))
		reports, err := mustOpen(t, dir).Report(id)
		if err != nil || len(reports) != 1 || witness.Millis(reports[0].Receive) != r.Stamp {
			t.Errorf("%s: %d reports, %v", name, len(reports), err)
		}
	}
}

// TestDenials denies a station, and a pair, and reads the list back.
func TestDenials(t *testing.T) {
	c := mustCountry(t)
	var from, by radio.Station
	for _, v := range c.judged[1].Verdicts {
		if i := slices.IndexFunc(v.Witnesses, func(j witness.Judged) bool { return j.Valid() }); i >= 0 {
			from, by = v.Beacon().Station, v.Witnesses[i].Station
		}
	}
	text := "# two lines\n\npair " + from.String() + " " + by.String() + "\nstation " + c.listings[0].Station.String() + "\n"
	denials, err := ReadDenials(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	in := c.inputs(1, c.records[1])
	in.Denials = denials
	_, dir := mustEpoch(t, in)
	r := mustOpen(t, dir)
	if tally, _, err := r.Tally(c.listings[0].Station); err != nil || tally.Beacons["denied"] == 0 || tally.Shares() != 0 {
		t.Errorf("the denied station: %+v, %v", tally, err)
	}
	if tally, _, err := r.Tally(by); err != nil || tally.Observations["denied"] == 0 || tally.Observations[""] == 0 {
		t.Errorf("one of the pair: %+v, %v", tally, err)
	}
	again, err := ReadDenials(strings.NewReader(string(mustRead(t, dir, denyName))))
	if err != nil || string(again.AppendText(nil)) != string(denials.AppendText(nil)) {
		t.Errorf("read back: %v", err)
	}
	for _, bad := range []string{"station", "station x", "pair " + by.String(), "pair " + by.String() + " " + by.String(), "gateway " + by.String()} {
		if _, err := ReadDenials(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestHeliumsRules verifies the same records by the other set.
func TestHeliumsRules(t *testing.T) {
	set, err := witness.SetNamed("helium-2026-05")
	if err != nil {
		t.Fatal(err)
	}
	n, c := newTestNetwork(t), mustCountry(t)
	p := witness.DefaultParameters(set)
	in := c.inputs(0, c.records[0])
	in.Parameters = append(in.Parameters, p)
	if s, _ := mustEpoch(t, in); s.Rules != "hexspot-1" {
		t.Errorf("the anchor's rules are %s", s.Rules)
	}
	chain, anchor := n.chain(30, 60, 0, 0)
	next, following := n.chain(60, 90, 0, 0)
	k := n.timing.SlotAt(n.timing.Freezes(1)) + 1
	in = n.inputs([]Record{anchor, following, n.value(chain, 59, 0, n.timing.Start(59)), n.value(next, k, 0, n.timing.Start(k))})
	in.Records = from([]Record{
		n.withParameters(anchor, p.Hash()), n.withParameters(following, p.Hash()),
		n.value(chain, 59, 0, n.timing.Start(59)), n.value(next, k, 0, n.timing.Start(k)),
	})
	in.Parameters = append(in.Parameters, p)
	if s, _ := mustEpoch(t, in); s.Rules != set.Name {
		t.Errorf("the anchor's rules are %s", s.Rules)
	}
}

// TestFiguresThatAreNotKnown: an epoch that a newer build has anchored is not judged as if
// its figures were not there.
func TestFiguresThatAreNotKnown(t *testing.T) {
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		t.Fatal(err)
	}
	file := bytes.Replace(witness.DefaultParameters(set).Encode(), []byte(`},"plans"`), []byte(`,"zzz":1},"plans"`), 1)
	p, err := witness.ParseParameters(file)
	if err != nil {
		t.Fatal(err)
	}
	n := newTestNetwork(t)
	chain, anchor := n.chain(30, 60, 0, 0)
	next, following := n.chain(60, 90, 0, 0)
	k := n.timing.SlotAt(n.timing.Freezes(1)) + 1
	in := n.inputs(nil)
	in.Records = from([]Record{
		n.withParameters(anchor, p.Hash()), n.withParameters(following, p.Hash()),
		n.value(chain, 59, 0, n.timing.Start(59)), n.value(next, k, 0, n.timing.Start(k)),
	})
	in.Parameters = append(in.Parameters, p)
	if _, err := Epoch(t.Context(), in, filepath.Join(t.TempDir(), "x")); !errors.Is(err, ErrNoParameters) || !strings.Contains(err.Error(), "zzz") {
		t.Error(err)
	}
}
