package witness

import (
	"errors"
	"fmt"

	"hexspot/radio"
)

// AccountSignature is the signature of an account: r, s and v, which is 27 or 28
// (EIP-712, eth_signTypedData). Checking it takes the chain's cryptography, which
// is not here.
type AccountSignature [65]byte

// MaxSiteChange is the most bytes an encoded SiteChange may have.
const MaxSiteChange = radio.MaxSigned + 256

// SiteChange is a change of a site with all its signatures: the station's, that of
// the account that is to own it, and where that is another than before, that of the
// account that gives it up (docs/protocol.md, "Sites").
type SiteChange struct {
	Record radio.Signed // of kind site
	Owner  AccountSignature
	Former *AccountSignature // nil: the owner stays, or it is the first change
}

// Append appends the canonical encoding.
func (c SiteChange) Append(b []byte) []byte {
	b = appendBytes(b, 1, c.Record.Append(nil))
	b = appendBytes(b, 2, c.Owner[:])
	if c.Former != nil {
		b = appendBytes(b, 3, c.Former[:])
	}
	return b
}

// ParseSiteChange reads the canonical encoding of a change, whose record must be of
// kind site. Append gives the same bytes. It checks no signature.
func ParseSiteChange(b []byte) (SiteChange, error) {
	c, err := parseSiteChange(b)
	if err != nil {
		return SiteChange{}, fmt.Errorf("site change: %w", err)
	}
	return c, nil
}

func parseSiteChange(b []byte) (SiteChange, error) {
	if len(b) > MaxSiteChange {
		return SiteChange{}, fmt.Errorf("%d bytes, at most %d", len(b), MaxSiteChange)
	}
	r := reader{rest: b}
	var c SiteChange
	record := r.piece(1, "record")
	r.fixed(2, "owner", c.Owner[:])
	if former := r.piece(3, "former"); former != nil {
		if len(former) != len(c.Owner) {
			r.fail("former", fmt.Errorf("%d bytes, want %d", len(former), len(c.Owner)))
		} else {
			signature := AccountSignature(former)
			c.Former = &signature
		}
	}
	if err := r.end(); err != nil {
		return SiteChange{}, err
	}
	var err error
	if c.Record, err = radio.ParseSigned(record); err != nil {
		return SiteChange{}, err
	}
	if c.Record.Kind != radio.KindSite {
		return SiteChange{}, errors.New("the record is of another kind")
	}
	return c, nil
}
