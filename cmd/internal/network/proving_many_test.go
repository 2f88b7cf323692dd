package network

import (
	"sync"
	"sync/atomic"
	"testing"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// TestManyReportersAndAStop: stations report while the network is stopped in the middle.
// After a new start everything that has a receipt is in the journal once and in the log at
// its index, and what was sent without an answer gets a receipt when it comes again.
func TestManyReportersAndAStop(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	n, end := serving(t, demoConfig(), data)
	gone := make(chan struct{})
	var receipts atomic.Int64
	var reporters []*reporter
	var all sync.WaitGroup
	for range 8 {
		r := &reporter{prover: newProver(t, n.ID()), receipts: map[radio.RecordID]log.Receipt{}}
		r.connect(n)
		reporters = append(reporters, r)
		all.Go(func() { r.run(&receipts, gone) })
	}
	await(t, "100 receipts", func() bool { return receipts.Load() >= 100 })
	end()
	close(gone)
	all.Wait()
	n, _ = serving(t, demoConfig(), data)
	for _, r := range reporters {
		r.drain()
		r.connect(n)
		if _, ok := r.answer(r.report("beacon", r.open.Append(nil))); !ok {
			t.Error("no receipt for what was open")
		}
	}
	journaled := map[radio.RecordID]int{}
	err := n.store.Journal.Read(t.Context(), journal.Query{Subjects: []string{"rec.beacon.*"}}, func(r journal.Record) error {
		s, err := radio.ParseSigned(r.Data[8:])
		journaled[s.ID(n.ID())]++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reporters {
		for id, receipt := range r.receipts {
			if journaled[id] != 1 {
				t.Errorf("record %s is in the journal %d times", id, journaled[id])
			}
			checkReceipts(t, n, data, receipt)
		}
	}
}

// reporter reports one beacon after the other.
type reporter struct {
	*prover
	open     radio.Signed // sent, and perhaps not answered
	receipts map[radio.RecordID]log.Receipt
}

func (r *reporter) run(count *atomic.Int64, gone <-chan struct{}) {
	for number := byte(0); ; number++ {
		now := present()
		r.open = r.sign(r.network, radio.KindBeacon, beaconOf(demoTiming(r.t).SlotAt(now), now, number))
		text, ok := r.try("beacon", r.open.Append(nil), gone)
		if !ok {
			return
		}
		if _, taken := r.answer(text); taken {
			count.Add(1)
		}
	}
}

// answer keeps a receipt; a refusal must be for the pace.
func (r *reporter) answer(text []byte) (log.Receipt, bool) {
	if witness.IsRefusal(text) {
		refusal, err := witness.ParseRefusal(text)
		if err != nil || refusal.Reason != witness.RefusedRate {
			r.t.Errorf("%+v, %v", refusal, err)
		}
		return log.Receipt{}, false
	}
	receipt, err := log.ParseReceipt(text, r.network)
	if err != nil || receipt.Record != r.open.ID(r.network) {
		r.t.Errorf("%+v, %v", receipt.Receipt, err)
		return log.Receipt{}, false
	}
	r.receipts[receipt.Record] = receipt
	return receipt, true
}

// drain forgets answers that came after the stop.
func (r *reporter) drain() {
	for {
		select {
		case <-r.answers:
		default:
			return
		}
	}
}
