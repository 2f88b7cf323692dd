package network

import (
	"testing"

	"hexspot/radio"
	"hexspot/witness/log"
)

// TestJournaledAndNotPlaced: a process died after it had journaled a report. The next one
// places it with the time that the journal has, so that it is there once when it comes again.
func TestJournaledAndNotPlaced(t *testing.T) {
	t.Parallel()
	data, config := Data(t.TempDir()), dailyConfig()
	timing := dailyTiming(t)
	n, end := serving(t, config, data)
	p := newProver(t, n.ID())
	p.connect(n)
	now := present()
	slot := timing.SlotAt(now)
	placed := p.sign(n.ID(), radio.KindBeacon, beaconOf(slot, now, 1))
	p.report("beacon", placed.Append(nil))
	open := p.sign(n.ID(), radio.KindBeacon, beaconOf(slot, now, 2))
	id := open.ID(n.ID())
	if err := n.proving.reports.keep(t.Context(), "beacon", 0, id.String(), now+1, open.Append(nil)); err != nil {
		t.Fatal(err)
	}
	if err := n.proving.reports.keep(t.Context(), "beacon", 0, "damaged", now+2, []byte("x")); err != nil {
		t.Fatal(err)
	}
	end()
	n, _ = serving(t, config, data)
	book := n.proving.book.Log(timing.Epoch(slot))
	if place, err := book.Find(id); err != nil || !place.Known || place.Received != now+1 || place.Index != 1 {
		t.Errorf("after the start: %+v, %v", place, err)
	}
	p.connect(n)
	receipt, err := log.ParseReceipt(p.report("beacon", open.Append(nil)), n.ID())
	if err != nil || receipt.Received != now+1 || receipt.Index != 1 || book.Head().Size != 2 {
		t.Errorf("%+v, %v", receipt.Receipt, err)
	}
}

// TestLastBooked: over all logs, empty ones too.
func TestLastBooked(t *testing.T) {
	v, _ := provingOver(t, Data(t.TempDir()), &flaky{})
	if last, err := lastBooked(v.book); err != nil || last != (log.Entry{}) {
		t.Errorf("%v, %v", last, err)
	}
	epoch := v.freezing.next
	freezes := v.freezing.config.Timing.Freezes(epoch)
	arrivals := []log.Arrival{{Record: radio.RecordID{1}, Own: epoch, Received: freezes - 5}, {Record: radio.RecordID{2}, Own: epoch, Received: freezes + 7}}
	if _, err := v.book.Place(arrivals); err != nil {
		t.Fatal(err)
	}
	if _, err := v.book.Promise(epoch+2, 0); err != nil {
		t.Fatal(err)
	}
	if last, err := lastBooked(v.book); err != nil || last != (log.Entry{Record: radio.RecordID{2}, Received: freezes + 7}) {
		t.Errorf("%v, want that of %d, %v", last, freezes+7, err)
	}
}
