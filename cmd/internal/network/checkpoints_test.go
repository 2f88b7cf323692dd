package network

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// follower follows the network's logs as a station.
func (p *prover) follower() *log.Follower { return log.NewFollower(p.key.Signer(), p.network) }

// settled enters a site of the station.
func (d *desk) settled(p *prover) {
	d.t.Helper()
	c := soundSite(d.t)
	c.network, c.station, c.deadline = d.network, p.key.Signer(), present()+1_000_000
	if _, err := witness.ParseSiteTaken(d.hear(p, "up/site", c.change(d.t).Append(nil), "ack")); err != nil {
		d.t.Fatalf("%s", d.last(p.topic("ack")))
	}
}

// TestStationsCosign: stations with a site sign each checkpoint after its proof of
// consistency, and the note is served with their signatures, after a new start too.
func TestStationsCosign(t *testing.T) {
	data := Data(t.TempDir())
	d := newDesk(t, data, nil)
	a, b, stranger := newProver(t, d.network), newProver(t, d.network), newProver(t, d.network)
	d.settled(a)
	d.settled(b)
	_, receipt := d.beacon(a, 1)
	now := present()
	first := d.show(now)
	if len(first) != 1 || first[0].Growth != nil || first[0].Mark != nil {
		t.Fatalf("%+v", first)
	}
	fa, fb, fs := a.follower(), b.follower(), stranger.follower()
	sign := func(p *prover, f *log.Follower, list []log.Shown) {
		t.Helper()
		for _, s := range list {
			for _, n := range f.Show(s).Cosigned {
				d.hear(p, "cosign", []byte(n.String()), "")
			}
		}
	}
	sign(a, fa, first)
	sign(b, fb, first)
	sign(b, fb, first)
	sign(stranger, fs, first)
	at := fmt.Sprintf("/v1/log/%d/checkpoint", receipt.Epoch)
	cosigners := func(want ...*prover) {
		t.Helper()
		n, err := log.ParseNote(d.get(at).body)
		if err != nil || len(n.Cosigners()) != len(want) {
			t.Fatalf("%d signed, want %d, %v", len(n.Cosigners()), len(want), err)
		}
		for i, p := range want {
			if n.Cosigners()[i] != p.key.Station() {
				t.Errorf("signature %d is of %s", i, n.Cosigners()[i])
			}
		}
	}
	cosigners(a, b)
	stolen := fa.Show(first[0]).Cosigned[0]
	d.hear(stranger, "cosign", []byte(stolen.String()), "")
	d.hear(stranger, "cosign", []byte("no note"), "")
	if all := d.get(at).body; !isCrowded(all) || isCrowded([]byte(stolen.String())) {
		t.Errorf("which one has more signatures than a station sends?\n%s\n%s", all, stolen.String())
	}
	cosigners(a, b)

	d.beacon(a, 2)
	if again := d.show(now + 1); len(again) != 1 || again[0].Note.Checkpoint().Size != 1 {
		t.Errorf("shown again too soon: %+v", again)
	}
	d.beacon(a, 3)
	second := d.show(now + checkpointSlots*d.schedule.Slot)
	if len(second) != 1 || second[0].Growth == nil || second[0].Note.Checkpoint().Size != 3 {
		t.Fatalf("%+v", second)
	}
	sign(a, fa, second)
	cosigners(a)
	if err := d.checkpoints.save(); err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, data, nil)
	cosigners(a)
	sign(b, fb, second)
	cosigners(a, b)
	d.beacon(a, 4)
	final := d.freeze(receipt.Epoch)
	final = final[len(final)-1:] // an epoch may have begun since the start
	if final[0].Mark == nil || final[0].Note.Checkpoint().Size != 4 {
		t.Fatalf("%+v", final)
	}
	sign(a, fa, final)
	cosigners(a)
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, data, nil)
	cosigners() // a power cut before it was saved
	if list := d.show(present()); len(list) == 0 || list[len(list)-1].Mark == nil || list[len(list)-1].Note.Checkpoint() != final[0].Note.Checkpoint() {
		t.Errorf("%+v", list)
	}
}

// TestQuestionsOfStations: what a follower asks, it gets, and no more.
func TestQuestionsOfStations(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	f := p.follower()
	var mine []log.Receipt
	now := present()
	for number := byte(1); number <= 3; number++ {
		_, r := d.beacon(p, number)
		mine = append(mine, r)
		now += checkpointSlots * d.schedule.Slot
		list := d.show(now)
		if number != 2 { // missed
			f.Show(list[0])
		}
	}
	for _, r := range mine {
		f.Hold(r)
	}
	for range 4 { // one proof that it grew, three receipts
		ask := f.Question()
		a, err := log.ParseAnswer(d.hear(p, "ask", []byte(ask), "proof"))
		if err != nil {
			t.Fatal(err)
		}
		if moves, err := f.Hear(a); err != nil || len(moves.Found) != 0 {
			t.Errorf("%s: %+v, %v", ask, moves, err)
		}
	}
	if q := f.Question(); q != "" {
		t.Errorf("still asks %s", q)
	}
	epoch := mine[0].Epoch
	for _, bad := range []string{
		"", "x", "1/consistency", fmt.Sprintf("%d/inclusion?index=3", epoch), fmt.Sprintf("%d/consistency?to=99", epoch),
		fmt.Sprintf("%d/other", epoch), fmt.Sprintf("%d/inclusion?%%", epoch),
	} {
		if a, err := log.ParseAnswer(d.hear(p, "ask", []byte(bad), "proof")); err != nil || a.Refused == "" || a.Ask != bad {
			t.Errorf("%q: %+v, %v", bad, a, err)
		}
	}
	before := d.last(p.topic("proof"))
	d.hear(p, "ask", []byte(strings.Repeat("a", log.MaxAsk+1)), "proof")
	if after := d.hear(p, "ask", []byte{0xff}, "proof"); string(after) != string(before) {
		t.Errorf("%s", after)
	}
}

// TestStationsThatAskTooOften are not answered for a while, and neither are they cut off.
func TestStationsThatAskTooOften(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	for range 2 * askBurst {
		d.hear(p, "ask", []byte("x"), "proof")
	}
	if n := len(d.said[p.topic("proof")]); n < askBurst || n > askBurst+10 {
		t.Errorf("%d answers", n)
	}
}

// TestNothingIsSignedThatWasRewritten: a network whose log is not what it has shown does
// not start, and a running one shows and freezes nothing more of it.
func TestNothingIsSignedThatWasRewritten(t *testing.T) {
	data := Data(t.TempDir())
	d := newDesk(t, data, nil)
	p := newProver(t, d.network)
	_, receipt := d.beacon(p, 1)
	d.beacon(p, 2)
	d.show(present())
	key, err := keys.Load(data.path(keyFile))
	if err != nil {
		t.Fatal(err)
	}
	tree := log.NewTree(nil)
	tree.Append(radio.RecordID{1}, radio.RecordID{2})
	other, err := log.Sign(key.Signer(), log.Checkpoint{Name: receipt.Log, Head: tree.Head()})
	if err != nil {
		t.Fatal(err)
	}
	d.checkpoints.shown[receipt.Epoch].Note = other
	d.beacon(p, 3)
	if err := d.checkpoints.step(t.Context(), present()+1_000_000); !errors.Is(err, errRewritten) {
		t.Error(err)
	}
	if err := d.freezing.catchUp(t.Context(), d.schedule.Freezes(receipt.Epoch)); !errors.Is(err, errRewritten) {
		t.Error(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(data.path(logsDir)+"/"+noteName(receipt.Epoch), []byte(other.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	id, err := data.network()
	if err != nil {
		t.Fatal(err)
	}
	if v, err := openProving(t.Context(), demoConfig().Coverage, data, id, d.provingParts); !errors.Is(err, errRewritten) {
		t.Error(v, err)
	}
}

// TestALogThatIsGone: a network starts without the file of a log only if nothing was shown of it, or if it is so
// old that nothing can come into it.
func TestALogThatIsGone(t *testing.T) {
	for what, c := range map[string]struct {
		final  bool
		epochs witness.Epoch // that have passed
		refuse bool
	}{"running": {refuse: true}, "concluded": {final: true, refuse: true}, "long over": {epochs: 1000}} {
		data := Data(t.TempDir())
		d := newDesk(t, data, nil)
		_, receipt := d.beacon(newProver(t, d.network), 1)
		d.show(present())
		if err := d.close(); err != nil {
			t.Fatal(err)
		}
		dir := data.path(logsDir) + "/"
		must(t, os.Remove(dir+fmt.Sprint(receipt.Epoch, ".log")))
		if c.final {
			must(t, os.Rename(dir+noteName(receipt.Epoch), dir+finalName(receipt.Epoch)))
		}
		must(t, os.WriteFile(dir+"x.note", nil, 0o600))
		id, err := data.network()
		must(t, err)
		parts := d.provingParts
		parts.clock = func() witness.Millis {
			return present() + witness.Millis(c.epochs)*witness.Millis(parts.schedule.EpochSlots)*parts.schedule.Slot
		}
		v, err := openProving(t.Context(), demoConfig().Coverage, data, id, parts)
		if errors.Is(err, errRewritten) != c.refuse || err != nil != c.refuse {
			t.Errorf("%s: %v", what, err)
		}
		if err == nil {
			must(t, v.close())
		}
		left, err := os.ReadDir(dir)
		if must(t, err); c.refuse && slices.ContainsFunc(left, func(e os.DirEntry) bool { return strings.HasSuffix(e.Name(), ".log") }) {
			t.Errorf("%s: another log was begun", what)
		}
	}
}

// TestALogThatIsNotOpen is not signed, and nothing falls over: a write to it has just failed.
func TestALogThatIsNotOpen(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	_, receipt := d.beacon(newProver(t, d.network), 1)
	d.show(present())
	if err := d.book.Release(receipt.Epoch + 1); err != nil {
		t.Fatal(err)
	}
	if s, err := d.checkpoints.sign(receipt.Epoch); !errors.Is(err, errNoLog) {
		t.Errorf("%+v, %v", s, err)
	}
	if d.checkpoints.forget(); d.checkpoints.shown[receipt.Epoch] == nil {
		t.Error("what was shown of it is forgotten, and the log may be rewritten")
	}
}

// FuzzAsk: whatever a station asks, it gets a proof that holds, or is told why not.
func FuzzAsk(f *testing.F) {
	d := newDesk(f, Data(f.TempDir()), nil)
	epoch := d.schedule.Epoch(d.schedule.SlotAt(present()))
	var arrivals []log.Arrival
	for i := range byte(3) {
		arrivals = append(arrivals, log.Arrival{Record: radio.RecordID{i}, Own: epoch, Received: present()})
	}
	if _, err := d.book.Place(arrivals); err != nil {
		f.Fatal(err)
	}
	head := d.show(present())[0].Note.Checkpoint().Head
	for _, ask := range []string{"%d/consistency?from=1&to=3", "%d/inclusion?index=1&size=3", "%d/inclusion?id=00", "%d/other", "%d/inclusion?%%zz"} {
		f.Add(fmt.Sprintf(ask, epoch))
	}
	f.Fuzz(func(t *testing.T, ask string) {
		switch a := d.checkpoints.find(ask); {
		case a.Refused != "":
			if a.Consistency != nil || a.Inclusion != nil {
				t.Errorf("%q: %+v", ask, a)
			}
		case a.Consistency != nil:
			if err := a.Consistency.Verify(); err != nil || a.Consistency.New.Size > head.Size {
				t.Errorf("%q: %+v, %v", ask, a.Consistency, err)
			}
		default:
			if err := a.Inclusion.Verify(head); err != nil && strings.Contains(ask, "size=3") {
				t.Errorf("%q: %v", ask, err)
			}
		}
	})
}
