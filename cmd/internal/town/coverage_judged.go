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
	r.count(b, v)
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
	if r.tooEarly(epoch, reason) {
		*state, *word, *words = Off, "Too early", "Its site counts from the next epoch on"
	}
}

func (r *Covering) tooEarly(epoch uint64, reason witness.Fault) bool {
	return reason == "unknown" && epoch < uint64(r.config.Sites)
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

// count counts a case that has closed, and what became of attacks in it. A final verdict
// is counted in the place of the one before.
func (r *Covering) count(b *flight, v *witness.Verdict) {
	if b.by != proof.Honest {
		if !b.closed {
			r.countAttack(b, v)
		}
		b.closed = true
		return
	}
	if b.closed {
		r.add(b, -1)
	}
	b.closed, b.tally = true, r.tallyOf(b, v)
	r.add(b, 1)
}

func (r *Covering) countAttack(b *flight, v *witness.Verdict) {
	a := r.attacks[b.by]
	for i := range v.Beacons {
		r.fate(a, r.set.Beacon, &v.Beacons[i])
	}
	for i := range v.Witnesses {
		r.fate(a, r.set.Witness, &v.Witnesses[i])
	}
}

// tally is what a case adds to the counts.
type tally struct {
	early, held, witnesses, valid int
	faults                        []string
}

// tallyOf counts a verdict. Before sites count there is no fault, and nothing else to be
// counted.
func (r *Covering) tallyOf(b *flight, v *witness.Verdict) (t tally) {
	switch d := v.Beacon(); {
	case d == nil:
	case d.Valid():
		t.held = 1
	case r.tooEarly(b.Epoch, d.Reason):
		return tally{early: 1}
	default:
		t.faults = append(t.faults, string(d.Reason))
	}
	for i := range v.Witnesses {
		j := &v.Witnesses[i]
		if r.relayed[relayed{v.Tag, j.Station}] {
			r.countRelay(v.Tag, j)
			continue
		}
		t.witnesses++
		if j.Valid() {
			t.valid++
		} else {
			t.faults = append(t.faults, string(j.Reason))
		}
	}
	return t
}

// countRelay counts the report of a hotspot that heard a beacon from a relay, once.
func (r *Covering) countRelay(tag witness.Tag, j *witness.Judged) {
	name := relayed{tag, j.Station}
	if !r.relays[name] {
		r.relays[name] = true
		r.fate(r.attacks[proof.Relay], r.set.Witness, j)
	}
}

// add adds a case to the counts, or takes it off.
func (r *Covering) add(b *flight, sign int) {
	epoch, t := r.epoch(witness.Epoch(b.Epoch)), b.tally
	r.counts.Early += sign * t.early
	r.counts.Closed += sign * (1 - t.early)
	r.counts.Held += sign * t.held
	r.counts.Witnesses += sign * t.witnesses
	r.counts.Valid += sign * t.valid
	for _, f := range t.faults {
		if r.faults[f] += sign; r.faults[f] == 0 {
			delete(r.faults, f)
		}
	}
	if epoch.Word == "" { // else its files have been counted
		epoch.Beacons += sign
		epoch.Valid += sign * t.held
		epoch.Witnesses += sign * t.valid
	}
}

func (r *Covering) fate(a *Attack, rules []witness.Rule, j *witness.Judged) {
	a.add(cmp.Or(string(j.Reason), proof.Valid), cmp.Or(faultWords[j.Reason], "Valid"))
}
