package coverage

import (
	"errors"
	"fmt"
	"slices"

	"hexspot/radio"
)

// Terms are what a station and its owner sign: a site, and when it may be entered.
type Terms struct {
	Station  radio.Station
	Site     Site
	Nonce    uint64 // 0 for the first change of the station, then one more each
	Deadline int64  // Unix ms; from then on the signatures are void
}

// Change is one change of a station's site, as its signers want it. Whoever hands
// it to a Registry has checked the signatures.
type Change struct {
	Station radio.Station
	Nonce   uint64  // 0 for the first change of the station, then one more each
	By      Account // who gives the station up or keeps it: the owner so far, for the first the new one
	Site    Site
}

// Entry is a site with the epoch it takes effect in.
type Entry struct {
	From  uint64 // epoch
	Nonce uint64
	Site  Site
}

// Errors of Registry.Apply that a caller answers differently.
var (
	ErrNonce    = errors.New("the nonce is not the next")
	ErrNotOwner = errors.New("the signer does not own the station")
)

// maxEpoch is the protocol's bound of every epoch ("Ranges").
const maxEpoch = 1 << 40

// Follow is the entry that the change makes in an epoch after the last entry of its
// station, nil if there is none. It takes effect at the next epoch, where the last
// change of an epoch wins. Errors: ErrNonce, ErrNotOwner, what Site.Validate says,
// an epoch out of range or before that of the last entry.
func (c Change) Follow(last *Entry, epoch uint64) (Entry, error) {
	if err := c.check(last, epoch); err != nil {
		return Entry{}, fmt.Errorf("site change %d of %v: %w", c.Nonce, c.Station, err)
	}
	return Entry{From: epoch + 1, Nonce: c.Nonce, Site: c.Site}, nil
}

func (c Change) check(last *Entry, epoch uint64) error {
	if c.Station.IsZero() {
		return errors.New("there is no station")
	}
	if want := nextNonce(last); c.Nonce != want {
		return fmt.Errorf("%w: want %d", ErrNonce, want)
	}
	if owner := c.owner(last); c.By != owner {
		return fmt.Errorf("%w: %v does", ErrNotOwner, owner)
	}
	if epoch >= maxEpoch-1 {
		return fmt.Errorf("epoch %d is out of range", epoch)
	}
	if last != nil && epoch+1 < last.From {
		return fmt.Errorf("epoch %d is before that of the change before", epoch)
	}
	return c.Site.Validate()
}

// owner is who may make the change: the owner so far, at first the new one.
func (c Change) owner(last *Entry) Account {
	if last != nil {
		return last.Site.Owner
	}
	return c.Site.Owner
}

func nextNonce(last *Entry) uint64 {
	if last == nil {
		return 0
	}
	return last.Nonce + 1
}

// Registry is the history of all sites: a state machine that accepted changes are
// fed to in their order. It is not safe for concurrent use.
type Registry struct {
	histories map[radio.Station][]Entry
}

// NewRegistry is a registry without stations.
func NewRegistry() *Registry { return &Registry{histories: map[radio.Station][]Entry{}} }

// Apply accepts a change in an epoch, as Change.Follow says.
func (r *Registry) Apply(c Change, epoch uint64) error {
	entry, err := c.Follow(r.last(c.Station), epoch)
	if err != nil {
		return err
	}
	r.histories[c.Station] = append(r.histories[c.Station], entry)
	return nil
}

func (r *Registry) last(s radio.Station) *Entry {
	history := r.histories[s]
	if len(history) == 0 {
		return nil
	}
	return &history[len(history)-1]
}

// NextNonce is the nonce that the station's next change must have.
func (r *Registry) NextNonce(s radio.Station) uint64 { return nextNonce(r.last(s)) }

// Site is the station's site in an epoch, false if it has none yet.
func (r *Registry) Site(s radio.Station, epoch uint64) (Site, bool) {
	e, ok := r.entry(s, epoch)
	return e.Site, ok
}

func (r *Registry) entry(s radio.Station, epoch uint64) (Entry, bool) {
	for _, e := range slices.Backward(r.histories[s]) {
		if e.From <= epoch {
			return e, true
		}
	}
	return Entry{}, false
}

// History gives every change of the station in order, the superseded ones
// too.
func (r *Registry) History(s radio.Station) []Entry { return slices.Clone(r.histories[s]) }

// Snapshot is what is published in an epoch: one entry for each station that has a
// site, by station.
func (r *Registry) Snapshot(epoch uint64) []Listing {
	var all []Listing
	for station := range r.histories {
		if e, ok := r.entry(station, epoch); ok {
			all = append(all, Listing{Station: station, Entry: e})
		}
	}
	slices.SortFunc(all, compareListings)
	return all
}
