package witness

import (
	"errors"
	"fmt"

	"hexspot/coverage"
	"hexspot/radio"
)

// Class says how a station takes part (docs/protocol.md, "Sites").
type Class uint32

// The classes. 2 is kept for stations that cannot prove an emission.
const (
	ClassFull     Class = 0
	ClassDataOnly Class = 1 // carries packets, takes no part in proof of coverage
)

// maxPlan is more letters than the name of any channel plan has.
const maxPlan = 16

// Site is the body of a `site` record: what is to be published of the station that
// signs it (docs/protocol.md, "Sites").
type Site struct {
	Owner    coverage.Account
	Cell     coverage.Hex // as stated: any number may stand here
	Gain     radio.DB     // of the antenna, dBi
	Loss     radio.DB     // of the cable
	Class    Class        // as stated
	Plan     string       // as stated: 1 to 16 ASCII letters, digits or underscores
	Nonce    uint64
	Deadline Millis
}

// SiteOf is the body that states these terms.
func SiteOf(t coverage.Terms) Site {
	class := ClassFull
	if t.Site.DataOnly {
		class = ClassDataOnly
	}
	return Site{
		Owner: t.Site.Owner, Cell: t.Site.Cell, Gain: t.Site.Gain, Loss: t.Site.Loss, Class: class,
		Plan: t.Site.Plan, Nonce: t.Nonce, Deadline: Millis(t.Deadline),
	}
}

// Terms are the body's terms for the station that signed it: they have the centre of
// the cell. The error says what no site may have.
func (s Site) Terms(station radio.Station) (coverage.Terms, error) {
	if err := s.CheckRange(); err != nil {
		return coverage.Terms{}, err
	}
	site, err := coverage.NewSite(s.Owner, s.Cell, s.Gain, s.Loss, s.Plan)
	if err != nil {
		return coverage.Terms{}, err
	}
	site.DataOnly = s.Class == ClassDataOnly
	return coverage.Terms{Station: station, Site: site, Nonce: s.Nonce, Deadline: int64(s.Deadline)}, nil
}

// Append appends the canonical encoding.
func (s Site) Append(b []byte) []byte {
	b = appendBytes(b, 1, s.Owner[:])
	b = appendUint(b, 2, uint64(s.Cell))
	b = appendSint(b, 3, s.Gain)
	b = appendSint(b, 4, s.Loss)
	b = appendUint(b, 5, s.Class)
	b = appendBytes(b, 6, []byte(s.Plan))
	b = appendUint(b, 7, s.Nonce)
	return appendUint(b, 8, s.Deadline)
}

// ParseSite reads a canonical body. Append gives the same bytes. Whether there can
// be such a site is Terms' to say.
func ParseSite(b []byte) (Site, error) {
	r := reader{rest: b}
	var s Site
	r.fixed(1, "owner", s.Owner[:])
	s.Cell = coverage.Hex(r.uint64(2, "cell"))
	s.Gain = radio.DB(r.sint32(3, "gain"))
	s.Loss = radio.DB(r.sint32(4, "loss"))
	s.Class = Class(r.uint32(5, "class"))
	s.Plan = readPlan(&r)
	s.Nonce = r.uint64(7, "nonce")
	s.Deadline = Millis(r.uint64(8, "deadline_ms"))
	if err := r.end(); err != nil {
		return Site{}, fmt.Errorf("site: %w", err)
	}
	return s, nil
}

func readPlan(r *reader) string {
	v := r.piece(6, "plan")
	switch {
	case len(v) == 0:
		r.fail("plan", errMissing)
	case len(v) > maxPlan:
		r.fail("plan", fmt.Errorf("%d bytes, at most %d", len(v), maxPlan))
	}
	for _, c := range v {
		if !planLetter(c) {
			r.fail("plan", errors.New("other characters than A to Z, 0 to 9 and _"))
		}
	}
	return string(v)
}

func planLetter(c byte) bool {
	return 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// CheckRange says which field is outside the protocol's bounds, nil if none is.
func (s Site) CheckRange() error {
	err := firstFault(
		levelBound("gain", s.Gain),
		levelBound("loss", s.Loss),
		bound{"class", s.Class <= ClassDataOnly, "0 or 1"},
		timeBound("deadline_ms", s.Deadline),
	)
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	return nil
}
