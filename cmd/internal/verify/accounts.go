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
	beacons, heard reasons // but the valid ones
	weakest        []witness.WeakLink
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
	more := a.rest()
	more.beacons = more.beacons.plus(reason)
}

func (a *account) countHeard(reason witness.Fault) {
	if reason == "" {
		a.heard++
		return
	}
	more := a.rest()
	more.heard = more.heard.plus(reason)
}

// reasons counts reports in less memory than a map.
type reasons []reasonCount

type reasonCount struct {
	reason witness.Fault
	n      uint64
}

func (l reasons) plus(reason witness.Fault) reasons {
	i := slices.IndexFunc(l, func(c reasonCount) bool { return c.reason == reason })
	if i < 0 {
		return append(l, reasonCount{reason, 1})
	}
	l[i].n++
	return l
}

// counts are all reports, with the valid ones.
func (l reasons) counts(valid uint64) witness.Counts {
	c := make(witness.Counts, len(l)+1)
	if valid > 0 {
		c[""] = valid
	}
	for _, r := range l {
		c[r.reason] = r.n
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
		Station: s, Presence: witness.PresenceNone, Beacons: more.beacons.counts(a.beacons), Observations: more.heard.counts(a.heard),
		Witnesses: a.witnesses, Selections: a.selections, Selected: a.selected,
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
