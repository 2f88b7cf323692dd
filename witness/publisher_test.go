package witness

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// publishing runs a Publisher with the demo's timings against a store that keeps
// all, and a station that receives all.
type publishing struct {
	transcript
	t        testing.TB
	network  testNetwork
	p        *Publisher
	stored   map[[2]uint64]*Publication
	station  *Chains
	revealed []Value
	values   []Value // retained
	lag      Millis  // of the journal
	late     []AnchorJournaled
	broken   bool // the store keeps nothing and answers nothing
	heard    Slot // newest slot that another instance reveals of chains that it has; 0: there is none
}

func newPublishing(t testing.TB) *publishing {
	n := testNetwork{t, 1}
	h := &publishing{t: t, network: n, stored: map[[2]uint64]*Publication{}, station: NewChains(n.id())}
	h.start()
	return h
}

// start begins with what is stored.
func (h *publishing) start() {
	random := rand.NewChaCha8([32]byte{byte(len(h.stored))})
	p, err := NewPublisher(PublisherConfig{Network: h.network.id(), Schedule: schedules["demo"], Random: random})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range h.stored {
		if err := p.Restore(*s); err != nil {
			h.t.Fatal(err)
		}
	}
	h.p = p
}

func (h *publishing) step(now Millis, e PublisherEvent) {
	actions, err := h.p.Step(now, e)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, a := range actions {
		h.note("%d: %v", now, a)
	}
	for _, a := range actions {
		h.do(now, a)
	}
}

func (h *publishing) do(now Millis, a PublisherAction) {
	switch a := a.(type) {
	case KeepSeed:
		if !h.broken {
			key := [2]uint64{uint64(a.To), uint64(a.Revision)}
			h.stored[key] = &Publication{Seed: &a.Seed}
			h.step(now, SeedKept{a.To, a.Revision})
		}
	case SignAnchor:
		s := h.stored[[2]uint64{uint64(a.Anchor.To), uint64(a.Anchor.Revision)}]
		signed := h.network.sign(a.Anchor)
		s.Anchor, s.Signed, s.Journaled = a.Anchor, &signed, now+h.lag
		h.late = append(h.late, AnchorJournaled{a.Anchor.To, a.Anchor.Revision, signed, now + h.lag})
		h.deliver(now)
	case PublishAnchors:
		for _, signed := range a.Anchors {
			if err := h.station.AddAnchor(signed); err != nil {
				h.t.Error(err)
			}
		}
	case Reveal:
		h.reveal(now, a)
	case RetainValues:
		h.values = a.Retained
	case WatchChain:
		h.step(now, ChainWatched{To: a.To, Revision: a.Revision, Nobody: h.heard == 0, Revealed: h.heard})
	}
}

func (h *publishing) reveal(now Millis, a Reveal) {
	if start := schedules["demo"].Start(a.Value.Slot); now < start {
		h.t.Errorf("slot %d revealed at %d, %d ms early", a.Value.Slot, now, start-now)
	}
	h.values = a.Retained
	for _, v := range a.Retained {
		if err := h.station.AddValue(v); err != nil {
			h.t.Error(err)
		}
		if now < schedules["demo"].Start(v.Slot) {
			h.t.Errorf("slot %d retained early", v.Slot)
		}
	}
	h.revealed = append(h.revealed, a.Value)
	for _, s := range h.stored {
		if s.Signed != nil && s.Anchor.Covers(a.Value.Slot) && s.Anchor.Revision == a.Value.Revision {
			s.Last = &a.Value
		}
	}
}

// run lets time pass, with a step whenever one is due.
func (h *publishing) run(now, until Millis) Millis {
	for ; now < until; now = h.p.Next(now) {
		h.deliver(now)
		h.step(now, nil)
	}
	return now
}

// deliver tells what has been journaled by now.
func (h *publishing) deliver(now Millis) {
	for len(h.late) > 0 && h.late[0].At <= now {
		e := h.late[0]
		h.late = h.late[1:]
		h.step(now, e)
	}
}

func TestPublisherTranscript(t *testing.T) {
	h := newPublishing(t)
	h.note("# start within epoch 1, which has the slots 30 to 59")
	now := h.run(101_000, 126_000)
	h.note("# the process stands still for four slots")
	now = h.run(now+8_000, now+12_000)
	h.note("# start again, with all that was stored")
	h.start()
	now = h.run(now, now+4_000)
	h.note("# and once more within the same slot")
	h.start()
	h.step(now-1_500, nil)
	h.note("# start again, without the seeds")
	for _, s := range h.stored {
		s.Seed = nil
	}
	h.start()
	now = h.run(now, now+10_000)
	h.note("# the journal is slow: the next anchor comes too late")
	h.lag = 30_000
	now = h.run(now, 165_000)
	h.lag = 0
	h.run(now, 200_000)
	h.golden(t, "publisher.txt")
}

// TestStationsSeeEveryValue runs a publisher through starts, pauses and lost seeds:
// what a station receives leads to its anchors, and gives every value of a chain up
// to the last one revealed. So does what is retained for a station that starts last.
func TestStationsSeeEveryValue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := newPublishing(t)
		now := Millis(rapid.Int64Range(0, 100_000).Draw(rt, "start"))
		for range rapid.IntRange(1, 6).Draw(rt, "phases") {
			now = h.run(now, now+Millis(rapid.Int64Range(0, 80_000).Draw(rt, "run")))
			switch rapid.IntRange(0, 3).Draw(rt, "fault") {
			case 0:
				h.start()
			case 1:
				for _, s := range h.stored {
					s.Seed = nil
				}
				h.start()
			case 2:
				now += Millis(rapid.Int64Range(0, 20_000).Draw(rt, "pause"))
			}
		}
		for _, v := range h.revealed {
			if got, ok := h.station.Value(v.Slot); !ok || got != v {
				rt.Fatalf("slot %d of revision %d: the station has %v, %v", v.Slot, v.Revision, got, ok)
			}
		}
		late := h.later(now)
		for _, v := range h.revealed {
			_, served := late.Serving(v.Slot)
			if got, ok := late.Value(v.Slot); served && (!ok || got != v) {
				rt.Fatalf("slot %d of revision %d: a station that starts now has %v, %v", v.Slot, v.Revision, got, ok)
			}
		}
	})
}

// later is a station that has what is retained.
func (h *publishing) later(now Millis) *Chains {
	c := NewChains(h.network.id())
	for _, a := range h.p.anchors() {
		if err := c.AddAnchor(a); err != nil {
			h.t.Error(err)
		}
	}
	for _, v := range h.values {
		if err := c.AddValue(v); err != nil {
			h.t.Error(err)
		}
	}
	c.Expire(now)
	return c
}

func TestPublisherRevealsOnce(t *testing.T) {
	h := newPublishing(t)
	h.run(0, 20_000)
	before := len(h.revealed)
	for _, now := range []Millis{19_000, 18_500, 3_000} { // the clock is set back
		h.step(now, nil)
	}
	if len(h.revealed) != before || before == 0 {
		t.Errorf("%d values, then %d", before, len(h.revealed))
	}
}

func TestPublisherWithBrokenStore(t *testing.T) {
	h := newPublishing(t)
	h.broken = true
	h.run(0, 20_000)
	if strings.Contains(h.String(), "sign") || len(h.revealed) > 0 {
		t.Errorf("an anchor is signed, or a value revealed, whose seed is not kept:\n%s", h.String())
	}
	h.broken = false
	h.run(20_000, 50_000)
	if len(h.revealed) == 0 {
		t.Error("nothing is revealed after the store has come back")
	}
}

func TestPublisherLeavesToTheOther(t *testing.T) {
	h := newPublishing(t)
	h.broken, h.heard = true, 1
	h.step(1_000, nil)
	h.step(1_000, ChainElsewhere{To: 30, Revision: 0})
	h.beside(2_000, 39_000)
	if strings.Contains(h.String(), "revision 1") || len(h.revealed) > 0 {
		t.Errorf("made what the other instance has:\n%s", h.String())
	}
}

// beside is run beside another instance that reveals its values.
func (h *publishing) beside(now, until Millis) Millis {
	for ; now < until; now = h.p.Next(now) {
		h.heard = schedules["demo"].SlotAt(now)
		h.step(now, nil)
	}
	return now
}

// TestPublisherTakesOver: a chain of which another instance reveals nothing for three slots
// that it was looked for has a next revision, from a future slot on; what the other had
// revealed is retained with it.
func TestPublisherTakesOver(t *testing.T) {
	h := newPublishing(t)
	h.heard = 1
	h.broken = true
	h.step(1_000, nil)
	h.broken = false
	h.step(1_000, ChainElsewhere{To: 30, Revision: 0})
	now := h.beside(2_000, 20_000)
	h.note("# the other one ends")
	now = h.run(now, 30_000)
	chain, values := h.network.chain(2, 30, 0, 9)
	x, _ := values.Value(h.heard)
	last := Value{Slot: h.heard, Entropy: x}
	h.step(now-1, ChainRecalled{Anchor: chain, Signed: h.network.sign(chain), Last: &last})
	h.run(now, 34_000)
	h.golden(t, "publisher_takes_over.txt")
}

// TestPublisherIsNotFooledByAPause: a host that stood still finds that others were silent
// meanwhile, and goes by what it sees from then on.
func TestPublisherIsNotFooledByAPause(t *testing.T) {
	h := newPublishing(t)
	h.heard, h.broken = 1, true
	h.step(1_000, nil)
	h.step(1_000, ChainElsewhere{To: 30, Revision: 0})
	now := h.beside(2_000, 12_000)
	now = h.run(now+30_000, now+34_000) // all stood still; this one is the first that wakes
	h.beside(now, 59_000)
	if strings.Contains(h.String(), "revision 1") {
		t.Errorf("took over:\n%s", h.String())
	}
}

// TestPublisherIsReplaced: its chain is revealed up to where another instance's next revision
// begins, and no further, while the other one reveals.
func TestPublisherIsReplaced(t *testing.T) {
	h := newPublishing(t)
	now := h.run(101_000, 110_000)
	h.step(now, ChainReplaced{From: 57, To: 60, Revision: 1})
	h.beside(now, 124_000)
	var slots []Slot
	for _, v := range h.revealed {
		slots = append(slots, v.Slot)
	}
	if want := []Slot{52, 53, 54, 55, 56, 60, 61}; !slices.Equal(slots, want) {
		t.Errorf("revealed %v, want %v", slots, want)
	}
}

// TestALateSeedIsAskedFor: a seed that was kept before a start, without an anchor, may have
// lost against another instance's: nothing is made of it before that is known.
func TestALateSeedIsAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		heard Slot
		want  string
	}{
		"another has it": {40, "watch the chain to slot 60, revision 0"},
		"nobody has it":  {0, "watch the chain to slot 60, revision 0|keep the seed of slots 42 to 60, revision 1|sign the anchor of slots 42 to 60, revision 1|publish 1 anchors"},
	} {
		h := newPublishing(t)
		h.heard = c.heard
		a, _ := h.network.chain(30, 60, 0, 3)
		h.stored[[2]uint64{60, 0}] = &Publication{Anchor: a, Seed: &Entropy{3}}
		seed := h.stored[[2]uint64{60, 0}]
		chain, err := NewChain(h.network.id(), 30, 60, *seed.Seed)
		if err != nil {
			t.Fatal(err)
		}
		seed.Anchor.X0 = chain.X0()
		h.start()
		h.step(80_000, nil)
		got := strings.ReplaceAll(strings.TrimSpace(h.String()), "80000: ", "")
		if got = strings.ReplaceAll(got, "\n", "|"); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestPublisherFails(t *testing.T) {
	if _, err := NewPublisher(PublisherConfig{}); err == nil {
		t.Error("a publisher without timing")
	}
	gone := errors.New("no random bytes")
	p, err := NewPublisher(PublisherConfig{Schedule: schedules["demo"], Random: io.MultiReader(iotest.ErrReader(gone))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Step(0, nil); !errors.Is(err, gone) {
		t.Error(err)
	}
	a, _ := testNetwork{t, 1}.chain(30, 60, 0, 1)
	if err := p.Restore(Publication{Anchor: a, Seed: &Entropy{2}}); err == nil {
		t.Error("a seed of another chain is taken")
	}
	if err := p.Restore(Publication{Seed: &Entropy{}}); err == nil {
		t.Error("a chain without slots is taken")
	}
}

func TestSeedsAreNotShown(t *testing.T) {
	seed := Entropy(bytes.Repeat([]byte{0xab}, 32))
	if text := (KeepSeed{Seed: seed}).String(); strings.Contains(text, "ab") {
		t.Error(text)
	}
}
