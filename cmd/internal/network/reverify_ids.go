package network

import (
	"context"
	"fmt"
	"io"
	"slices"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
)

// listing writes the ids of the reports that are read, those that have receipts, and hands all
// on. Whoever verifies an epoch has read past its freeze, so none of its reports is left out.
func listing(read reading, network radio.Network, ids io.Writer) reading {
	return func(ctx context.Context, each func(verify.Record) error) error {
		return read(ctx, func(r verify.Record) error {
			if slices.Contains(reportKinds[:], radio.Kind(r.Kind)) {
				if err := writeID(ids, r.Message, network); err != nil {
					return err
				}
			}
			return each(r)
		})
	}
}

func writeID(w io.Writer, message []byte, network radio.Network) error {
	signed, err := radio.ParseSigned(message)
	if err != nil {
		return nil // no receipt is of it: the verification drops it, too
	}
	id := signed.ID(network)
	if _, err := w.Write(id[:]); err != nil {
		return fmt.Errorf("writing the ids of the records: %w", err)
	}
	return nil
}
