package network

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"hexspot/internal/journal"
	"hexspot/witness"
)

// Records hands on what the journal has of proof of coverage, in its order, and goes on
// with what comes until ctx ends or each fails: the kind of the record, when it was
// received, journaled or published, and the message of the protocol.
func (n *Network) Records(ctx context.Context, each func(kind string, at witness.Millis, message []byte) error) error {
	query := journal.Query{Subjects: []string{"rec.>"}, Follow: true}
	err := n.store.Journal.Read(ctx, query, func(r journal.Record) error {
		at, message, err := unstamped(r.Data)
		if err != nil {
			return fmt.Errorf("record %d of the journal: %w", r.Seq, err)
		}
		return each(kindOfRecord(r.Subject), at, message)
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// unstamped undoes stamped.
func unstamped(data []byte) (witness.Millis, []byte, error) {
	if len(data) < 8 {
		return 0, nil, errors.New("it has no time")
	}
	return witness.Millis(binary.BigEndian.Uint64(data)), data[8:], nil
}

// kindOfRecord is what stands second in a subject (journal.RecordSubject).
func kindOfRecord(subject string) string {
	_, rest, _ := strings.Cut(subject, ".")
	kind, _, _ := strings.Cut(rest, ".")
	return kind
}

// Refused counts the reports that were not taken, by the reason's name; none where
// proof of coverage is off.
func (n *Network) Refused() map[witness.RefusalReason]int64 {
	if n.proving == nil {
		return nil
	}
	return n.proving.reports.ingest.Counts().Refused
}
