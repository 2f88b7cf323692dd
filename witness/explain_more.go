package witness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hexspot/radio"
)

// Begins says of a report that was early that there is nothing to do: the first site of its
// station begins with a later epoch. Who explains has the registry, too.
func (e *Explanation) Begins(from Epoch) {
	e.reword(func(n *RuleNote) bool { return n.Need == NeedSite }, func(*RuleNote) string { return nothingYet(from) })
}

// TellPlans says of a beacon on a wrong channel whether that is one of another channel plan
// than the site's.
func (e *Explanation) TellPlans(p *Parameters, site string) {
	if !e.Beacon || site == "" {
		return
	}
	e.reword(func(n *RuleNote) bool { return n.Unit == "Hz" && n.Need != "" && !hasChannel(site, n.Finding.Value) }, func(n *RuleNote) string {
		others := p.plansOn(n.Finding.Value)
		if len(others) == 0 {
			return n.Need
		}
		return fmt.Sprintf("the site says %s, and the hotspot sent on %s, a channel of %s: change the one or the other", site, n.Value, strings.Join(others, ", "))
	})
}

// reword changes what would make some rules pass, and the sentence with it.
func (e *Explanation) reword(which func(*RuleNote) bool, need func(*RuleNote) string) {
	for i := range e.Rules {
		if n := &e.Rules[i]; which(n) {
			n.Need = need(n)
			e.Summary = e.summary()
		}
	}
}

// plansOn are the network's plans whose beacons may be sent on a frequency, by name.
func (p *Parameters) plansOn(hertz int64) []string {
	names := slices.Sorted(maps.Keys(p.Plans))
	return slices.DeleteFunc(names, func(name string) bool { return !hasChannel(name, hertz) })
}

func hasChannel(plan string, hertz int64) bool {
	p, err := radio.PlanNamed(plan)
	return err == nil && slices.Contains(p.BeaconChannels, radio.Hertz(hertz))
}
