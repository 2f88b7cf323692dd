package town

import (
	"cmp"
	"math"

	"hexspot/cmd/internal/proof"
	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Settled is what a frozen epoch adds to a verdict.
type Settled struct {
	Counted map[radio.Station]bool    // witnesses that were drawn
	Weights map[radio.Station]float64 // of the links to them, 0 to 1
	Beacon  float64                   // share, in units of a beacon
	Shares  map[radio.Station]float64 // of those who count
}

// Judged notes a verdict with the case it is on. A final one, of a frozen epoch, takes
// the place of the one before.
func (r *Covering) Judged(c *witness.Case, v *witness.Verdict, final *Settled) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.byTag[v.Tag]
	if b == nil || b.Stage == Final && final == nil {
		return
	}
	b.Stage = Closed
	if final != nil {
		b.Stage = Final
	}
	r.judgeBeacon(b, v, final)
	facts := witnessesOf(c)
	for i := range v.Witnesses {
		j := &v.Witnesses[i]
		r.judgeLink(b, c, j, facts, final)
	}
	if !b.closed {
		b.closed = true
		r.count(b, v)
	}
}

func (r *Covering) judgeBeacon(b *flight, v *witness.Verdict, final *Settled) {
	decides := v.Beacon()
	if decides == nil {
		b.State, b.Word, b.Words = Bad, "Not opened", "Nobody opened this tag: its reports count for nothing"
		return
	}
	b.Rules = figures(r.set.Beacon, decides.Findings)
	b.State, b.Word, b.Words, b.Cure = OK, "Holds", "", ""
	switch {
	case !decides.Valid():
		b.State, b.Word, b.Words, b.Cure = Bad, "Not valid", reportWords(r.set.Beacon, decides), cure(r.set.Beacon, decides.Reason)
		r.early(&b.State, &b.Word, &b.Words, b.Epoch, decides.Reason)
	case final != nil:
		b.Word, b.Share = "Counted", final.Beacon
	}
}

// early says it plainly where a site does not count yet, which is no fault of anybody.
func (r *Covering) early(state *State, word, words *string, epoch uint64, reason witness.Fault) {
	if reason == "unknown" && epoch < uint64(r.config.Sites) {
		*state, *word, *words = Off, "Too early", "Its site counts from the next epoch on"
	}
}

func witnessesOf(c *witness.Case) map[radio.Station]*witness.WitnessFacts {
	facts := map[radio.Station]*witness.WitnessFacts{}
	for i := range c.Witnesses {
		if w := &c.Witnesses[i]; facts[w.Station] == nil || w.Receive < facts[w.Station].Receive {
			facts[w.Station] = w
		}
	}
	return facts
}

func (r *Covering) judgeLink(b *flight, c *witness.Case, j *witness.Judged, facts map[radio.Station]*witness.WitnessFacts, final *Settled) {
	l := b.links[j.Station]
	w := facts[j.Station]
	if l == nil || w == nil {
		return
	}
	l.Rules = figures(r.set.Witness, j.Findings)
	if len(c.Beacons) > 0 && c.Beacons[0].Site.Located && w.Site.Located {
		l.Distance = distance(c.Beacons[0].Site.Position, w.Site.Position)
	}
	l.State, l.Word, l.Words, l.Cure = OK, "Holds", "", ""
	switch {
	case !j.Valid():
		l.State, l.Word, l.Words, l.Cure = Bad, "Not valid", reportWords(r.set.Witness, j), cure(r.set.Witness, j.Reason)
		if j.Reason == witness.FaultBeacon && b.State == Off {
			l.State, l.Word, l.Words, l.Cure = Off, "Too early", "The beacon's site counts from the next epoch on", ""
		}
	case final == nil:
	case final.Counted[j.Station]:
		l.Word, l.Counted, l.Weight, l.Share = "Counted", true, final.Weights[j.Station], final.Shares[j.Station]
	default:
		l.State, l.Word, l.Words = Off, "Not drawn", "Another witness in this hex was drawn"
	}
}

// distance is between two published places, in metres.
func distance(a, b coverage.Position) float64 {
	dx, dy, dz := float64(a.X-b.X), float64(a.Y-b.Y), float64(a.Z-b.Z)
	return math.Round(math.Sqrt(dx*dx+dy*dy+dz*dz)) / 1000
}

// count counts a case that has closed, and what became of attacks in it.
func (r *Covering) count(b *flight, v *witness.Verdict) {
	if b.by != proof.Honest {
		a := r.attacks[b.by]
		for i := range v.Beacons {
			r.fate(a, r.set.Beacon, &v.Beacons[i])
		}
		for i := range v.Witnesses {
			r.fate(a, r.set.Witness, &v.Witnesses[i])
		}
		return
	}
	r.counts.Closed++
	epoch := r.epoch(witness.Epoch(b.Epoch))
	epoch.Beacons++
	if d := v.Beacon(); d != nil && d.Valid() {
		r.counts.Held++
		epoch.Valid++
	} else if d != nil {
		r.faults[string(d.Reason)]++
	}
	for i := range v.Witnesses {
		j := &v.Witnesses[i]
		if r.relayed[relayed{v.Tag, j.Station}] {
			r.fate(r.attacks[proof.Relay], r.set.Witness, j)
			continue
		}
		r.counts.Witnesses++
		if j.Valid() {
			r.counts.Valid++
			epoch.Witnesses++
		} else {
			r.faults[string(j.Reason)]++
		}
	}
}

func (r *Covering) fate(a *Attack, rules []witness.Rule, j *witness.Judged) {
	a.add(cmp.Or(string(j.Reason), proof.Valid), cmp.Or(faultWords[j.Reason], "Valid"))
}
