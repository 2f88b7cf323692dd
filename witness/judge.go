package witness

import (
	"slices"

	"hexspot/radio"
)

// view is what a rule looks at: one report within its case.
type view struct {
	p    *Parameters
	c    *Case
	b    *BeaconFacts  // the report judged, or the one that decides on the witnesses
	w    *WitnessFacts // nil: a beacon report is judged
	cap  radio.DBm     // of the beacon's plan
	plan bool          // the beacon's plan is in the parameter set

	beaconValid bool
	beaconSane  bool // its figures are in range
	witnessSane bool
	first       bool // the station's first observation of the tag
	link        link
	peers       []view // all observations of the case
	earliest    int64  // arrival of the first of them
}

// Judge is the first pass over one case: every rule but those about other cases is
// evaluated where the facts allow. It changes nothing it is given.
func Judge(c *Case, p *Parameters) Verdict {
	v := Verdict{Tag: c.Tag, Slot: c.Slot, Start: c.Start}
	beacons := slices.SortedFunc(slices.Values(c.Beacons), compareBeacons)
	v.Beacons = make([]Judged, len(beacons))
	for i := range beacons {
		v.Beacons[i] = judgeBeacon(c, p, &beacons[i])
	}
	witnesses := byArrival(c.Witnesses)
	if len(beacons) == 0 {
		v.Witnesses = unjudged(witnesses, c.orphanReason())
		return v
	}
	if c.Late {
		v.Witnesses = unjudged(witnesses, FaultLate)
		return v
	}
	views := viewsOf(c, p, &beacons[0], v.Beacons[0].Valid(), witnesses)
	v.Witnesses = judgeWitnesses(p.Set, views, &v.Beacons[0])
	return v
}

func judgeBeacon(c *Case, p *Parameters, b *BeaconFacts) Judged {
	if c.Late {
		return Judged{Station: b.Station, ID: b.ID, Receive: b.Receive, Reason: FaultLate}
	}
	rules := p.Set.Beacon
	v := beaconView(c, p, b)
	findings := make([]Finding, len(rules))
	for i := range rules {
		if rules[i].check != nil {
			findings[i] = rules[i].check(&v)
		}
	}
	return Judged{
		Station: b.Station, ID: b.ID, Receive: b.Receive, Findings: findings,
		Reason: firstFailure(rules, findings, false), Over: overDrawn(&v),
	}
}

func beaconView(c *Case, p *Parameters, b *BeaconFacts) view {
	v := view{p: p, c: c, b: b, beaconSane: beaconInRange(c, b)}
	v.cap, v.plan = p.Plans[b.Site.Plan]
	return v
}

// overDrawn is by how much the beacon was louder than drawn. That alone is no
// fault: a radio without a low enough level uses its lowest.
func overDrawn(v *view) radio.DB {
	if v.b.Drawn == nil || !v.beaconSane || !v.b.Site.Located {
		return 0
	}
	return radio.DB(max(0, eirp(v.b)-levelOf(v.b.Drawn.EIRP)) / centidB)
}

func byArrival(facts []WitnessFacts) []*WitnessFacts {
	sorted := make([]*WitnessFacts, len(facts))
	for i := range facts {
		sorted[i] = &facts[i]
	}
	slices.SortFunc(sorted, compareWitnesses)
	return sorted
}

func viewsOf(c *Case, p *Parameters, b *BeaconFacts, valid bool, witnesses []*WitnessFacts) []view {
	views := make([]view, len(witnesses))
	seen := make(map[radio.Station]bool, len(witnesses))
	base := beaconView(c, p, b)
	base.beaconValid, base.peers = valid, views
	for i, w := range witnesses {
		v := base
		v.w, v.first, v.earliest = w, !seen[w.Station], witnesses[0].Receive
		v.witnessSane = witnessInRange(c, w)
		v.link = linkOf(&b.Site, &w.Site)
		seen[w.Station] = true
		views[i] = v
	}
	return views
}

// judgeWitnesses puts every rule to every observation.
func judgeWitnesses(set *Set, views []view, beacon *Judged) []Judged {
	rules := set.Witness
	judged := make([]Judged, len(views))
	slab := make([]Finding, len(views)*len(rules))
	for i := range views {
		w := views[i].w
		judged[i] = Judged{
			Station: w.Station, ID: w.ID, Index: w.Index, Receive: w.Receive,
			Findings: slab[i*len(rules) : (i+1)*len(rules) : (i+1)*len(rules)],
		}
		for k := range rules {
			if rules[k].check != nil {
				judged[i].Findings[k] = rules[k].check(&views[i])
			}
		}
		judged[i].conclude(set, beacon, false)
	}
	return judged
}

// conclude names a witness's reason.
func (j *Judged) conclude(set *Set, beacon *Judged, secondPass bool) {
	j.Reason, j.OfBeacon = firstFailure(set.Witness, j.Findings, secondPass), false
	if set.inherit && j.Reason == FaultBeacon {
		j.Reason, j.OfBeacon = beacon.Reason, true
	}
}

// unjudged are observations that no rule was put to.
func unjudged(witnesses []*WitnessFacts, reason Fault) []Judged {
	judged := make([]Judged, len(witnesses))
	for i, w := range witnesses {
		judged[i] = Judged{Station: w.Station, ID: w.ID, Index: w.Index, Receive: w.Receive, Reason: reason}
	}
	return judged
}

func (c *Case) orphanReason() Fault {
	if c.Late {
		return FaultLate
	}
	return FaultOrphan
}
