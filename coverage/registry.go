package coverage

import (
	"errors"
	"fmt"
	"slices"

	"hexspot/radio"
)

// Change is one change of a station's site, as its signer wants it. Whoever hands
// it to a Registry has checked the signature.
type Change struct {
	Station radio.Station
	Nonce   uint64  // 0 for the first change of the station, then one more each
	By      Account // who signed: the owner so far, or anybody for the first
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

// Registry is the history of all sites: a state machine that accepted changes are
// fed to in their order. It is not safe for concurrent use.
type Registry struct {
	histories map[radio.Station][]Entry
}

// NewRegistry is a registry without stations.
func NewRegistry() *Registry { return &Registry{histories: map[radio.Station][]Entry{}} }

// Apply accepts a change in an epoch; it takes effect at the next one, where the
// last change of an epoch wins. Errors: ErrNonce, ErrNotOwner, what
// Site.Validate says, an epoch before that of an earlier change.
func (r *Registry) Apply(c Change, epoch uint64) error {
	if err := r.check(c, epoch); err != nil {
		return fmt.Errorf("site change %d of %v: %w", c.Nonce, c.Station, err)
	}
	r.histories[c.Station] = append(r.histories[c.Station], Entry{From: epoch + 1, Nonce: c.Nonce, Site: c.Site})
	return nil
}

func (r *Registry) check(c Change, epoch uint64) error {
	history := r.histories[c.Station]
	if c.Station.IsZero() {
		return errors.New("there is no station")
	}
	if want := r.NextNonce(c.Station); c.Nonce != want {
		return fmt.Errorf("%w: want %d", ErrNonce, want)
	}
	if owner := c.owner(history); c.By != owner {
		return fmt.Errorf("%w: %v does", ErrNotOwner, owner)
	}
	if n := len(history); n > 0 && epoch+1 < history[n-1].From {
		return fmt.Errorf("epoch %d is before that of the change before", epoch)
	}
	return c.Site.Validate()
}

// owner is who may make the change: the owner so far, at first the new one.
func (c Change) owner(history []Entry) Account {
	if n := len(history); n > 0 {
		return history[n-1].Site.Owner
	}
	return c.Site.Owner
}

// NextNonce is the nonce that the station's next change must have.
func (r *Registry) NextNonce(s radio.Station) uint64 { return uint64(len(r.histories[s])) }

// Site is the station's site in an epoch, false if it has none yet.
func (r *Registry) Site(s radio.Station, epoch uint64) (Site, bool) {
	for _, e := range slices.Backward(r.histories[s]) {
		if e.From <= epoch {
			return e.Site, true
		}
	}
	return Site{}, false
}

// History gives every change of the station in order, the superseded ones
// too.
func (r *Registry) History(s radio.Station) []Entry { return slices.Clone(r.histories[s]) }
