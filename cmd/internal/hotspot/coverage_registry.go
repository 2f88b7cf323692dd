package hotspot

import (
	"fmt"
	"strings"
	"time"

	"hexspot/coverage"
	"hexspot/witness"
)

// How long after a question about the site the next one follows: while all is well, and
// while the network has no site of the station, has another one or has not answered.
const (
	registryPause = 10 * time.Minute
	registrySoon  = time.Minute
)

// registry is what the network says of the station's site. A network that does not know
// the question shows by refused reports that it has none.
type registry struct {
	asked    time.Time
	standing *witness.SiteStanding // nil: not told
	unknown  bool                  // a report was refused because the registry has no site
}

// ask asks when it is time, and at once after a new session.
func (r *registry) ask(ok bool, link Link) {
	pause := registrySoon
	if ok {
		pause = registryPause
	}
	if !link.Online() || time.Since(r.asked) < pause {
		return
	}
	r.asked = time.Now()
	link.Tell("ask", []byte(witness.AskSite))
}

// again has the network asked at once.
func (r *registry) again() { r.asked = time.Time{} }

// answered takes an answer, false if it is to another question.
func (r *registry) answered(payload []byte) bool {
	s, err := witness.ParseSiteStanding(payload)
	if err != nil {
		return false
	}
	if s.Refused == "" {
		r.standing, r.unknown = &s, false
	}
	return true
}

// lacks says that the network is known to have no site of the station, in this epoch or the next.
func (r *registry) lacks() bool {
	return r.unknown || r.standing != nil && r.standing.Now == nil && r.standing.Next == nil
}

// refused takes note of a report that the network did not take.
func (r *registry) refused(reason witness.RefusalReason) {
	if reason == witness.RefusedUnknown && !r.unknown {
		r.unknown = true
		r.again()
	}
}

// received takes note of a report that the network took: it has a site, or asks for none.
func (r *registry) received() { r.unknown = false }

// in says what is known of an epoch, for a beaconer.
func (r *registry) in(e witness.Epoch) witness.RegistrySet {
	switch {
	case r.standing != nil:
		if site := r.standing.At(e); site != nil {
			return witness.RegistrySet{Known: true, Site: &site.Placement}
		}
		return witness.RegistrySet{Known: true}
	}
	return witness.RegistrySet{Known: r.unknown}
}

// States of a RegistryStatus.
const (
	RegistryNotKnown = "not_known" // the network has not said
	RegistryHas      = "has"
	RegistryHasNot   = "has_not"
	RegistryDiffers  = "differs" // it has another one than the file
)

// RegistryStatus says whether the network has the site.
type RegistryStatus struct {
	State   string         `json:"state"`
	From    *witness.Epoch `json:"from_epoch,omitempty"`  // in which the site begins; with has_not, will begin
	Differs string         `json:"differs,omitempty"`     // what, and how
	Next    *uint64        `json:"next_change,omitempty"` // number of the station's next change, for `hexspot site sign --nonce`

	Refused     string `json:"refused,omitempty"` // why the network does not enter the change that is sent
	RefusedText string `json:"refused_text,omitempty"`
}

// status tells how things stand in an epoch with the site on file, which may be nil.
func (r *registry) status(e witness.Epoch, file *Site) RegistryStatus {
	if r.standing == nil {
		if r.unknown {
			return RegistryStatus{State: RegistryHasNot}
		}
		return RegistryStatus{State: RegistryNotKnown}
	}
	s := RegistryStatus{State: RegistryHasNot, Next: &r.standing.Changes}
	site := r.standing.At(e)
	if site == nil {
		if next := r.standing.Next; next != nil {
			s.From = &next.From
		}
		return s
	}
	s.State, s.From = RegistryHas, &site.From
	if s.Differs = differences(*site, file); s.Differs != "" {
		s.State = RegistryDiffers
	}
	return s
}

// differences are what the registry has otherwise than the file.
func differences(r witness.RegisteredSite, file *Site) string {
	if file == nil {
		return ""
	}
	var list []string
	compare := func(what string, has, want any) {
		if has != want {
			list = append(list, fmt.Sprintf("%s %v, not %v", what, has, want))
		}
	}
	compare("plan", r.Plan, file.Plan)
	compare("cell", r.Cell, file.Cell)
	compare("gain", r.Gain, file.Gain)
	compare("loss", r.Loss, file.Loss)
	compare("class", classOf(r.DataOnly), classOf(file.DataOnly))
	return strings.Join(list, "; ")
}

func classOf(dataOnly bool) string { return coverage.Site{DataOnly: dataOnly}.Class() }
