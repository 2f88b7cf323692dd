package witness

import (
	"errors"
	"strings"
	"testing"

	"hexspot/radio"
	"pgregory.net/rapid"
)

func TestEntropyVectors(t *testing.T) {
	v := loadVectors(t).Entropy
	for _, c := range v {
		network, from, to := radio.Network(c.Network), Slot(c.From.uint()), Slot(c.To.uint())
		chain, err := NewChain(network, from, to, Entropy(c.XN))
		if err != nil {
			t.Fatal(err)
		}
		if chain.X0() != Entropy(c.X0) {
			t.Errorf("x_0 is %s", chain.X0())
		}
		for _, w := range c.Values {
			if got, ok := chain.Value(Slot(w.Slot.uint())); !ok || got != Entropy(w.Value) {
				t.Errorf("value of %v: %s, %v", w.Slot, got, ok)
			}
		}
		checkTrail(t, network, Anchor{From: from, To: to, X0: Entropy(c.X0)}, c.Check)
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}

// checkTrail holds each value against the anchor alone, and against what the
// values before it left.
func checkTrail(t *testing.T, network radio.Network, a Anchor, checks []slotValue) {
	t.Helper()
	kept := NewTrail(network, a)
	for _, c := range checks {
		fresh := NewTrail(network, a)
		for _, trail := range []*Trail{fresh, kept} {
			if err := trail.Learn(Slot(c.Slot.uint()), Entropy(c.Value)); (err == nil) != c.Fits {
				t.Errorf("slot %v (%s): %v, want fits %v", c.Slot, c.Note, err, c.Fits)
			}
		}
	}
}

func TestChainRefuses(t *testing.T) {
	for _, c := range []struct{ from, to Slot }{{5, 5}, {6, 5}, {0, MaxChain + 1}, {maxSlot, maxSlot + 1}} {
		if _, err := NewChain(radio.Network{}, c.from, c.to, Entropy{}); err == nil {
			t.Errorf("a chain of [%d, %d)", c.from, c.to)
		}
	}
}

func TestTrailOfChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := Slot(rapid.Uint64Range(0, 1<<30).Draw(t, "from"))
		n := Slot(rapid.IntRange(1, 200).Draw(t, "n"))
		chain, err := NewChain(radio.Network{1}, from, from+n, Entropy{2})
		if err != nil {
			t.Fatal(err)
		}
		trail := NewTrail(radio.Network{1}, Anchor{From: from, To: from + n, X0: chain.X0()})
		if _, ok := trail.Newest(); ok {
			t.Fatal("something is known before it is revealed")
		}
		newest := Slot(0)
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, int(n)-1), 1, 5).Draw(t, "slots") {
			k := from + Slot(step)
			x, _ := chain.Value(k)
			if err := trail.Learn(k, x); err != nil {
				t.Fatal(err)
			}
			x[step%len(x)] ^= 1
			if err := trail.Learn(k, x); !errors.Is(err, errNotOfChain) {
				t.Fatalf("a wrong value of slot %d: %v", k, err)
			}
			newest = max(newest, k)
		}
		for k := from; k < from+n; k++ {
			x, ok := trail.Value(k)
			if want, _ := chain.Value(k); ok != (k <= newest) || ok && x != want {
				t.Fatalf("slot %d: %v %s, newest is %d", k, ok, x, newest)
			}
		}
		if got, ok := trail.Newest(); !ok || got != newest {
			t.Fatalf("newest %d, want %d", got, newest)
		}
	})
}

func TestChainEnds(t *testing.T) {
	chain, err := NewChain(radio.Network{}, 10, 20, Entropy{1})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []Slot{0, 9, 20, 21} {
		if _, ok := chain.Value(k); ok {
			t.Errorf("slot %d has a value", k)
		}
	}
	if last, _ := chain.Value(19); last != (Entropy{1}) {
		t.Error("the last value is not the seed")
	}
}

// network of the tests, with its key.
type testNetwork struct {
	t      testing.TB
	secret byte
}

func (n testNetwork) station() radio.Station {
	s, err := radio.StationOf(signerOf(n.t, "ed25519", n.seed()).Public())
	if err != nil {
		n.t.Fatal(err)
	}
	return s
}

func (n testNetwork) seed() []byte { return append(make([]byte, 31), n.secret) }

func (n testNetwork) id() radio.Network { return n.station().Network() }

func (n testNetwork) sign(a Anchor) radio.Signed {
	s, err := radio.Sign(signerOf(n.t, "ed25519", n.seed()), n.id(), radio.KindAnchor, a.Append(nil))
	if err != nil {
		n.t.Fatal(err)
	}
	return s
}

// chain makes an anchor with the demo's timing, and its chain.
func (n testNetwork) chain(from, to Slot, revision uint32, seed byte) (Anchor, *Chain) {
	c, err := NewChain(n.id(), from, to, Entropy{seed})
	if err != nil {
		n.t.Fatal(err)
	}
	return Anchor{From: from, To: to, Revision: revision, Timing: schedules["demo"].Timing, X0: c.X0()}, c
}

func TestChainsServe(t *testing.T) {
	n := testNetwork{t, 1}
	first, firstChain := n.chain(30, 60, 0, 1)
	second, secondChain := n.chain(40, 60, 1, 2)
	void, _ := n.chain(35, 60, 2, 3)
	chains := NewChains(n.id())
	for _, err := range []error{
		chains.AddJournaled(n.sign(first), first.Begins()),
		chains.AddJournaled(n.sign(second), 0),
		chains.AddJournaled(n.sign(void), void.Begins()+1),
		chains.AddAnchor(n.sign(first)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for k, want := range map[Slot]uint32{30: 0, 39: 0, 40: 1, 59: 1} {
		if a, ok := chains.Serving(k); !ok || a.Revision != want {
			t.Errorf("slot %d: revision %d, %v", k, a.Revision, ok)
		}
	}
	if _, ok := chains.Serving(60); ok {
		t.Error("a slot behind the end is served")
	}
	x, _ := firstChain.Value(45)
	if err := chains.AddValue(Value{45, 0, x}); err != nil {
		t.Fatal(err)
	}
	if _, ok := chains.Value(45); ok {
		t.Error("a value of the replaced chain serves")
	}
	want, _ := firstChain.Value(35)
	if v, ok := chains.Value(35); !ok || v.Entropy != want || v.Revision != 0 {
		t.Error("the replaced chain does not serve the slots before")
	}
	y, _ := secondChain.Value(45)
	if err := chains.AddValue(Value{45, 0, y}); !errors.Is(err, errNotOfChain) {
		t.Error(err)
	}
	if err := chains.AddValue(Value{45, 3, y}); !errors.Is(err, ErrNoAnchor) {
		t.Error(err)
	}
	if err := chains.AddValue(Value{45, 1, y}); err != nil {
		t.Fatal(err)
	}
	if v, ok := chains.Value(45); !ok || v != (Value{45, 1, y}) {
		t.Error("the value does not serve")
	}
	if err := chains.AddJournaled(n.sign(second), second.Begins()+1); err != nil {
		t.Fatal(err)
	}
	if a, _ := chains.Serving(45); a.Revision != 0 {
		t.Error("an anchor serves that was journaled too late")
	}
	if chains.Expire(first.Ends() + first.Timing.Report - 1); len(chains.Anchors()) != 3 {
		t.Error("an anchor is dropped while cases are open")
	}
	if chains.Expire(first.Ends() + first.Timing.Report); len(chains.Anchors()) != 0 {
		t.Error("ended anchors are kept")
	}
}

func TestChainsRefuse(t *testing.T) {
	n := testNetwork{t, 1}
	a, _ := n.chain(30, 60, 0, 1)
	other, _ := n.chain(30, 60, 0, 2)
	changed, _ := n.chain(60, 90, 0, 3)
	changed.Timing.EpochSlots = 60
	foreign := testNetwork{t, 2}
	beacon, err := radio.Sign(signerOf(t, "ed25519", n.seed()), n.id(), radio.KindBeacon, a.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	chains := NewChains(n.id())
	if err := chains.AddAnchor(n.sign(a)); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]radio.Signed{
		"another one has revision 0": n.sign(other),
		"has changed":                n.sign(changed),
		"may not sign":               foreign.sign(a),
		"kind beacon":                beacon,
	} {
		if err := chains.AddAnchor(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestChainsAreBounded(t *testing.T) {
	n := testNetwork{t, 1}
	chains := NewChains(n.id())
	for i := range Slot(MaxRetained + 1) {
		a, _ := n.chain(30*i, 30*i+30, 0, 1)
		if err := chains.AddAnchor(n.sign(a)); (err != nil) != (i == MaxRetained) {
			t.Errorf("anchor %d: %v", i, err)
		}
	}
}

func TestChainsTiming(t *testing.T) {
	n := testNetwork{t, 1}
	chains := NewChains(n.id())
	if _, ok := chains.Timing(0); ok {
		t.Error("a timing without an anchor")
	}
	for i, report := range []Millis{1000, 2000} {
		a, _ := n.chain(Slot(30+60*i), Slot(60+60*i), 0, 1) // [30, 60) and [90, 120)
		a.Timing.Report = report
		if err := chains.AddAnchor(n.sign(a)); err != nil {
			t.Fatal(err)
		}
	}
	for slot, want := range map[Slot]Millis{0: 1000, 45: 1000, 70: 1000, 80: 2000, 100: 2000, 500: 2000} {
		if got, ok := chains.Timing(Millis(slot) * 2000); !ok || got.Report != want {
			t.Errorf("slot %d: %+v", slot, got)
		}
	}
}
