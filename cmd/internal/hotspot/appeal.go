package hotspot

import (
	"context"
	"slices"
	"time"

	"hexspot/gateway/spool"
	"hexspot/radio"
)

// ReadRecords reads the records of some kinds in a spool, which may be in use, that a
// network answered since a time, oldest first, each with its receipt behind it: for whoever needs
// them as evidence. The network is found as ReadReceipts finds it. Damaged ones are left
// out.
func ReadRecords(ctx context.Context, path, network string, kinds []radio.Kind, since time.Time) ([]radio.Signed, error) {
	id, err := reportedTo(ctx, path, network)
	if err != nil {
		return nil, err
	}
	var list []radio.Signed
	err = spool.Answers(ctx, path, reportsTo(id), func(a spool.Settled) error {
		s, err := radio.ParseSigned(a.Body)
		if err != nil || !slices.Contains(kinds, s.Kind) || a.At.Before(since) {
			return nil
		}
		list = append(list, s)
		if _, err := receiptOf(a, id); err != nil {
			return nil
		}
		receipt, err := radio.ParseSigned(a.Answer)
		list = append(list, receipt)
		return err
	})
	return list, err
}
