package hotspot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hexspot/gateway/spool"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// reportsPrefix begins the name of the records that are sent to a network.
const reportsPrefix = "reports to "

// reportsTo names them.
func reportsTo(n radio.Network) string { return reportsPrefix + n.String() }

// Held are the receipts that a hotspot keeps of one network.
type Held struct {
	Network  radio.Network
	Receipts []log.Receipt // in the order in which they came
	Damaged  int           // that cannot be read or verified any more
}

// ReadReceipts reads the receipts in a spool, which may be in use: those of a network,
// or if none is named (empty) of the only one there is; of one epoch, or of all (nil).
func ReadReceipts(ctx context.Context, path, network string, epoch *witness.Epoch) (held Held, err error) {
	if held.Network, err = reportedTo(ctx, path, network); err != nil {
		return Held{}, err
	}
	err = spool.Answers(ctx, path, reportsTo(held.Network), func(a spool.Settled) error {
		r, err := receiptOf(a, held.Network)
		switch {
		case err != nil:
			held.Damaged++
		case epoch == nil || r.Epoch == *epoch:
			held.Receipts = append(held.Receipts, r)
		}
		return nil
	})
	return held, err
}

// receiptsSince reads the receipts of a network in a spool that are of an epoch or a later
// one; the others are not verified, which takes time. Damaged ones are left out.
func receiptsSince(ctx context.Context, path string, network radio.Network, since witness.Epoch) (list []log.Receipt, err error) {
	err = spool.Answers(ctx, path, reportsTo(network), func(a spool.Settled) error {
		s, err := radio.ParseSigned(a.Answer)
		if err != nil {
			return nil
		}
		body, err := witness.ParseReceipt(s.Body)
		if err != nil || body.Epoch < since {
			return nil
		}
		if r, err := receiptOf(a, network); err == nil {
			list = append(list, r)
		}
		return nil
	})
	return list, err
}

// receiptOf reads the answer to a record. That its signer may give receipts was looked at
// when it came.
func receiptOf(a spool.Settled, network radio.Network) (log.Receipt, error) {
	s, err := radio.ParseSigned(a.Answer)
	if err != nil {
		return log.Receipt{}, err
	}
	r, err := log.ParseReceipt(a.Answer, network, s.Station)
	if err == nil && string(r.Record[:]) != string(a.Key) {
		err = errors.New("of another record")
	}
	return r, err
}

// reportedTo is the network by name, or the only one that a spool has reports to.
func reportedTo(ctx context.Context, path, name string) (radio.Network, error) {
	if name != "" {
		return radio.ParseNetwork(name)
	}
	status, err := spool.Look(ctx, path)
	if err != nil {
		return radio.Network{}, err
	}
	var networks []string
	for _, q := range status.Queues {
		if text, ok := strings.CutPrefix(q.Name, reportsPrefix); ok && q.Records {
			networks = append(networks, text)
		}
	}
	switch len(networks) {
	case 0:
		return radio.Network{}, fmt.Errorf("%s holds no reports to a network: there are no receipts", path)
	case 1:
		return radio.ParseNetwork(networks[0])
	}
	return radio.Network{}, fmt.Errorf("%s holds reports to the networks %s: name one", path, strings.Join(networks, ", "))
}
