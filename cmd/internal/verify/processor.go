package verify

import (
	"runtime"
	"sync/atomic"
	"time"
)

// processorTime sums up how long some of the work was on a processor, whoever did it. The wall's
// time would count the machine's other work.
type processorTime struct{ sum atomic.Int64 } // ns

// count does some work by the clock of its thread; without a clock it only does it.
func (p *processorTime) count(clock func() time.Duration, work func() error) error {
	if clock == nil {
		return work()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := clock()
	err := work()
	p.sum.Add(int64(clock() - start))
	return err
}

func (p *processorTime) took() time.Duration { return time.Duration(p.sum.Load()) }
