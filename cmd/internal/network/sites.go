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

// enter checks a change and enters it, and gives it with the epoch its site begins in. A
// change that was entered already is entered; again says so. An error that is no siteFault is
// the registry's.
func (s *sites) enter(ctx context.Context, payload []byte, now witness.Millis) (c coverage.Change, from witness.Epoch, again bool, err error) {
	if len(payload) > witness.MaxSiteChange {
		return c, 0, false, siteFault{witness.RefusedSize, fmt.Sprintf("%d bytes, at most %d", len(payload), witness.MaxSiteChange)}
	}
	change, err := witness.ParseSiteChange(payload)
	if err != nil {
		return c, 0, false, siteFault{witness.RefusedEncoding, err.Error()}
	}
	if c, err = VerifySite(change, s.network, now); err != nil {
		return c, 0, false, siteFault{reasonOf(err, witness.RefusedSite), err.Error()}
	}
	if !s.pace.Allow(c.Station, now.Time()) {
		return c, 0, false, siteFault{witness.RefusedRate, fmt.Sprintf("more than %d changes of one station in an hour", siteChanges)}
	}
	from = s.timing.Epoch(s.timing.SlotAt(now)) + 1
	err = s.book.Apply(ctx, c, uint64(from)-1, payload)
	if err == nil {
		s.log.Info("site entered", "station", c.Station, "change", c.Nonce, "owner", c.Site.Owner, "from_epoch", from)
		return c, from, false, nil
	}
	return s.notEntered(ctx, c, payload, err)
}

// notEntered looks whether a change is there already: whoever had no answer sends it again.
func (s *sites) notEntered(ctx context.Context, c coverage.Change, payload []byte, why error) (coverage.Change, witness.Epoch, bool, error) {
	reason := reasonOf(why, "")
	if reason == "" {
		return c, 0, false, why
	}
	history, err := s.book.History(ctx, c.Station)
	if err != nil {
		return c, 0, false, err
	}
	for _, r := range history {
		if r.Nonce == c.Nonce && bytes.Equal(r.Signed, payload) {
			return c, witness.Epoch(r.From), true, nil
		}
	}
	return c, 0, false, siteFault{reason, why.Error()}
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
	change, from, err := s.enterOwn(ctx, m)
	if err == nil {
		return witness.SiteTaken{Report: sha256.Sum256(m.Payload), Nonce: change.Nonce, From: from}.Append(nil), nil
	}
	var fault siteFault
	if !errors.As(err, &fault) {
		return nil, err
	}
	s.log.Debug("site refused", "station", m.Station, "reason", fault.reason)
	return witness.RefusalOf(m.Payload, fault.reason, fault.text).Append(nil), nil
}

// enterOwn is enter for what a station says itself: it speaks for no other.
func (s *sites) enterOwn(ctx context.Context, m broker.Message) (coverage.Change, witness.Epoch, error) {
	if c, err := witness.ParseSiteChange(m.Payload); err == nil && c.Record.Station != m.Station {
		return coverage.Change{}, 0, siteFault{witness.RefusedStation, "the change is of another station than the one logged in"}
	}
	change, from, _, err := s.enter(ctx, bytes.Clone(m.Payload), present())
	return change, from, err
}
