package resident

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// lookEvery is how often Rest looks whether the process rests; a look is a few system calls.
const lookEvery = time.Second

// Shares of garbage, in percent of what is in use, at which it is collected: at rest memory
// matters, at work the collector's processor time does.
const (
	percentAtRest = 15
	percentAtWork = 100
)

// Rest gives memory back to the kernel each time the process has begun to rest, until ctx
// ends: by itself the heap does so slowly, if at all. The first time, when the start is
// over, and after a long rest the pages of the program go as well; between two stretches of
// work they stay. How much garbage there may be is left as it is if the environment (GOGC)
// says it.
func Rest(ctx context.Context) error {
	collect := debug.SetGCPercent
	if os.Getenv("GOGC") != "" {
		collect = func(int) int { return 0 }
	}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	r := resting{works: true}
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now, err := used()
		if err != nil {
			return err
		}
		worked, since := r.works, time.Since(last)
		last = last.Add(since)
		release := r.look(now, since)
		if r.works != worked {
			collect(percent(r.works))
		}
		if !release {
			continue
		}
		if err := giveBack(r.releases == 1 || r.forgot); err != nil {
			return err
		}
	}
}

// giveBack gives back what the heap has freed, and the pages of the program, if that is wanted.
// It collects twice: pools keep what they have until then, and a stack shrinks by half each time.
func giveBack(program bool) error {
	runtime.GC()
	debug.FreeOSMemory()
	if !program {
		return nil
	}
	return Release()
}

func percent(works bool) int {
	if works {
		return percentAtWork
	}
	return percentAtRest
}
