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
	beacons, heard                  reasons
	witnesses, selections, selected uint64
	beacon, witness                 uint64
	beaconWhole, witnessWhole       uint64
	weakest                         []witness.WeakLink
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

func (l reasons) counts() witness.Counts {
	c := make(witness.Counts, len(l))
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
	t := witness.Tally{Weakest: a.weakest}
	t.Weaken(l)
	a.weakest = t.Weakest
}

func (a *account) tally(s radio.Station) witness.Tally {
	return witness.Tally{
		Station: s, Presence: witness.PresenceNone, Beacons: a.beacons.counts(), Observations: a.heard.counts(),
		Witnesses: a.witnesses, Selections: a.selections, Selected: a.selected,
		Beacon: a.beacon, Witness: a.witness, BeaconWhole: a.beaconWhole, WitnessWhole: a.witnessWhole,
		Weakest: a.weakest,
	}
}

// writeStations writes the tally of each station that is listed or has reported, by
// station.
func (r *run) writeStations(w io.Writer, paid accounts) error {
	numbers := make([]uint32, len(paid.list))
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	slices.SortFunc(numbers, func(a, b uint32) int {
		return r.stations.station(a).Compare(r.stations.station(b))
	})
	var line []byte
	for _, n := range numbers {
		a := &paid.list[n]
		t := a.tally(r.stations.station(n))
		if int(n) < len(r.sites) {
			t.Presence, t.Scale, t.Newcomer = witness.PresenceOf(&r.sites[n]), r.scales[n], !r.counted[n]
		} else if len(a.beacons)+len(a.heard) == 0 {
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
