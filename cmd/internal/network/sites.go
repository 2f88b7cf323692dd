package network

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"hexspot/cmd/internal/pace"
	"hexspot/coverage"
	"hexspot/gateway/broker"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

// sites enters changes of sites, which come over MQTT or HTTP, and shows the registry.
type sites struct {
	network radio.Network
	timing  witness.Timing
	book    store.Registry
	pace    *pace.Buckets[radio.Station] // of changes that are soundly signed
	log     *slog.Logger

	mu        sync.Mutex
	snapshots map[snapshotKey]snapshot
}

// Changes of one station that are looked at, 20 an hour: each one that is entered is kept
// for ever.
const (
	siteChanges    = 20
	mostSitePacers = 100_000
)

func newSites(p provingParts, book store.Registry) *sites {
	return &sites{
		network: p.network, timing: p.schedule.Timing, book: book, log: p.log,
		pace:      pace.New[radio.Station](float64(siteChanges)/3600, siteChanges, mostSitePacers),
		snapshots: make(map[snapshotKey]snapshot),
	}
}

// siteFault is why a change is not entered.
type siteFault struct {
	reason witness.RefusalReason
	text   string
}

func (f siteFault) Error() string { return f.text }

// entry is a change that is entered.
type entry struct {
	coverage.Change
	from  witness.Epoch // in which its site begins
	again bool          // it was entered before
}

// enter checks a change and enters it. One that was entered already, the same bytes, is
// entered: whoever had no answer sends it again. An error that is no siteFault is the
// registry's.
func (s *sites) enter(ctx context.Context, payload []byte, now witness.Millis) (entry, error) {
	if len(payload) > witness.MaxSiteChange {
		return entry{}, siteFault{witness.RefusedSize, fmt.Sprintf("%d bytes, at most %d", len(payload), witness.MaxSiteChange)}
	}
	signed, err := witness.ParseSiteChange(payload)
	if err != nil {
		return entry{}, siteFault{witness.RefusedEncoding, err.Error()}
	}
	change, err := VerifySite(signed, s.network, now)
	if err != nil {
		return s.entered(ctx, signed.Record.Station, payload, siteFault{reasonOf(err, witness.RefusedSite), err.Error()})
	}
	if !s.pace.Allow(change.Station, now.Time()) {
		return entry{}, siteFault{witness.RefusedRate, fmt.Sprintf("more than %d changes of one station in an hour", siteChanges)}
	}
	epoch := s.timing.Epoch(s.timing.SlotAt(now))
	if err := s.book.Apply(ctx, change, uint64(epoch), payload); err != nil {
		reason := reasonOf(err, "")
		if reason == "" {
			return entry{}, err
		}
		return s.entered(ctx, change.Station, payload, siteFault{reason, err.Error()})
	}
	s.log.Info("site entered", "station", change.Station, "change", change.Nonce, "owner", change.Site.Owner, "from_epoch", epoch+1)
	return entry{Change: change, from: epoch + 1}, nil
}

// entered looks for a change that is not taken now among those of its station.
func (s *sites) entered(ctx context.Context, station radio.Station, payload []byte, otherwise siteFault) (entry, error) {
	history, err := s.book.History(ctx, station)
	if err != nil {
		return entry{}, err
	}
	for _, r := range history {
		if bytes.Equal(r.Signed, payload) {
			change := coverage.Change{Station: station, Nonce: r.Nonce, Site: r.Site}
			return entry{change, witness.Epoch(r.From), true}, nil
		}
	}
	return entry{}, otherwise
}

// reasonOf names what is wrong with a change.
func reasonOf(err error, otherwise witness.RefusalReason) witness.RefusalReason {
	for _, known := range []struct {
		err    error
		reason witness.RefusalReason
	}{
		{ErrDeadline, witness.RefusedDeadline},
		{ErrSignature, witness.RefusedSignature},
		{coverage.ErrNonce, witness.RefusedNonce},
		{coverage.ErrNotOwner, witness.RefusedOwner},
	} {
		if errors.Is(err, known.err) {
			return known.reason
		}
	}
	return otherwise
}

// take answers a change that a station has sent. An error means no PUBACK: the station
// sends it again.
func (s *sites) take(ctx context.Context, m broker.Message) (answer []byte, err error) {
	e, err := s.enterOwn(ctx, m)
	if err == nil {
		return witness.SiteTaken{Report: sha256.Sum256(m.Payload), Nonce: e.Nonce, From: e.from}.Append(nil), nil
	}
	var fault siteFault
	if !errors.As(err, &fault) {
		return nil, err
	}
	s.log.Debug("site refused", "station", m.Station, "reason", fault.reason)
	return witness.RefusalOf(m.Payload, fault.reason, fault.text).Append(nil), nil
}

// enterOwn is enter for what a station says itself: it speaks for no other.
func (s *sites) enterOwn(ctx context.Context, m broker.Message) (entry, error) {
	if c, err := witness.ParseSiteChange(m.Payload); err == nil && c.Record.Station != m.Station {
		return entry{}, siteFault{witness.RefusedStation, "the change is of another station than the one logged in"}
	}
	return s.enter(ctx, bytes.Clone(m.Payload), present())
}
