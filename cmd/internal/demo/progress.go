package demo

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"
)

// How often progress is shown.
const (
	livePeriod  = 200 * time.Millisecond
	plainPeriod = 3 * time.Second
)

// Display is where progress goes.
type Display struct {
	Out  io.Writer
	Live bool // Out is a terminal: one line, written again and again
}

// Write is for a logger: its lines stand above the live line.
func (d Display) Write(lines []byte) (int, error) {
	if d.Live {
		fmt.Fprint(d.Out, "\r\x1b[K")
	}
	return d.Out.Write(lines)
}

// snapshot is a demo at an instant.
type snapshot struct {
	elapsed          time.Duration
	booted, hotspots int
	injected, total  int
	counts           counts
	received         int
	rate             float64 // frames received a second, of late
}

// String is one line of less than 130 characters, the width of a wide terminal.
func (s snapshot) String() string {
	return fmt.Sprintf("%5.1fs  booted %d/%d  injected %s/%s  read %s  forwarded %s  PUBACKed %s  received %s  %s/s",
		s.elapsed.Seconds(), s.booted, s.hotspots, grouped(s.injected), grouped(s.total), grouped(s.counts.Read),
		grouped(s.counts.Forwarded), grouped(s.counts.Acked), grouped(s.received), grouped(int(s.rate+0.5)))
}

// grouped is a number with its thousands set apart, "12,614".
func grouped[N int | uint64](n N) string {
	digits := strconv.FormatUint(uint64(n), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// show writes lines until ctx ends; the last stands at the end. Errors of a
// terminal that has gone do not matter to the demo.
func (d Display) show(ctx context.Context, look func() snapshot) {
	period := plainPeriod
	if d.Live {
		period = livePeriod
	}
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	var last snapshot
	for {
		last = d.line(look(), last)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			d.line(look(), last)
			if d.Live {
				fmt.Fprintln(d.Out)
			}
			return
		}
	}
}

// line writes one state, with the rate since the one before.
func (d Display) line(now, before snapshot) snapshot {
	if passed := (now.elapsed - before.elapsed).Seconds(); passed > 0 {
		now.rate = float64(now.received-before.received) / passed
	}
	if d.Live {
		fmt.Fprintf(d.Out, "\r\x1b[K%v", now)
	} else {
		fmt.Fprintln(d.Out, now)
	}
	return now
}
