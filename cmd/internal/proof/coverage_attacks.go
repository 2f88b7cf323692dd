package proof

import (
	"cmp"

	"hexspot/radio"
	"hexspot/witness"
)

// fate is the account of one kind of attack.
func (j *coverageJudgement) fate(by Source) *AttackVerdict {
	if j.fates[by] == nil {
		j.fates[by] = &AttackVerdict{Attack: by.String(), Fates: map[string]int{}}
	}
	return j.fates[by]
}

// attacks judges what attackers sent, each kind by what must have become of it.
func (j *coverageJudgement) attacks() {
	for _, a := range j.c.attacks {
		if a.slot < j.end.Settled {
			j.fate(a.by).Sent++
		}
		switch a.by {
		case RandomTag, FalseOpening:
			j.faced[a.frame.Tag] = true
			j.forged(a)
		}
	}
	for _, t := range j.c.takings {
		if t.By != Honest && j.slot(t.At) < j.end.Settled {
			j.fate(t.By).Taken++
		}
		frame, err := witness.ParseFrame(t.Payload)
		switch {
		case err != nil:
		case j.senders[frame.Tag] == t.Station:
			j.dropped(witness.DropOwn, t)
		case t.By == StaleReplay || t.By == ForeignBeacon:
			j.dropped(witness.DropMark, t)
		}
	}
	j.compareDrops()
	for _, by := range Sources {
		j.Attacks = append(j.Attacks, *j.fate(by))
	}
}

// forged judges a beacon that no hotspot sent as it should: nothing about it may be
// valid, and each reason must be its own.
func (j *coverageJudgement) forged(a attack) {
	if a.slot >= j.end.Settled {
		return
	}
	v, ok := j.c.verdicts[a.frame.Tag]
	if !ok {
		if j.reported(a) {
			j.fault(NoVerdict, "the forged beacon of slot %d, which was reported", a.slot)
		}
		return
	}
	fates, beacon, witnesses := j.fate(a.by).Fates, witness.Fault("opening"), witness.FaultBeacon
	if a.by == RandomTag {
		beacon, witnesses = "", witness.FaultOrphan
	}
	closes := j.c.timing.CaseCloses(witness.Slot(v.Slot))
	for i := range v.Beacons {
		list := j.c.beacons[a.frame.Tag]
		late := len(list) > 0 && list[0].at >= closes
		j.failed(fates, "beacon ", v.Beacons[i].Reason, beacon, witness.Slot(v.Slot), late)
	}
	for i := range v.Witnesses {
		o, ok := j.c.first(a.frame.Tag, v.Witnesses[i].Station)
		j.failed(fates, "witness ", v.Witnesses[i].Reason, witnesses, witness.Slot(v.Slot), ok && o.at >= closes)
	}
	for _, t := range j.firstTakings(a.frame.Tag) {
		j.observation(t)
	}
	if a.by == FalseOpening && len(v.Beacons) == 0 && len(j.c.beacons[a.frame.Tag]) > 0 {
		j.fault(NoVerdict, "the report of the forged beacon of slot %d", a.slot)
	}
}

// failed counts the reason of a forged report, which must be the one it failed by; on a machine
// that has no time it may come too late.
func (j *coverageJudgement) failed(fates map[string]int, what string, got, want witness.Fault, k witness.Slot, late bool) {
	fates[what+cmp.Or(string(got), Valid)]++
	switch {
	case got == "":
		j.fault(AttackAccepted, "a %sreport of the forged beacon of slot %d is valid", what, k)
	case got == "value_late" && j.valueLate(k): // comes before its own reason
	case got == "too_late" && late: // so does this, of an observation
	case got != want:
		j.fault(AttackMisjudged, "a %sreport of the forged beacon of slot %d fails by %s, not by %s", what, k, got, want)
	}
}

// reported says whether there is any report of a forged beacon.
func (j *coverageJudgement) reported(a attack) bool {
	return len(j.c.beacons[a.frame.Tag])+len(j.c.observed[a.frame.Tag]) > 0
}

func (j *coverageJudgement) firstTakings(tag witness.Tag) (first []Taking) {
	seen := map[radio.Station]bool{}
	for _, t := range j.taken[tag] {
		if !seen[t.Station] {
			seen[t.Station] = true
			first = append(first, t)
		}
	}
	return first
}

// attackDrops are the reasons for which hotspots drop what only attackers send.
var attackDrops = [...]witness.Drop{witness.DropMark, witness.DropSent, witness.DropOwn}

// compareDrops compares what hotspots say they dropped with what their chips took of
// stale, foreign and repeated frames.
func (j *coverageJudgement) compareDrops() {
	for station := range j.c.stands {
		told := j.end.Told[station].Dropped
		for _, why := range attackDrops {
			got, want := int(told[why.String()]), j.drops[why][station]
			undecided, spare := 0, 0
			if why == witness.DropMark {
				undecided = int(told[witness.DropLate.String()]) // the entropy to look a mark up in came too late
				spare = j.unreported(station)
			}
			if got > want+spare || got+undecided < want {
				j.fault(AttackMiscounted, "%s says that it dropped %v, its chip took %d to be dropped by %s", name(station), told, want, why)
			}
		}
	}
}

// unreported is how many frames a chip took, after all that is judged, that its hotspot may
// report or drop.
func (j *coverageJudgement) unreported(s radio.Station) (n int) {
	for _, t := range j.c.takings {
		if t.Station == s && j.slot(t.At) >= j.end.Settled && t.By != StaleReplay && t.By != ForeignBeacon {
			n++
		}
	}
	return n
}

// reports judges the reports that attackers sent.
func (j *coverageJudgement) reports() {
	j.Resent = len(j.c.resent)
	for _, r := range j.c.resent {
		if r.first != r.second {
			j.fault(ReceiptChanged, "record %.12s: %+v, then %+v", r.record, r.first, r.second)
		}
	}
	for tag, list := range j.c.beacons {
		if len(list) > 1 {
			j.fault(CountedTwice, "the report of tag %v is in the journal %d times", tag, len(list))
		}
	}
	for _, reason := range j.c.foreign {
		j.Foreign[cmp.Or(string(reason), "taken")]++
		if reason != witness.RefusedNetwork {
			j.fault(ForeignNotRefused, "a report for another network: %s", cmp.Or(string(reason), "taken"))
		}
	}
}

// strangers are reports of something that was never on the air.
func (j *coverageJudgement) strangers() {
	for tag, list := range j.c.beacons {
		for _, r := range list {
			if r.Slot < j.end.Settled && !j.faced[tag] {
				j.fault(BeaconUnsent, "%s reported a beacon of slot %d that no chip has sent", name(r.station), r.Slot)
			}
		}
	}
	for tag, list := range j.c.observed {
		for _, o := range list {
			if !j.tookIt(tag, o.station) {
				j.fault(ObservationInvented, "%s reported tag %v, which its chip did not take", name(o.station), tag)
			}
		}
	}
}

// tookIt says whether a chip took a tag from anyone whose frame may be reported.
func (j *coverageJudgement) tookIt(tag witness.Tag, s radio.Station) bool {
	for _, t := range j.taken[tag] {
		if t.Station == s && t.By != StaleReplay && t.By != ForeignBeacon {
			return true
		}
	}
	return false
}
