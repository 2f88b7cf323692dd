package witness

import (
	"bytes"
	"cmp"
	"slices"
	"sync"
)

// FrozenEpoch is what the verdicts of one epoch follow from, where it fits into memory. A
// larger one takes the same steps part by part (by the first bytes of the tag):
// BeaconIndex.Add for every case; Judge and Reciprocity.Add for every part, then
// Reciprocity.Merge; Judge again, Reciprocity.Settle and Verdict.AppendText. The state after it is
// Reciprocity.After with BeaconIndex.Carry.
type FrozenEpoch struct {
	Parameters *Parameters
	Length     int64 // ms
	Before     State
	Cases      []Case // in any order
}

// Judge gives the verdicts of both passes, sorted by tag and slot, and the state for
// the next epoch. The number of workers and the order of cases change nothing.
// It fails where the epoch is longer than an event counts.
func (e *FrozenEpoch) Judge(workers int) ([]Verdict, State, error) {
	all, err := NewReciprocity(e.Parameters, e.Before, e.Length)
	if err != nil {
		return nil, nil, err
	}
	index := NewBeaconIndex()
	for i := range e.Cases {
		index.Add(&e.Cases[i])
	}
	verdicts := make([]Verdict, len(e.Cases))
	parts := make([]*Reciprocity, max(1, workers))
	share(len(e.Cases), len(parts), func(part, i int) {
		if parts[part] == nil {
			parts[part], _ = NewReciprocity(e.Parameters, nil, e.Length) // it was no error above
		}
		c := index.Relate(e.Cases[i], e.Before.At)
		verdicts[i] = Judge(&c, e.Parameters)
		parts[part].Add(&verdicts[i])
	})
	for _, part := range parts {
		if part != nil {
			all.Merge(part)
		}
	}
	share(len(verdicts), len(parts), func(_, i int) { all.Settle(&verdicts[i]) })
	slices.SortFunc(verdicts, compareVerdicts)
	after := all.After()
	index.Carry(e.Parameters.Set, after)
	return verdicts, after, nil
}

func compareVerdicts(a, b Verdict) int {
	return cmp.Or(bytes.Compare(a.Tag[:], b.Tag[:]), cmp.Compare(a.Slot, b.Slot))
}

// share calls work for 0 to n-1 from some goroutines at once, each with every
// parts-th number, and waits for all.
func share(n, parts int, work func(part, i int)) {
	var group sync.WaitGroup
	for part := range parts {
		group.Go(func() {
			for i := part; i < n; i += parts {
				work(part, i)
			}
		})
	}
	group.Wait()
}
