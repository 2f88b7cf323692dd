package bench

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/hardware/emulator"
)

// Config says what to measure, and with what.
type Config struct {
	Hexspot   string        // the program that is measured
	Hexnet    string        // the program that emulates and serves
	ServeTOML string        // configuration of a broker on a free port of 127.0.0.1
	Runs      int           // of which the median counts
	Idle      time.Duration // how long the idle hotspot is looked at
	Coverage  bool          // with proof of coverage, in hotspot and network
	Progress  io.Writer

	Firmware func(dir string) error                     // writes images the emulator takes
	Account  func(data string) (mqttlink.Access, error) // makes an account that may hear all and command all
}

// loads are those measured in each run, in this order.
var loads = []load{{10, 100}, {100, 1000}, {0, 5000}}

// result is one run's.
type result struct {
	boot    time.Duration
	idleCPU float64 // share of a processor
	idle    memory
	latency latency
	costs   []cost // of loads
}

// Run measures and writes a table of medians to out.
func Run(ctx context.Context, c Config, out io.Writer) error {
	bytes, err := size(c.Hexspot)
	if err != nil {
		return fmt.Errorf("the hotspot program: %w", err)
	}
	good, err := frames()
	if err != nil {
		return err
	}
	var results []result
	for i := range c.Runs {
		fmt.Fprintf(c.Progress, "run %d of %d\n", i+1, c.Runs)
		r, err := once(ctx, c, good)
		if err != nil {
			return fmt.Errorf("run %d: %w", i+1, err)
		}
		results = append(results, r)
	}
	town, err := measureTown(ctx, c.Hexnet, c.Progress)
	if err != nil {
		return err
	}
	return writeTable(out, bytes, results, town)
}

// once measures with processes of its own.
func once(ctx context.Context, c Config, good []emulator.Frame) (result, error) {
	r, err := newRig(ctx, c)
	if err != nil {
		return result{}, err
	}
	found, err := r.measure(ctx, c, good)
	if err != nil {
		err = fmt.Errorf("%w\nthe processes' log ends:\n%s", err, r.tail())
	}
	return found, cmp.Or(err, r.close())
}

func (r *rig) measure(ctx context.Context, c Config, good []emulator.Frame) (found result, err error) {
	hotspot, boot, err := r.hotspot(ctx, c)
	if err != nil {
		return result{}, err
	}
	defer func() { err = cmp.Or(err, hotspot.stop()) }()
	found.boot = boot
	warm := load{rate: 100, count: 50} // connects, and grows what grows once
	if _, err := r.apply(ctx, hotspot, warm, good); err != nil {
		return result{}, err
	}
	if found.idleCPU, found.idle, err = idle(ctx, hotspot, c.Idle); err != nil {
		return result{}, err
	}
	if found.latency, err = r.commands(ctx); err != nil {
		return result{}, fmt.Errorf("commands: %w", err)
	}
	for _, l := range loads {
		cost, err := r.apply(ctx, hotspot, l, good)
		if err != nil {
			return result{}, err
		}
		found.costs = append(found.costs, cost)
	}
	return found, nil
}

func idle(ctx context.Context, p *process, long time.Duration) (share float64, m memory, err error) {
	before, err := cpu(p.id())
	if err != nil {
		return 0, memory{}, err
	}
	begun := time.Now()
	if err := sleep(ctx, long); err != nil {
		return 0, memory{}, err
	}
	after, err := cpu(p.id())
	if err != nil {
		return 0, memory{}, err
	}
	m, err = memoryOf(p.id())
	return float64(after-before) / float64(time.Since(begun)), m, err
}

// median of a figure over all runs.
func median[T cmp.Ordered](results []result, figure func(result) T) T {
	all := make([]T, len(results))
	for i, r := range results {
		all[i] = figure(r)
	}
	slices.Sort(all)
	return all[len(all)/2]
}
