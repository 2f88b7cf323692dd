package stations

import (
	"fmt"
	"sync"
)

// faults is what stations saw that a network must not do.
type faults struct {
	mu    sync.Mutex
	list  []string // the first ones
	count int
}

// mostFaults are listed; the others are counted.
const mostFaults = 20

func (f *faults) add(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if len(f.list) < mostFaults {
		f.list = append(f.list, fmt.Sprintf(format, args...))
	}
}

// Faults are what stations saw that a network must not do: how many, and the first of
// them in words. An uplink that is lost is not among them, for a station cannot see it.
func (f *Fleet) Faults() (count int, first []string) {
	f.faults.mu.Lock()
	defer f.faults.mu.Unlock()
	return f.faults.count, append([]string{}, f.faults.list...)
}
