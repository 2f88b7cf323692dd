package log

import "errors"

// CompareReceipts checks that two receipts of one log do not give one index to two records.
// The error is a *Fault if they do.
func CompareReceipts(a, b Receipt) error {
	if a.Log == b.Log && a.Index == b.Index && a.Record != b.Record && a.Log != (Name{}) {
		return &Fault{Evidence{Kind: Twice, Receipts: []Receipt{a, b}}}
	}
	return nil
}

// CutOff is the evidence that a log is to end before one of its checkpoints, nil if none is larger
// than the mark, or there is no mark.
func CutOff(mark *HighWater, notes ...Note) *Evidence {
	if mark == nil {
		return nil
	}
	for _, n := range notes {
		if e := (Evidence{Kind: Cut, Notes: []Note{n}, HighWater: mark}); n.isThere() && e.Verify() == nil {
			return &e
		}
	}
	return nil
}

// Conflicts is the evidence that receipts give of each other: those of one log that give
// one index to two records.
func Conflicts(receipts []Receipt) []Evidence {
	type place struct {
		log   Name
		index uint64
	}
	var found []Evidence
	first := map[place]Receipt{}
	for _, r := range receipts {
		at := place{r.Log, r.Index}
		other, taken := first[at]
		if !taken {
			first[at] = r
			continue
		}
		var fault *Fault
		if errors.As(CompareReceipts(other, r), &fault) {
			found = append(found, fault.Evidence)
		}
	}
	return found
}
