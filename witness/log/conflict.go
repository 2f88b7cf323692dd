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
