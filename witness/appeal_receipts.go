package witness

import "hexspot/radio"

// A record that is made after the fact proves nothing: keys that are friends can sign what
// is missing. So a report is evidence only if the network received it before the case of
// its slot closed, like any other report, and a receipt shows it.

// takeReceipts takes the receipts of the network, and of ingests that an anchor of the
// appeal lists, of the evidence. The earliest of a record counts.
func (b *brief) takeReceipts(f AppealFile) {
	asked := map[radio.RecordID]bool{}
	for _, s := range f.Evidence {
		asked[s.ID(b.w.Network)] = true
	}
	for _, s := range f.Receipts {
		if s.Kind != radio.KindReceipt {
			continue
		}
		r, err := ParseReceipt(s.Body)
		if err != nil || !asked[r.Record] || s.Verify(b.w.Network, b.values.ingests()...) != nil {
			continue
		}
		if at, ok := b.received[r.Record]; !ok || r.Received < at {
			b.received[r.Record] = r.Received
		}
	}
}

// isInTime says that a record of a slot was received before its case closed; it counts those
// that were not.
func (b *brief) isInTime(s radio.Signed, k Slot) bool {
	at, ok := b.received[s.ID(b.w.Network)]
	if !ok || at >= b.closes(k) {
		b.late++
		return false
	}
	return true
}

// takeBatch takes the observations of a record of which there is a receipt. Each is in time or not by
// the slot of its frame; the record is late if even the last of them, by the time at which it was
// heard, is not.
func (b *brief) takeBatch(s radio.Signed, w Batch) {
	var last Millis
	for i := range w.Observations {
		last = max(last, w.Observations[i].Heard)
	}
	if !b.isInTime(s, b.w.Timing.SlotAt(last)) {
		return
	}
	received := b.received[s.ID(b.w.Network)]
	for _, o := range w.Observations {
		b.heard[s.Station] = append(b.heard[s.Station], heardFrame{o, received})
	}
}

// closes is when the case of a slot closes, by the anchor that serves it where the appeal has
// that.
func (b *brief) closes(k Slot) Millis {
	for _, c := range b.values {
		if c.anchor.Covers(k) {
			return c.anchor.Timing.CaseCloses(k)
		}
	}
	return b.w.Timing.CaseCloses(k)
}
