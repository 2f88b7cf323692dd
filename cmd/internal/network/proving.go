package network

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/pace"
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
	provingParts
	entropy     *entropy
	reports     *reports
	freezing    *freezing
	checkpoints *checkpoints
	sites       *sites
	verify      *verifying
	appeals     *appealDesk
	asked       *pace.Buckets[radio.Station] // for what else stations may ask
	share       *share

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
	// parameters of the epochs to come, then those of others that may have to be verified, to
	// which those of kept files come.
	parameters []*witness.Parameters
	kept       parameterFiles
	journal    appender
	records    recordSource
	publish    func(topic string, payload []byte, retain bool) error
	log        *slog.Logger
	// clock is the time by which entropy is published, reports and appeals are received, and
	// epochs are begun, frozen and verified; nil: the host's.
	clock func() witness.Millis
}

// now is the time by the clock.
func (p provingParts) now() witness.Millis {
	if p.clock == nil {
		return present()
	}
	return p.clock()
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
	if p.schedule, err = c.schedule(); err != nil {
		return nil, err
	}
	if p.parameters, err = c.parameters(); err != nil {
		return nil, err
	}
	if p.kept, err = openParameterFiles(data, p.parameters[0], p.log); err != nil {
		return nil, err
	}
	v = &proving{provingParts: p, asked: pace.New[radio.Station](askRate, askBurst, mostAskers)}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.close())
		}
	}()
	if v.registry, err = data.Book(ctx, c.Book); err != nil {
		return v, err
	}
	if err := data.settle(ctx, v.registry, Terms{id, p.schedule.Timing}); err != nil {
		return v, err
	}
	v.share = &share{registry: registered{v.registry}, log: p.log}
	v.sites = newSites(p, c, v.registry)
	v.appeals = newAppealDesk(p, data, v.registry)
	if err := v.openReports(c, data, p); err != nil {
		return v, err
	}
	chains, err := chaindir.Open(data.path(chainsDir))
	if err != nil {
		return v, err
	}
	if v.entropy, err = newEntropy(p, chains, v.registry); err != nil {
		return v, err
	}
	v.appeals.public = v.entropy.public
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

func (v *proving) openReports(c CoverageConfig, data Data, p provingParts) error {
	config := ingest.Config{Network: p.network, Timing: p.schedule.Timing, Rate: ingest.DefaultRate}
	config.Rate.Discoveries = p.parameters[0].DiscoveryLimit() // the set that is anchored
	var err error
	if config.Others, err = c.others(); err != nil {
		return err
	}
	if c.Registered {
		config.Registry = registered{v.registry}
	}
	if v.logs, err = openLogs(data.path(logsDir)); err != nil {
		return fmt.Errorf("the log: %w", err)
	}
	oldest := config.Oldest(p.now())
	if v.book, err = witnesslog.OpenBook(v.logs, p.network, p.ingest, p.schedule.Timing, oldest); err != nil {
		return err
	}
	in, err := ingest.New(config, recordJournal{p}, recordBook{v.book})
	if err != nil {
		return err
	}
	v.reports = &reports{provingParts: p, ingest: in, surveys: newSurveys(p, v.registry), timing: config.Timing, began: p.now()}
	if v.checkpoints, err = newCheckpoints(p, v.book, v.logs, registered{v.registry}, oldest); err != nil {
		return err
	}
	v.freezing = newFreezing(p, config, in, v.book, v.checkpoints)
	return nil
}

// What a station may ask or sign, in a second and at once: a few of these come with each
// checkpoint.
const (
	askRate    = 2
	askBurst   = 64
	mostAskers = 100_000
)

// take is the broker's Durable for what is said below hexspot/.
func (v *proving) take(ctx context.Context, m broker.Message) error {
	_, name, _ := strings.Cut(strings.TrimPrefix(m.Topic, ownTopics), "/")
	kind, report := strings.CutPrefix(name, "up/")
	switch {
	case report && kind != string(radio.KindSite):
		return v.takeReport(ctx, m, kind)
	case !v.asked.Allow(m.Station, time.Now()):
		v.log.Debug("a station asks too often", "station", m.Station, "topic", name)
		if !report {
			return nil
		}
		return v.putOff(m, "too many questions and changes: send it again later")
	case name == "ask" && string(m.Payload) == witness.AskSite:
		return v.publish(stationTopic(m.Station, "proof"), v.sites.tell(ctx, m.Station, v.now()).Append(nil), false)
	case name == "ask":
		return v.checkpoints.answer(m)
	case name == "cosign":
		return v.checkpoints.cosign(ctx, m)
	}
	answer, err := v.sites.take(ctx, m)
	if err != nil {
		return err
	}
	return v.publish(stationTopic(m.Station, "ack"), answer, false)
}

// takeReport takes what the journal keeps, if there is room for it.
func (v *proving) takeReport(ctx context.Context, m broker.Message, kind string) error {
	switch err := v.room(ctx, m.Station); {
	case errors.Is(err, errShare):
		return v.putOff(m, err.Error())
	case err != nil:
		return err
	}
	return v.reports.take(ctx, m, kind, v.now())
}

// putOff tells a station to send something again later.
func (v *proving) putOff(m broker.Message, why string) error {
	refusal := witness.RefusalOf(m.Payload, witness.RefusedRate, why)
	return v.publish(stationTopic(m.Station, "ack"), refusal.Append(nil), false)
}

// room is errShare if what a station sends may not be kept now.
func (v *proving) room(ctx context.Context, s radio.Station) error {
	now := v.now()
	return v.share.room(ctx, s, v.schedule.Epoch(v.schedule.SlotAt(now)), now)
}

// run publishes entropy and freezes epochs until ctx ends.
func (v *proving) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return v.entropy.run(ctx) })
	group.Go(func() error { return v.recounting(ctx) })
	group.Go(func() error { return v.appeals.run(ctx) })
	group.Go(func() error { return v.freezing.run(ctx) })
	group.Go(func() error { return v.checkpoints.run(ctx) })
	group.Go(func() error { return v.verify.run(ctx) })
	group.Go(func() error { return v.begin(ctx) })
	return group.Wait()
}

func (v *proving) close() error {
	var faults []error
	if v.checkpoints != nil {
		faults = append(faults, v.checkpoints.away.close())
	}
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
