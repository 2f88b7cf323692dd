package demo

import (
	"fmt"
	"maps"
	"slices"

	"hexspot/cmd/internal/proof"
)

// fewHotspots may be too far apart to hear each other: then nothing can be valid.
const fewHotspots = 3

// problems are why a town's proof of coverage has not passed, none if it has. What a
// short town had no time to show is none.
func (c *cover) problems(v *proof.CoverageVerdict) []string {
	var list []string
	for _, f := range slices.Sorted(maps.Keys(v.Faults)) {
		list = append(list, fmt.Sprintf("%d %s", v.Faults[f], faultWords[f]))
	}
	if c.windowsShown() < 2 {
		return list
	}
	if few := len(c.hotspots) < fewHotspots; !few && (v.BeaconsBy[proof.Valid] == 0 || v.WitnessesBy[proof.Valid] == 0) {
		list = append(list, fmt.Sprintf("of %d honest beacons %d were verified, with %d witnesses", v.Judged(), v.BeaconsBy[proof.Valid], v.WitnessesBy[proof.Valid]))
	}
	for _, a := range v.Attacks {
		if a.Sent == 0 && (a.Attack != proof.Relay.String() || len(c.foes.relays) > 0) {
			list = append(list, fmt.Sprintf("the attack %s was never made", a.Attack))
		}
	}
	list = append(list, excusesOf(v)...)
	if v.Resent == 0 || len(v.Foreign) == 0 {
		list = append(list, fmt.Sprintf("the forger's reports: %d were sent twice, %d kinds of answer on those for another network", v.Resent, len(v.Foreign)))
	}
	return list
}

// excusedMost is the share that a machine without time may spoil, one in so many. With
// more, a town has not shown what it says it has.
const excusedMost = 2

// excusesOf are the excuses that a proof had to take too often.
func excusesOf(v *proof.CoverageVerdict) (list []string) {
	for _, e := range []struct {
		spoilt, of int
		what       string
	}{
		{v.HeldUp, v.Judged() - v.BeaconsBy["unknown"], "beacons failed because values or reports were late"},
		{v.Missing, v.Due, "beacons that were due were not sent"},
		{v.Misdated, v.Judged() + v.Taken, "reports were dated more than 250 ms off"},
	} {
		if e.spoilt*excusedMost > e.of {
			list = append(list, fmt.Sprintf("%d of %d %s: this machine has no time for so large a town; end other work, or take fewer hotspots and devices", e.spoilt, e.of, e.what))
		}
	}
	return list
}

// windowsShown is how many whole windows passed in which sites counted.
func (c *cover) windowsShown() int {
	first, _ := c.schedule.Slots(c.sites)
	first = max(first, c.online)
	if c.last < first {
		return 0
	}
	return int(c.schedule.Window(c.last) - c.schedule.Window(first+c.schedule.WindowSlots-1))
}
