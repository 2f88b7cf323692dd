package verify

import (
	"runtime"
	"runtime/debug"
)

// What a verification may take: a fixed part for buffers and for the reports of a part, and so
// much a station, which is twice of what is in use of one where links are weighed or accounts
// settled (docs/verification.md): enough for the collector not to run without pause.
const (
	memoryFixed      = 400 << 20
	memoryPerStation = 1300
)

// MemoryFor is how many bytes of memory are enough for an epoch of so many stations, with
// DefaultMemory and the rest of a network in the same process.
func MemoryFor(stations int64) int64 { return memoryFixed + memoryPerStation*stations }

// Frugal holds this process to MemoryFor beyond what it has when a verification begins: without it garbage may wait until
// there is as much of it as of everything else. A lower limit that was set before stays, and
// where more is needed more is taken. The zero Frugal is ready.
type Frugal struct {
	held   bool
	limit  int64 // before
	others int64 // what the process has in use beside the verification
}

// Progress is a Progress for Inputs; it hands on to next, which may be nil.
func (f *Frugal) Progress(next func(Progress)) func(Progress) {
	f.others = inUse()
	return func(p Progress) {
		if !f.held {
			f.hold(p.Stations)
		}
		if next != nil {
			next(p)
		}
	}
}

func (f *Frugal) hold(stations int64) {
	f.held, f.limit = true, debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(f.limit, MemoryFor(stations)+f.others))
}

// inUse is what the heap and the stacks of this process take now: a network has connections.
func inUse() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// End goes back to the limit that was before.
func (f *Frugal) End() {
	if f.held {
		debug.SetMemoryLimit(f.limit)
		f.held = false
	}
}
