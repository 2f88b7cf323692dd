package proof

import (
	"cmp"
	"slices"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// CoverageEnd is what the end of a proof is judged by.
type CoverageEnd struct {
	Sites   witness.Slot // the first whose reports are judged by the hotspots' sites
	Settled witness.Slot // the first slot that is not judged: its case may be open
	Online  witness.Slot // from here on all hotspots could send beacons
	Told    map[radio.Station]Told
	Before  map[radio.Station]map[string]uint64 // beacons skipped before Online, by reason: no excuse for later windows
}

// Told is what a hotspot says of itself at the end.
type Told struct {
	Skipped map[string]uint64 // beacons, by reason
	Dropped map[string]uint64 // frames, by reason
}

// coverageJudgement is a verdict in the making.
type coverageJudgement struct {
	*CoverageVerdict
	c   *Coverage
	end CoverageEnd

	taken   map[witness.Tag][]Taking // by honest tag and by time, whoever sent it
	events  events
	faced   map[witness.Tag]bool // tags that are accounted for
	fates   map[Source]*AttackVerdict
	drops   map[witness.Drop]map[radio.Station]int // frames that must have been dropped
	senders map[witness.Tag]radio.Station
	lacking map[radio.Station][]string // frames that chips took and nobody reported, in words
}

// dropped notes a frame that a hotspot must have dropped.
func (j *coverageJudgement) dropped(why witness.Drop, t Taking) {
	j.drops[why][t.Station]++
	if t.By != Honest && j.slot(t.At) < j.end.Settled {
		j.fate(t.By).Fates["dropped: "+why.String()]++
	}
}

// Judge says what became of all that was collected. It is for the end, when every case
// before end.Settled has closed and has been judged.
func (c *Coverage) Judge(end CoverageEnd) *CoverageVerdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	j := &coverageJudgement{
		CoverageVerdict: newCoverageVerdict(), c: c, end: end, taken: map[witness.Tag][]Taking{}, faced: map[witness.Tag]bool{},
		fates: map[Source]*AttackVerdict{}, drops: map[witness.Drop]map[radio.Station]int{}, senders: map[witness.Tag]radio.Station{},
		lacking: map[radio.Station][]string{},
	}
	for _, why := range attackDrops {
		j.drops[why] = map[radio.Station]int{}
	}
	for _, e := range c.emissions {
		j.senders[e.frame.Tag] = e.station
	}
	for _, text := range c.broken {
		j.fault(BrokenRecord, "%s", text)
	}
	j.sortTakings()
	honest := j.honest()
	j.findEvents(honest)
	for _, e := range honest {
		takings := j.witnesses(e)
		if j.slot(e.sent.StartAt) < end.Settled {
			j.beacon(e, takings)
		}
	}
	j.windows()
	j.attacks()
	j.lacks()
	j.reports()
	j.strangers()
	return j.CoverageVerdict
}

// sortTakings puts what was taken by tag; that of attackers who send others' frames
// stands with the others'.
func (j *coverageJudgement) sortTakings() {
	for _, t := range j.c.takings {
		if frame, err := witness.ParseFrame(t.Payload); err == nil {
			j.taken[frame.Tag] = append(j.taken[frame.Tag], t)
		}
	}
	for _, list := range j.taken {
		slices.SortStableFunc(list, func(a, b Taking) int { return a.At.Compare(b.At) })
	}
}

// honest are the beacons that chips sent, by time.
func (j *coverageJudgement) honest() []emission {
	j.Emitted = len(j.c.emissions)
	return slices.SortedStableFunc(slices.Values(j.c.emissions), func(a, b emission) int { return a.sent.StartAt.Compare(b.sent.StartAt) })
}

func (j *coverageJudgement) slot(at time.Time) witness.Slot {
	return j.c.timing.SlotAt(witness.MillisOf(at))
}

// heldUpReasons are those by which an honest beacon fails on a machine that has no time.
var heldUpReasons = [...]witness.Fault{"value_late", "outside_slot", "too_late"}

// beacon judges one that a hotspot's chip has sent: its report, who heard it, and what
// was said of it.
func (j *coverageJudgement) beacon(e emission, takings []Taking) {
	j.faced[e.frame.Tag] = true
	records := j.c.beacons[e.frame.Tag]
	if len(records) != 1 {
		j.fault(BeaconUnreported, "%s: the beacon of slot %d was reported %d times", name(e.station), j.slot(e.sent.StartAt), len(records))
		return
	}
	for _, text := range j.misreported(e, records[0]) {
		j.fault(BeaconMisreported, "%s: %s", name(e.station), text)
	}
	j.Taken += len(takings)
	verdict, ok := j.c.verdicts[e.frame.Tag]
	if !ok || len(verdict.Beacons) == 0 || verdict.Beacons[0].Station != e.station {
		j.fault(NoVerdict, "%s: the beacon of slot %d", name(e.station), j.slot(e.sent.StartAt))
		return
	}
	if verdict.final {
		j.Final++
	}
	got, want := verdict.Beacons[0].Reason, j.beaconReason(e, verdict)
	j.BeaconsBy[cmp.Or(string(got), Valid)]++
	if slices.Contains(heldUpReasons[:], got) {
		j.HeldUp++
	}
	if got != want {
		j.fault(WrongVerdict, "%s: the beacon of slot %d is %s, the air says %s", name(e.station), verdict.Slot, cmp.Or(got, Valid), cmp.Or(want, Valid))
	}
	for _, t := range takings {
		j.witness(e, t, verdict)
	}
}

// witnesses are the first takings of a beacon by each other hotspot, whoever's emission
// it was; further ones must have been counted as copies, or dropped.
func (j *coverageJudgement) witnesses(e emission) (first []Taking) {
	copies := map[radio.Station]uint32{}
	for _, o := range j.c.observed[e.frame.Tag] {
		copies[o.station] = o.Copies
	}
	seen := map[radio.Station]uint32{}
	for _, t := range j.taken[e.frame.Tag] {
		if t.By == StaleReplay || t.Station == e.station {
			continue // has a mark, or is a tag, that its hotspot does not take
		}
		seen[t.Station]++
		switch n := seen[t.Station]; {
		case n == 1:
			first = append(first, t)
		case n > copies[t.Station]:
			j.dropped(witness.DropSent, t)
		case t.By != Honest:
			j.fate(t.By).Fates["copy counted"]++
		}
	}
	return first
}

// witness judges what became of a beacon that a chip has taken.
func (j *coverageJudgement) witness(e emission, t Taking, v said) {
	o, ok := j.observation(t)
	if !ok {
		return
	}
	got, ok := reasonOf(v.Verdict, t.Station)
	if !ok {
		j.fault(NoVerdict, "%s: it reported the beacon of slot %d, which nobody judged", name(t.Station), v.Slot)
		return
	}
	want := j.witnessReason(e, t, o, v)
	if t.By != Honest {
		j.relayed(e, t, got, want)
		return
	}
	j.WitnessesBy[cmp.Or(string(got), Valid)]++
	if got != want {
		j.fault(WrongVerdict, "%s as a witness of slot %d is %s, the air says %s", name(t.Station), v.Slot, cmp.Or(got, Valid), cmp.Or(want, Valid))
	}
}

// relayed judges a beacon that a chip took from somebody who had sent it again.
func (j *coverageJudgement) relayed(e emission, t Taking, got, want witness.Fault) {
	j.fate(t.By).Fates[cmp.Or(string(got), Valid)]++
	switch {
	case got == "":
		j.fault(AttackAccepted, "%s is a valid witness of %s by a frame that was sent again beside it", name(t.Station), name(e.station))
	case got != want:
		j.fault(AttackMisjudged, "%s: a frame that was sent again beside it fails by %s, the air says %s", name(t.Station), got, cmp.Or(want, Valid))
	}
}

// observation is what a hotspot reported of a taking; it must have done so once.
func (j *coverageJudgement) observation(t Taking) (observation, bool) {
	frame, err := witness.ParseFrame(t.Payload)
	if err != nil {
		return observation{}, false
	}
	var list []observation
	for _, o := range j.c.observed[frame.Tag] {
		if o.station == t.Station {
			list = append(list, o)
		}
	}
	if len(list) == 0 {
		j.lacking[t.Station] = append(j.lacking[t.Station], t.At.UTC().Format("15:04:05.000"))
		return observation{}, false
	}
	if len(list) > 1 {
		j.fault(TakingUnreported, "%s: a beacon that its chip took at %s was reported %d times", name(t.Station), t.At.UTC().Format("15:04:05.000"), len(list))
		return observation{}, false
	}
	for _, text := range j.misheard(t, list[0]) {
		j.fault(TakingMisreported, "%s: %s", name(t.Station), text)
	}
	return list[0], true
}

// lacks judges what was taken and not reported: a hotspot that learnt entropy too late to
// look a mark up says so.
func (j *coverageJudgement) lacks() {
	for station, list := range j.lacking {
		late := min(j.end.Told[station].Dropped[witness.DropLate.String()], uint64(len(list)))
		for _, at := range list[late:] {
			j.fault(TakingUnreported, "%s: a beacon that its chip took at %s was not reported", name(station), at)
		}
	}
}

// reasonOf is what was said of a station's first observation.
func reasonOf(v witness.Verdict, s radio.Station) (witness.Fault, bool) {
	for i := range v.Witnesses {
		if v.Witnesses[i].Station == s {
			return v.Witnesses[i].Reason, true
		}
	}
	return "", false
}

// windows demands a beacon or a reason for each hotspot in each window.
func (j *coverageJudgement) windows() {
	sent := map[radio.Station]map[uint64]int{}
	for _, e := range j.c.emissions {
		if sent[e.station] == nil {
			sent[e.station] = map[uint64]int{}
		}
		window := j.c.timing.Window(j.slot(e.sent.StartAt))
		if sent[e.station][window]++; sent[e.station][window] == 2 {
			j.fault(BeaconTwice, "%s sent two beacons in window %d", name(e.station), window)
		}
	}
	first, end := j.c.timing.Window(max(j.end.Online, j.end.Sites)+j.c.timing.WindowSlots-1), j.c.timing.Window(j.end.Settled)
	for station := range j.c.stands {
		missing := 0
		for w := first; w < end; w++ {
			j.Due++
			if sent[station][w] == 0 {
				missing++
			}
		}
		skipped := j.skipped(station)
		j.Missing += missing
		if missing > skipped {
			j.fault(BeaconUnexplained, "%s sent no beacon in %d windows and has a reason for %d", name(station), missing, skipped)
		}
	}
}

// skipped is how many beacons a hotspot has a reason for not to have sent, since all
// could. That the registry has no site is none: beacons are due when the sites have begun.
func (j *coverageJudgement) skipped(s radio.Station) (since int) {
	for reason, n := range j.end.Told[s].Skipped {
		if reason == witness.Unregistered.Name() {
			continue
		}
		n -= min(n, j.end.Before[s][reason])
		j.SkippedBy[reason] += int(n)
		since += int(n)
	}
	return since
}

// name is a station in words that fit a line.
func name(s radio.Station) string {
	words := s.Words()
	return words[0] + " " + words[1] + " " + words[2]
}
