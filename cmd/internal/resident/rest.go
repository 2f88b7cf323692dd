package resident

import (
	"context"
	"os"
	"runtime/debug"
	"time"
)

// lookEvery is how often Rest looks whether the process rests; a look is three system calls.
const lookEvery = 5 * time.Second

// Shares of garbage, in percent of what is in use, at which it is collected. While the
// process rests it can wait for memory, while it works it cannot wait for the collector.
const (
	percentAtRest = 50
	percentAtWork = 100
)

// Rest gives memory back to the kernel each time the process has begun to rest, until ctx
// ends: by itself the heap keeps for minutes what a burst has needed. The first time, when
// the start is over, the pages of the program go as well; later they stay, since what comes
// back by being used is used. How much garbage there may be is left as it is if the
// environment (GOGC) says it.
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
		debug.FreeOSMemory()
		if r.releases > 1 {
			continue
		}
		if err := Release(); err != nil {
			return err
		}
	}
}

func percent(works bool) int {
	if works {
		return percentAtWork
	}
	return percentAtRest
}
