package device

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Fleet runs many devices against a clock. It is safe for several goroutines.
type Fleet struct {
	do   func(device int, a Action)
	wake chan struct{} // has a token when a device may be due earlier

	mu      sync.Mutex
	devices []*Device
	due     schedule
	latest  time.Duration // that a device was told
}

// NewFleet takes devices, which are the fleet's from now on. What each does is told
// to do, which must not block; of one device in the order in which it was done.
func NewFleet(devices []*Device, do func(device int, a Action)) *Fleet {
	f := &Fleet{do: do, wake: make(chan struct{}, 1), devices: devices, due: newSchedule(devices)}
	return f
}

// Hear tells a device of a frame that ends now.
func (f *Fleet) Hear(device int, now time.Duration, h Heard) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.step(device, now, h)
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// step is done with the lock held, so that a device's actions keep their order. Who
// looked at the clock before another but came after it is later than it.
func (f *Fleet) step(device int, now time.Duration, e Event) {
	f.latest = max(f.latest, now)
	for _, a := range f.devices[device].Step(f.latest, e) {
		f.do(device, a)
	}
	heap.Fix(&f.due, f.due.place[device])
}

// Run wakes devices when they want it, by a clock that began at zero, until ctx
// ends.
func (f *Fleet) Run(ctx context.Context, clock func() time.Duration) error {
	if len(f.devices) == 0 {
		<-ctx.Done()
		return nil
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-f.wake:
		case <-ctx.Done():
			return nil
		}
		timer.Reset(max(f.tick(clock)-clock(), 0))
	}
}

// tick steps every device that is due and gives when the next one is.
func (f *Fleet) tick(clock func() time.Duration) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range f.devices { // each once: a device that is due again at once waits its turn
		now, first := clock(), f.due.order[0]
		if f.devices[first].Next() > now {
			break
		}
		f.step(first, now, Tick{})
	}
	return f.devices[f.due.order[0]].Next()
}

// Counts are the sum of all devices, and how many have joined.
func (f *Fleet) Counts() (sum Counts, joined int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.devices {
		sum = sum.Plus(d.Counts())
		if d.Joined() {
			joined++
		}
	}
	return sum, joined
}

// schedule is a heap of devices by when they are due.
type schedule struct {
	devices []*Device
	order   []int // device numbers
	place   []int // in order, by device number
}

func newSchedule(devices []*Device) schedule {
	s := schedule{devices: devices, order: make([]int, len(devices)), place: make([]int, len(devices))}
	for i := range devices {
		s.order[i], s.place[i] = i, i
	}
	heap.Init(&s)
	return s
}

// Len, Less, Swap, Push and Pop are for package heap.
func (s *schedule) Len() int { return len(s.order) }

// Less orders by time, then by number.
func (s *schedule) Less(i, j int) bool {
	a, b := s.order[i], s.order[j]
	if s.devices[a].next != s.devices[b].next {
		return s.devices[a].next < s.devices[b].next
	}
	return a < b
}

// Swap keeps both directions.
func (s *schedule) Swap(i, j int) {
	s.order[i], s.order[j] = s.order[j], s.order[i]
	s.place[s.order[i]], s.place[s.order[j]] = i, j
}

// Push and Pop are never needed: the fleet stays the same.
func (s *schedule) Push(any) { panic("a fleet does not grow") }

// Pop is never needed either.
func (s *schedule) Pop() any { panic("a fleet does not shrink") }
