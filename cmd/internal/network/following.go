package network

import (
	"context"

	"hexspot/cmd/internal/verify"
	"hexspot/internal/journal"
	"hexspot/witness"
)

// Follow hands on the records of proof of coverage that a verdict follows from, as the
// journal has them and in its order, and goes on with what comes until ctx ends or each
// fails.
func (n *Network) Follow(ctx context.Context, each func(verify.Record) error) error {
	query := journal.Query{Subjects: verify.Subjects(), Follow: true}
	err := n.store.Journal.Read(ctx, query, func(r journal.Record) error {
		record, ok := verify.ParseRecord(r.Subject, r.Data)
		if !ok {
			return nil
		}
		return each(record)
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Refused counts the reports that were not taken, by the reason's name; none where
// proof of coverage is off.
func (n *Network) Refused() map[witness.RefusalReason]int64 {
	if n.proving == nil {
		return nil
	}
	return n.proving.reports.ingest.Counts().Refused
}
