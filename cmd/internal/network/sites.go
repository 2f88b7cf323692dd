package network

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
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
	book    *store.Book
	first   newcomers
	pace    *pace.Buckets[radio.Station] // of changes that are soundly signed
	log     *slog.Logger

	mu    sync.Mutex
	pages map[pageKey]page
}

// Changes of one station that are looked at, 20 an hour: each one that is entered is kept
// for ever.
const (
	siteChanges    = 20
	mostSitePacers = 100_000
)

func newSites(p provingParts, c CoverageConfig, book *store.Book) *sites {
	return &sites{
		network: p.network, timing: p.schedule.Timing, book: book, log: p.log, first: c.newcomers(book),
		pace:  pace.New[radio.Station](float64(siteChanges)/3600, siteChanges, mostSitePacers),
		pages: make(map[pageKey]page),
	}
}

// siteFault is why a change is not entered.
type siteFault struct {
	reason witness.RefusalReason // as stations are told
	text   string
	full   bool   // the registry is: more than a rate
	cure   string // if it is not that of the reason
}

func (f siteFault) Error() string { return f.text }

// Entry is a change that is entered.
type Entry struct {
	coverage.Change
	From  witness.Epoch // in which its site begins
	Again bool          // it was entered before
}

// enter checks a change and enters it. One that was entered already, the same bytes, is
// entered: whoever had no answer sends it again. An error that is no siteFault is the
// registry's. From is where it comes from: a first site costs whoever signs it nothing but a
// new key, so addresses have few.
func (s *sites) enter(ctx context.Context, payload []byte, from netip.Prefix, now witness.Millis) (Entry, error) {
	if len(payload) > witness.MaxSiteChange {
		return Entry{}, siteFault{reason: witness.RefusedSize, text: fmt.Sprintf("%d bytes, at most %d", len(payload), witness.MaxSiteChange)}
	}
	signed, err := witness.ParseSiteChange(payload)
	if err != nil {
		return Entry{}, siteFault{reason: witness.RefusedEncoding, text: err.Error()}
	}
	change, err := VerifySite(signed, s.network, now)
	if err != nil {
		return entered(ctx, s.book, signed, payload, siteFault{reason: reasonOf(err, witness.RefusedSite), text: err.Error()})
	}
	if err := s.admit(ctx, change, from, now); err != nil {
		return Entry{}, err
	}
	return s.apply(ctx, change, signed, payload, s.timing.Epoch(s.timing.SlotAt(now)))
}

// admit paces changes: of a station that has a site, by station; else by address, since
// there are as many stations without one as somebody cares to make.
func (s *sites) admit(ctx context.Context, change coverage.Change, from netip.Prefix, now witness.Millis) error {
	has, err := s.book.Changes(ctx, change.Station, 0, 1)
	switch {
	case err != nil:
		return err
	case len(has) > 0 && !s.pace.Allow(change.Station, now.Time()):
		return siteFault{reason: witness.RefusedRate, text: fmt.Sprintf("more than %d changes of one station in an hour", siteChanges)}
	case len(has) > 0:
		return nil
	case change.Nonce > 0:
		return siteFault{reason: witness.RefusedNonce, text: fmt.Sprintf("site change %d: the station has no site yet, its first change is number 0", change.Nonce)}
	}
	return s.first.admit(ctx, from, now.Time())
}

func (s *sites) apply(ctx context.Context, change coverage.Change, signed witness.SiteChange, payload []byte, epoch witness.Epoch) (Entry, error) {
	from, err := enterIn(ctx, s.book, change, epoch, payload)
	if err != nil {
		reason := reasonOf(err, "")
		if reason == "" {
			return Entry{}, err
		}
		return entered(ctx, s.book, signed, payload, siteFault{reason: reason, text: err.Error()})
	}
	if change.Nonce == 0 {
		s.first.entered()
	}
	s.log.Info("site entered", "station", change.Station, "change", change.Nonce, "owner", change.Site.Owner, "from_epoch", from)
	return Entry{Change: change, From: from}, nil
}

// enterIn enters a change in an epoch, or in the next one if by another clock that has begun.
func enterIn(ctx context.Context, book *store.Book, change coverage.Change, epoch witness.Epoch, payload []byte) (from witness.Epoch, err error) {
	if err = book.Apply(ctx, change, uint64(epoch), payload); errors.Is(err, store.ErrBegun) {
		epoch++
		err = book.Apply(ctx, change, uint64(epoch), payload)
	}
	return epoch + 1, err
}

// entered looks whether a change that is not taken now is the one of its station with that
// nonce.
func entered(ctx context.Context, book *store.Book, signed witness.SiteChange, payload []byte, otherwise error) (Entry, error) {
	body, err := witness.ParseSite(signed.Record.Body)
	if err != nil {
		return Entry{}, otherwise
	}
	has, err := book.Changes(ctx, signed.Record.Station, body.Nonce, 1)
	if err != nil {
		return Entry{}, err
	}
	if len(has) == 0 || !bytes.Equal(has[0].Signed, payload) {
		return Entry{}, otherwise
	}
	r := has[0]
	return Entry{coverage.Change{Station: signed.Record.Station, Nonce: r.Nonce, Site: r.Site}, witness.Epoch(r.From), true}, nil
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
		return witness.SiteTaken{Report: sha256.Sum256(m.Payload), Nonce: e.Nonce, From: e.From}.Append(nil), nil
	}
	var fault siteFault
	if !errors.As(err, &fault) {
		return nil, err
	}
	s.log.Debug("site refused", "station", m.Station, "reason", fault.reason)
	return witness.RefusalOf(m.Payload, fault.reason, fault.text).Append(nil), nil
}

// enterOwn is enter for what a station says itself: it speaks for no other.
func (s *sites) enterOwn(ctx context.Context, m broker.Message) (Entry, error) {
	if c, err := witness.ParseSiteChange(m.Payload); err == nil && c.Record.Station != m.Station {
		return Entry{}, siteFault{reason: witness.RefusedStation, text: "the change is of another station than the one logged in"}
	}
	return s.enter(ctx, bytes.Clone(m.Payload), m.From, present())
}
