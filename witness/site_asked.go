package witness

import (
	"encoding/json"
	"errors"
	"fmt"

	"hexspot/coverage"
	"hexspot/radio"
)

// AskSite is what a station asks to be told how its site stands in the registry
// (docs/protocol.md, "Asking how the site stands").
const AskSite = "site"

// SiteStanding is what a network answers: as little signed as a Refusal.
type SiteStanding struct {
	Epoch   Epoch           // that runs
	Changes uint64          // entered so far: the nonce of the next one
	Now     *RegisteredSite // in this epoch; nil: none
	Next    *RegisteredSite // from the next epoch on, if that is another; nil: it stays
	Refused string          // why the network does not say; empty: it does
}

// RegisteredSite is a site as the registry has it.
type RegisteredSite struct {
	Placement
	Cell coverage.Hex
	From Epoch // in which it begins
}

// siteStandingJSON is a SiteStanding on its way. Gain and loss are in 0.01 dB.
type siteStandingJSON struct {
	Ask     string              `json:"ask"`
	Epoch   Epoch               `json:"epoch"`
	Changes uint64              `json:"changes"`
	Now     *registeredSiteJSON `json:"now,omitempty"`
	Next    *registeredSiteJSON `json:"next,omitempty"`
	Refused string              `json:"refused,omitempty"`
}

type registeredSiteJSON struct {
	From     Epoch    `json:"from_epoch"`
	Cell     string   `json:"cell"`
	Gain     radio.DB `json:"gain"`
	Loss     radio.DB `json:"loss"`
	DataOnly bool     `json:"data_only"`
	Plan     string   `json:"plan"`
}

// Append appends the message, a JSON object.
func (s SiteStanding) Append(b []byte) []byte {
	text, err := json.Marshal(siteStandingJSON{AskSite, s.Epoch, s.Changes, s.Now.json(), s.Next.json(), printable(s.Refused)})
	if err != nil { // strings and numbers cannot fail
		panic(err)
	}
	return append(b, text...)
}

func (r *RegisteredSite) json() *registeredSiteJSON {
	if r == nil {
		return nil
	}
	return &registeredSiteJSON{r.From, r.Cell.String(), r.Gain, r.Loss, r.DataOnly, r.Plan}
}

// ParseSiteStanding reads such an answer. An answer to another question is none.
func ParseSiteStanding(b []byte) (SiteStanding, error) {
	var j siteStandingJSON
	if err := decodeStrictly(b, &j); err != nil {
		return SiteStanding{}, fmt.Errorf("how the site stands: %w", err)
	}
	if j.Ask != AskSite || j.Epoch >= maxEpoch || len(j.Refused) > maxRefusalText {
		return SiteStanding{}, errors.New("how the site stands: no answer to that question, or out of range")
	}
	s := SiteStanding{Epoch: j.Epoch, Changes: j.Changes, Refused: printable(j.Refused)}
	var faults [2]error
	s.Now, faults[0] = j.Now.site()
	s.Next, faults[1] = j.Next.site()
	if err := errors.Join(faults[:]...); err != nil {
		return SiteStanding{}, fmt.Errorf("how the site stands: %w", err)
	}
	return s, nil
}

func (j *registeredSiteJSON) site() (*RegisteredSite, error) {
	if j == nil {
		return nil, nil
	}
	cell, err := coverage.ParseHex(j.Cell)
	if err == nil {
		err = firstFault(levelBound("gain", j.Gain), levelBound("loss", j.Loss), bound{"from_epoch", j.From < maxEpoch, "less"},
			bound{"plan", len(j.Plan) <= maxPlan && printable(j.Plan) == j.Plan, "the name of a channel plan"})
	}
	if err != nil {
		return nil, err
	}
	return &RegisteredSite{Placement{Antenna{j.Gain, j.Loss}, j.Plan, j.DataOnly}, cell, j.From}, nil
}

// At is the registered site in an epoch, nil if there is none.
func (s SiteStanding) At(e Epoch) *RegisteredSite {
	if s.Next != nil && e >= s.Next.From {
		return s.Next
	}
	return s.Now
}
