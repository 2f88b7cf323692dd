package witness

import (
	"maps"
	"slices"

	"hexspot/radio"
)

// Turn says what became of a weight below one half in an epoch.
type Turn string

// The turns. Only an appeal releases what was held: if reports alone raise a weight again,
// who cheated for three days and was honest for three would be paid for all six.
const (
	TurnStarted   Turn = "started"
	TurnAppealed  Turn = "appealed"  // what was held is released
	TurnRecovered Turn = "recovered" // the reports raised it; what was held stays in the pool
	TurnFinal     Turn = "final"     // its time is over; what was held stays in the pool
	TurnForgotten Turn = "forgotten" // its evidence is
)

// Turned is what an epoch changed: the provision as it was, or as it is if it began or
// became final.
type Turned struct {
	Subject   Subject
	Turn      Turn
	Provision Provision
}

// SettledProvisions is what an epoch makes of the provisions before it.
type SettledProvisions struct {
	After    Provisions
	Released map[radio.Station]Holding // added to the epoch's shares
	Turns    []Turned                  // in the order of subjects
}

// Settle gives the provisions after an epoch. held is what weights took in it, accepted
// are the subjects of the appeals that were accepted in it. A subject without clues in
// the epoch stays as it is: who is away for a day has not recovered.
func (ps Provisions) Settle(p *Parameters, epoch Epoch, w *Weights, held Held, accepted map[Subject]bool) SettledProvisions {
	d := provisionDay{p, epoch, held, SettledProvisions{After: Provisions{}, Released: map[radio.Station]Holding{}}}
	if p.ProvisionalEpochs == 0 { // set helium-2026-05 has no weights
		return d.out
	}
	for _, s := range ps.subjects(w) {
		before, was := ps[s]
		clues := w.own(s)
		switch {
		case !was:
			d.start(s, clues)
		case accepted[s]:
			d.appealed(s, before)
		case len(clues) > 0 && leastWeight(clues) >= half:
			d.turn(s, TurnRecovered, before)
		case len(clues) == 0 && epoch >= before.Seen+2*Epoch(p.LinkEpochs):
			d.turn(s, TurnForgotten, before)
		default:
			d.goOn(s, before, clues)
		}
	}
	return d.out
}

// subjects are those with a provision and those whose weight is below one half, in
// order.
func (ps Provisions) subjects(w *Weights) []Subject {
	all := map[Subject]bool{}
	for s := range ps {
		all[s] = true
	}
	for station, clues := range w.stations {
		if leastWeight(clues) < half {
			all[StationSubject(w.names.At(station))] = true
		}
	}
	for key, clues := range w.links {
		if leastWeight(clues) < half {
			all[Subject(w.twins(key))] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), Subject.compare)
}

// provisionDay settles one epoch.
type provisionDay struct {
	p     *Parameters
	epoch Epoch
	held  Held
	out   SettledProvisions
}

func (d *provisionDay) start(s Subject, clues []Clue) {
	now := Provision{Since: d.epoch, Held: maps.Clone(d.held[s])}.seen(d.epoch, clues)
	d.out.After[s] = now
	d.turn(s, TurnStarted, now)
}

// goOn keeps a weight that is still below one half, or of which nothing was seen. Its last
// epoch is the one in which it becomes final.
func (d *provisionDay) goOn(s Subject, before Provision, clues []Clue) {
	now := before.seen(d.epoch, clues)
	switch {
	case before.Final:
	case d.epoch >= before.Since+Epoch(d.p.ProvisionalEpochs):
		now.Final, now.Held = true, nil
		d.turn(s, TurnFinal, now)
	default:
		now.Held = before.plus(d.held[s])
	}
	d.out.After[s] = now
}

func (d *provisionDay) appealed(s Subject, before Provision) {
	for station, h := range before.Held {
		d.out.Released[station] = d.out.Released[station].plus(h)
	}
	d.turn(s, TurnAppealed, before)
}

func (d *provisionDay) turn(s Subject, t Turn, p Provision) {
	d.out.Turns = append(d.out.Turns, Turned{s, t, p})
}

// seen is the provision with the evidence of an epoch, if there is any.
func (p Provision) seen(epoch Epoch, clues []Clue) Provision {
	if len(clues) == 0 {
		return p
	}
	p.Seen, p.Weight, p.Clues = epoch, uint64(leastWeight(clues)), nil
	for _, c := range clues {
		if c.Weight < half {
			p.Clues = append(p.Clues, c)
		}
	}
	slices.SortFunc(p.Clues, compareClues)
	return p
}

func (p Provision) plus(more map[radio.Station]Holding) map[radio.Station]Holding {
	sum := maps.Clone(p.Held)
	for station, h := range more {
		if sum == nil {
			sum = map[radio.Station]Holding{}
		}
		sum[station] = sum[station].plus(h)
	}
	return sum
}

// Ends is the first epoch in which the provision is final, if nothing comes between.
func (p Provision) Ends(figures *Figures) Epoch { return p.Since + Epoch(figures.ProvisionalEpochs) }

func leastWeight(clues []Clue) int64 {
	least := int64(whole)
	for i := range clues {
		least = min(least, clues[i].Weight)
	}
	return least
}
