package hotspot

import (
	"context"
	"time"

	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
)

// Reported is a report of the hotspot that the network has answered with a receipt.
type Reported struct {
	ID       radio.RecordID
	Kind     radio.Kind   // empty: the report is damaged
	Slot     witness.Slot // of a beacon or discovery beacon; 0 of what was heard, which is of an epoch
	Epoch    witness.Epoch
	Index    uint64 // in the log of that epoch
	Received time.Time
}

// ReadReported reads the reports of a spool that a network answered since a time, oldest first.
// The spool may be in use. The network is found as ReadReceipts finds it. Those with
// a damaged receipt are left out.
func ReadReported(ctx context.Context, path, network string, since time.Time) (list []Reported, err error) {
	id, err := reportedTo(ctx, path, network)
	if err != nil {
		return nil, err
	}
	err = spool.Answers(ctx, path, reportsTo(id), func(a spool.Settled) error {
		if a.At.Before(since) {
			return nil
		}
		receipt, err := receiptOf(a, id)
		if err != nil {
			return nil
		}
		s, _ := radio.ParseSigned(a.Body) // damaged: the receipt has what matters
		list = append(list, Reported{receipt.Record, s.Kind, slotOf(s), receipt.Epoch, receipt.Index, receipt.Received.Time()})
		return nil
	})
	return list, err
}

// slotOf is the slot of a frame that was sent, 0 of other records.
func slotOf(s radio.Signed) witness.Slot {
	switch s.Kind {
	case radio.KindBeacon:
		b, _ := witness.ParseBeacon(s.Body)
		return b.Slot
	case radio.KindDiscovery:
		d, _ := witness.ParseDiscovery(s.Body)
		return d.Slot
	}
	return 0
}
