package stations

import (
	"strings"
	"testing"
	"time"

	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// desk is a network's key, its timing, and a fleet of one station.
type desk struct {
	t     *testing.T
	key   keys.Key
	fleet *Fleet
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	s, err := witness.ScheduleNamed("demo")
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(Config{Count: 1, Network: key.Station().Network().String(), Reports: time.Hour, Timing: s.Timing})
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t, key, f}
}

// faults wants the faults so far to be those that contain the texts, in order, and
// forgets them.
func (b *desk) faults(want ...string) {
	b.t.Helper()
	count, list := b.fleet.Faults()
	for i := range max(count, len(want)) {
		if i >= count || i >= len(want) || !strings.Contains(list[i], want[i]) {
			b.t.Fatalf("%d faults %q, want %q", count, list, want)
		}
	}
	b.fleet.faults.list, b.fleet.faults.count = nil, 0
}

// chain is one that begins with the epoch after the present one, and its anchor.
func (b *desk) chain(revision uint32) (*witness.Chain, radio.Signed) {
	b.t.Helper()
	t := b.fleet.config.Timing
	from, to := t.Slots(t.Epoch(t.SlotAt(present())) + 1)
	chain, err := witness.NewChain(b.fleet.network, from, to, witness.Entropy{1})
	if err != nil {
		b.t.Fatal(err)
	}
	a := witness.Anchor{From: from, To: to, Revision: revision, Timing: t, X0: chain.X0()}
	s, err := radio.Sign(b.key.Signer(), b.fleet.network, radio.KindAnchor, a.Append(nil))
	if err != nil {
		b.t.Fatal(err)
	}
	return chain, s
}

func valueOf(t *testing.T, c *witness.Chain, k witness.Slot) witness.Entropy {
	t.Helper()
	x, ok := c.Value(k)
	if !ok {
		t.Fatalf("no value of slot %d", k)
	}
	return x
}

func TestEntropyFaults(t *testing.T) {
	b := newDesk(t)
	chain, anchor := b.chain(0)
	hear := func(v witness.Value) { b.fleet.entropy.hearValues(witness.AppendValues(nil, []witness.Value{v})) }
	t0 := b.fleet.config.Timing
	slot, _ := t0.Slots(t0.Epoch(t0.SlotAt(present())) + 1)
	first := witness.Value{Slot: slot, Entropy: valueOf(t, chain, slot)}
	hear(first)
	b.faults("no anchor covers it")
	b.fleet.entropy.hearAnchors(witness.AppendAnchors(nil, []radio.Signed{anchor}))
	b.faults()
	hear(first)
	b.faults("early")
	b.fleet.entropy.timing.Slot = 1 // now it was long ago
	hear(first)
	b.faults()
	hear(witness.Value{Slot: first.Slot, Entropy: witness.Entropy{2}})
	b.faults("value of slot")
	_, lost := b.chain(1)
	b.fleet.entropy.hearAnchors(witness.AppendAnchors(nil, []radio.Signed{lost}))
	b.faults("a seed was lost")
	b.fleet.entropy.hearValues([]byte("x"))
	b.fleet.entropy.hearAnchors([]byte("x"))
	b.faults("values", "anchors")
}

func (b *desk) receipt(r witness.Receipt) []byte {
	b.t.Helper()
	s, err := log.SignReceipt(b.key.Signer(), b.fleet.network, r)
	if err != nil {
		b.t.Fatal(err)
	}
	return s.Bytes()
}

func TestAnswers(t *testing.T) {
	b := newDesk(t)
	r := b.fleet.stations[0].reporter
	for name, c := range map[string]struct {
		answer func(sent record) []byte
		fault  string
		open   bool // the record is sent again
		taken  int
	}{
		"a receipt": {answer: func(sent record) []byte { return b.receipt(witness.Receipt{Record: sent.id, Received: sent.acked}) }, taken: 1},
		"later than the PUBACK": {
			answer: func(sent record) []byte { return b.receipt(witness.Receipt{Record: sent.id, Received: sent.acked + 1}) },
			fault:  "was acknowledged at", taken: 1,
		},
		"of another record": {answer: func(sent record) []byte { return b.receipt(witness.Receipt{Received: sent.acked}) }, fault: "the receipt of"},
		"no receipt":        {answer: func(record) []byte { return []byte("x") }, fault: "is answered by"},
		"the pace":          {answer: func(sent record) []byte { return witness.RefusalOf(sent.payload, witness.RefusedRate, "").Append(nil) }, open: true},
		"the pace of another": {
			answer: func(record) []byte { return witness.RefusalOf(nil, witness.RefusedRate, "").Append(nil) }, fault: "is answered by",
		},
		"a refusal": {
			answer: func(sent record) []byte { return witness.RefusalOf(sent.payload, witness.RefusedRange, "").Append(nil) }, fault: "is answered by",
		},
	} {
		t.Run(name, func(t *testing.T) {
			sent, err := r.nextRecord()
			if err != nil {
				t.Fatal(err)
			}
			sent.acked = present()
			r.open, r.receipts = &sent, nil
			r.answered(c.answer(sent), time.Second)
			if (r.open != nil) != c.open || len(r.receipts) != c.taken {
				t.Errorf("open %v, %d receipts", r.open != nil, len(r.receipts))
			}
			if c.fault == "" {
				b.faults()
			} else {
				b.faults(c.fault)
			}
		})
	}
}
