package answers

import (
	"encoding/hex"
	"maps"
	"sync"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// epoch is a verified epoch that is open.
type epoch struct {
	number witness.Epoch
	result *verify.Result

	once   sync.Once // of what follows, which only a station without reward needs
	sites  map[radio.Station]*witness.SiteFacts
	awake  map[string]bool // by hexadecimal digits
	failed error

	below func() (map[string]bool, error) // subjects with a weight below one half
}

// neighbourhood reads where all stations are and which of them reported anything.
func (e *epoch) neighbourhood() error {
	e.once.Do(func() {
		if e.sites, e.failed = e.result.Sites(); e.failed != nil {
			return
		}
		e.awake, e.failed = e.result.Awake()
	})
	return e.failed
}

// cause is why a station got nothing, false if it got something.
func (e *epoch) cause(t *witness.Tally) (witness.Cause, bool, error) {
	if t.Shares() > 0 {
		return witness.Cause{}, false, nil
	}
	if err := e.neighbourhood(); err != nil {
		return witness.Cause{}, false, err
	}
	site := e.sites[t.Station]
	if site == nil {
		site = &witness.SiteFacts{}
	}
	p := e.result.Parameters()
	around := p.Around(t.Station, site, maps.All(e.sites), func(s radio.Station) bool { return e.awake[hex.EncodeToString(s.Bytes())] })
	cause, ok := p.Set.CauseOf(t, around)
	return cause, ok, nil
}
