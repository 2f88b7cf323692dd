package verify

import (
	"io"
	"slices"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// accounts are what stations come to, by number. They are small: there may be a
// million. They are safe for concurrent use through with.
type accounts struct {
	list  []account
	locks *[64]sync.Mutex
}

// account becomes a witness.Tally. No sum overflows: an epoch has less than 2^40
// reports, and a share is less than 2^28.
type account struct {
	witnesses, selections, selected uint64
	beacon, witness                 uint64
	beaconWhole, witnessWhole       uint64
	beacons, heard                  uint64 // valid reports
	more                            *moreOfAccount
}

// moreOfAccount is what not every station has.
type moreOfAccount struct {
	failed  failures
	weakest []witness.WeakLink
}

func (a *account) rest() *moreOfAccount {
	if a.more == nil {
		a.more = &moreOfAccount{}
	}
	return a.more
}

func (a *account) countBeacon(reason witness.Fault) {
	if reason == "" {
		a.beacons++
		return
	}
	a.fail(ofBeacons, reason)
}

func (a *account) countHeard(reason witness.Fault) {
	if reason == "" {
		a.heard++
		return
	}
	a.fail(ofHeard, reason)
}

// countWitness counts an observation of the station's own valid beacon.
func (a *account) countWitness(reason witness.Fault) {
	if reason == "" {
		a.witnesses++
		return
	}
	a.fail(ofWitnesses, reason)
}

func (a *account) fail(of reported, reason witness.Fault) {
	more := a.rest()
	more.failed = more.failed.plus(of, reason)
}

// reported is what is counted by reason.
type reported uint8

const (
	ofBeacons   reported = iota // beacon reports
	ofHeard                     // observations
	ofWitnesses                 // observations of the station's own valid beacons
)

// failures counts reports that are not valid, in less memory than maps.
type failures []failureCount

type failureCount struct {
	reason witness.Fault
	n      uint32 // a station's valid beacons are some a day, and its own reports what its pace lets through
	of     reported
}

func (l failures) plus(of reported, reason witness.Fault) failures {
	i := slices.IndexFunc(l, func(c failureCount) bool { return c.of == of && c.reason == reason })
	if i < 0 {
		return append(l, failureCount{reason, 1, of})
	}
	l[i].n++
	return l
}

// counts are reports of one kind, with the valid ones.
func (l failures) counts(of reported, valid uint64) witness.Counts {
	c := make(witness.Counts, len(l)+1)
	if valid > 0 {
		c[""] = valid
	}
	for _, r := range l {
		if r.of == of {
			c[r.reason] = uint64(r.n)
		}
	}
	return c
}

func newAccounts(n int) accounts { return accounts{make([]account, n), new([64]sync.Mutex)} }

// with changes an account.
func (a accounts) with(number uint32, change func(*account)) {
	lock := &a.locks[number%uint32(len(a.locks))]
	lock.Lock()
	defer lock.Unlock()
	change(&a.list[number])
}

func (a *account) weaken(l witness.WeakLink) {
	more := a.rest()
	t := witness.Tally{Weakest: more.weakest}
	t.Weaken(l)
	more.weakest = t.Weakest
}

func (a *account) tally(s radio.Station) witness.Tally {
	var more moreOfAccount
	if a.more != nil {
		more = *a.more
	}
	return witness.Tally{
		Station: s, Presence: witness.PresenceNone, Beacons: more.failed.counts(ofBeacons, a.beacons), Observations: more.failed.counts(ofHeard, a.heard),
		Witnesses: a.witnesses, Invalid: more.failed.counts(ofWitnesses, 0), Selections: a.selections, Selected: a.selected,
		Beacon: a.beacon, Witness: a.witness, BeaconWhole: a.beaconWhole, WitnessWhole: a.witnessWhole,
		Weakest: more.weakest,
	}
}

// writeStations writes the tally of each station that is listed or has reported, by
// station.
func (r *run) writeStations(w io.Writer, paid accounts) error {
	var line []byte
	for _, n := range r.stations.Sorted(len(paid.list)) {
		a := &paid.list[n]
		t := a.tally(r.stations.At(n))
		if int(n) < len(r.sites) {
			t.Presence, t.Scale, t.Newcomer = witness.PresenceOf(&r.sites[n]), r.scales[n], !r.counted[n]
		} else if len(t.Beacons)+len(t.Observations) == 0 && t.Shares() == 0 {
			continue // only reports that count for other epochs, or were dropped
		}
		r.summary.Stations++
		r.summary.BeaconShares += t.Beacon
		r.summary.WitnessShares += t.Witness
		line = t.AppendText(line[:0])
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}
