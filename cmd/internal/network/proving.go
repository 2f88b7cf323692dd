package network

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/gateway/broker"
	"hexspot/hardware/keys"
	"hexspot/internal/journal"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/chaindir"
	"hexspot/witness/ingest"
	witnesslog "hexspot/witness/log"
)

// proving is the network's side of proof of coverage: entropy goes out, reports come in.
type proving struct {
	entropy  *entropy
	reports  *reports
	freezing *freezing
	verify   *verifying

	logs     *logs
	book     *witnesslog.Book
	registry *store.Book
}

// provingParts are what all parts of it share.
type provingParts struct {
	network  radio.Network
	signer   crypto.Signer // the network's key, which is the ingest's as well
	ingest   radio.Station
	schedule witness.Schedule
	// parameters of the epochs to come, then those of others that may have to be verified.
	parameters []*witness.Parameters
	journal    appender
	records    recordSource
	publish    func(topic string, payload []byte, retain bool) error
	log        *slog.Logger
}

// appender is a journal.
type appender interface {
	Append(ctx context.Context, subject, id string, data []byte) error
}

// keep journals something with its time.
func (p provingParts) keep(ctx context.Context, kind string, tag byte, id string, at witness.Millis, message []byte) error {
	return p.journal.Append(ctx, journal.RecordSubject(kind, tag), id, stamped(at, message))
}

// stamped is a record as the journal has it: when it was received, journaled or
// published, in Unix ms as a big-endian u64, and the message as it is in the protocol.
func stamped(at witness.Millis, message []byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), message...)
}

// present is the time now.
func present() witness.Millis { return witness.MillisOf(time.Now()) }

// openProving opens what is kept and makes the parts; nothing runs yet. The id is the
// network that stations log in to.
func openProving(ctx context.Context, c CoverageConfig, data Data, id radio.Network, p provingParts) (v *proving, err error) {
	if err := p.unlock(data, id); err != nil {
		return nil, err
	}
	v = &proving{}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.close())
		}
	}()
	if p.schedule, err = c.schedule(); err != nil {
		return nil, err
	}
	if p.parameters, err = c.parameters(); err != nil {
		return nil, err
	}
	if err := v.openReports(ctx, c, data, p); err != nil {
		return v, err
	}
	chains, err := chaindir.Open(data.path(chainsDir))
	if err != nil {
		return v, err
	}
	if v.entropy, err = newEntropy(p, chains); err != nil {
		return v, err
	}
	v.verify, err = newVerifying(p, c, data, v)
	return v, err
}

// unlock takes the network's key.
func (p *provingParts) unlock(data Data, id radio.Network) error {
	key, err := keys.LoadOrCreate(data.path(keyFile))
	if err != nil {
		return fmt.Errorf("the network key: %w", err)
	}
	if key.Station().Network() != id {
		return fmt.Errorf("broker.network is %s, but the network key is that of %s: leave it out", id, key.Station().Network())
	}
	if _, ok := key.Signer().Public().(ed25519.PublicKey); !ok {
		return fmt.Errorf("the network key: %w", witnesslog.ErrNoNoteKey)
	}
	p.network, p.signer, p.ingest = id, key.Signer(), key.Station()
	return nil
}

func (v *proving) openReports(ctx context.Context, c CoverageConfig, data Data, p provingParts) error {
	config := ingest.Config{Network: p.network, Timing: p.schedule.Timing}
	var err error
	if config.Others, err = c.others(); err != nil {
		return err
	}
	if v.registry, err = data.Book(ctx, ""); err != nil {
		return err
	}
	if c.Registered {
		config.Registry = registered{v.registry}
	}
	if v.logs, err = openLogs(data.path(logsDir)); err != nil {
		return fmt.Errorf("the log: %w", err)
	}
	if v.book, err = witnesslog.OpenBook(v.logs, p.network, p.ingest, p.schedule.Timing, config.Oldest(present())); err != nil {
		return err
	}
	in, err := ingest.New(config, recordJournal{p}, recordBook{v.book})
	if err != nil {
		return err
	}
	v.reports = &reports{provingParts: p, ingest: in}
	v.freezing = newFreezing(p, config, in, v.book)
	return nil
}

// keep is the broker's Durable for what is reported.
func (v *proving) keep(ctx context.Context, m broker.Message, kind string) error {
	return v.reports.take(ctx, m, kind)
}

// run publishes entropy and freezes epochs until ctx ends.
func (v *proving) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return v.entropy.run(ctx) })
	group.Go(func() error { return v.freezing.run(ctx) })
	group.Go(func() error { return v.verify.run(ctx) })
	return group.Wait()
}

func (v *proving) close() error {
	var faults []error
	if v.book != nil {
		faults = append(faults, v.book.Close())
	}
	if v.logs != nil {
		faults = append(faults, v.logs.Close())
	}
	if v.registry != nil {
		faults = append(faults, v.registry.Close())
	}
	return errors.Join(faults...)
}
