package witness

import "fmt"

// Links gives the state of the links after the epoch and the weights that follow from
// it. The verdicts are what Judge gave for it. The number of workers and the order of
// cases and verdicts change nothing. A case without a verdict is an error.
func (e *FrozenEpoch) Links(number Epoch, verdicts []Verdict, before LinkState, workers int) (LinkState, *Weights, error) {
	of := make(map[caseName]*Verdict, len(verdicts))
	for i := range verdicts {
		of[caseName{verdicts[i].Tag, verdicts[i].Slot}] = &verdicts[i]
	}
	for i := range e.Cases {
		if c := &e.Cases[i]; of[caseName{c.Tag, c.Slot}] == nil {
			return LinkState{}, nil, fmt.Errorf("there is no verdict on the case %x of slot %d", c.Tag, c.Slot)
		}
	}
	parts := make([]*LinkBook, max(1, workers))
	for i := range parts {
		parts[i] = NewLinkBook(e.Parameters)
	}
	share(len(e.Cases), len(parts), func(part, i int) {
		c := &e.Cases[i]
		parts[part].Add(c, of[caseName{c.Tag, c.Slot}])
	})
	for _, p := range parts[1:] {
		parts[0].Merge(p)
	}
	return parts[0].settle(before, number, workers)
}

// caseName is what tells cases apart.
type caseName struct {
	tag  [18]byte
	slot uint64
}
