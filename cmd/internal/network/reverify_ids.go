package network

import (
	"context"
	"fmt"
	"io"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// listing writes the ids of the reports that are in the epoch's log, and hands all records
// on. Whoever verifies an epoch has read past its freeze, so none of its reports is left out.
func listing(read reading, terms Terms, epoch witness.Epoch, ids io.Writer) reading {
	reported := verify.Reported(terms.Network, terms.Timing, epoch)
	return func(ctx context.Context, each func(verify.Record) error) error {
		return read(ctx, func(r verify.Record) error {
			if id, ok := reported(r); ok {
				if err := writeID(ids, id); err != nil {
					return err
				}
			}
			return each(r)
		})
	}
}

func writeID(w io.Writer, id radio.RecordID) error {
	if _, err := w.Write(id[:]); err != nil {
		return fmt.Errorf("writing the ids of the records: %w", err)
	}
	return nil
}
