package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/cmd/internal/network"
	"hexspot/radio"
)

// Bounds of waiting.
const (
	stallTimeout  = 30 * time.Second       // frames are on their way and nothing moves
	settleTimeout = 5 * time.Second        // for the last counters after the last frame
	quietTime     = 500 * time.Millisecond // for what should not come
	lookPeriod    = 20 * time.Millisecond
)

// session is one run of a demo.
type session struct {
	config   Config
	script   Script
	checker  *checker
	injector *injector
	fleet    fleet

	start   time.Time
	booted  time.Time
	arrived time.Time // the last frame
}

func newSession(c Config, script Script) *session {
	s := &session{config: c, script: script, checker: newChecker(), start: time.Now()}
	s.injector = &injector{script: script, speed: *c.Speed, most: c.For, checker: s.checker, window: newWindow(script.Hotspots, c.underway())}
	return s
}

// run starts the parts, shows their work, and stops them: hotspots first, the
// broker last.
func (s *session) run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	broker, stop, err := startBroker(ctx, fail, s.config.Broker, network.CoverageConfig{}, s.config.Log)
	if err != nil {
		return err
	}
	defer stop()
	o, err := mqttlink.Open(ctx, broker.observer, []string{mqttlink.Uplinks(s.script.Plan.Topic())}, receive(s.checker, s.injector.window))
	if err != nil {
		return err
	}
	defer o.Close()
	if s.fleet, err = newFleet(s.script.Hotspots, boxes{plan: s.script.Plan, output: broker.output, log: s.config.Log}.make); err != nil {
		return err
	}
	s.injector.antennas = s.fleet.antennas()
	defer background(ctx, fail, s.fleet.run)()
	defer background(ctx, fail, o.Watch)()
	defer background(ctx, fail, s.watch)()
	defer background(ctx, fail, s.display)()
	if err := s.show(ctx); err != nil {
		return cause(ctx, err)
	}
	return s.faults()
}

// cause prefers what ended everything to what that ended.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// show is the demo proper: boot, inject, wait for the last frame.
func (s *session) show(ctx context.Context) error {
	if err := s.fleet.awaitReady(ctx); err != nil {
		return err
	}
	s.booted = time.Now()
	if err := s.injector.run(ctx); err != nil {
		return err
	}
	if err := until(ctx, func() bool { return s.checker.state().missing() == 0 }); err != nil {
		return err
	}
	s.arrived = time.Now()
	return s.settle(ctx)
}

// settle waits for the hotspots' last counts, and for frames that should not come.
func (s *session) settle(ctx context.Context) error {
	counting, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	_ = until(counting, s.counted) // what is missing then, faults says
	return waitUntil(ctx, time.Now().Add(quietTime))
}

func (s *session) counted() bool {
	c := s.fleet.counts()
	return int64(c.Read) >= s.injector.injected.Load() && int(c.Acked) >= s.checker.state().Matched
}

// watch fails when frames are on their way and nothing moves any more.
func (s *session) watch(ctx context.Context) error {
	last, since := -1, time.Now()
	for {
		v := s.checker.state()
		if v.missing() == 0 || v.Expected+v.Received != last {
			last, since = v.Expected+v.Received, time.Now()
		}
		if time.Since(since) > stallTimeout {
			return fmt.Errorf("nothing has moved for %v: %d of %d frames have not arrived", stallTimeout, v.missing(), v.Expected)
		}
		if err := waitUntil(ctx, time.Now().Add(time.Second)); err != nil {
			return nil
		}
	}
}

func (s *session) display(ctx context.Context) error {
	s.config.Display.show(ctx, s.snapshot)
	return nil
}

func (s *session) snapshot() snapshot {
	return snapshot{
		elapsed: time.Since(s.start), booted: s.fleet.booted(), hotspots: len(s.fleet),
		injected: int(s.injector.injected.Load()), total: len(s.script.Receptions),
		counts: s.fleet.counts(), received: s.checker.state().Received,
	}
}

// faults is why the demo has failed, nil if it has not.
func (s *session) faults() error {
	var all []error
	v, c := s.checker.state(), s.fleet.counts()
	if n := v.missing(); n > 0 {
		all = append(all, fmt.Errorf("%d of %d good frames have not arrived", n, v.Expected))
	}
	if !v.clean() {
		all = append(all, errors.New("what arrived is not what was on the air"))
	}
	if v.Expected == 0 {
		all = append(all, errors.New("no good frame was injected"))
	}
	if injected := s.injector.injected.Load(); int64(c.Read) != injected {
		all = append(all, fmt.Errorf("the hotspots have read %d of %d frames", c.Read, injected))
	}
	if int(c.Acked) != v.Matched {
		all = append(all, fmt.Errorf("%d frames arrived, but %d were acknowledged to the hotspots", v.Matched, c.Acked))
	}
	return errors.Join(all...)
}

// missingMost names the hotspots that lack most frames.
func (s *session) missingMost() []string {
	by := s.checker.missingBy()
	euis := slices.SortedFunc(maps.Keys(by), func(a, b radio.EUI) int { return by[b] - by[a] })
	var list []string
	for _, eui := range euis[:min(len(euis), shownMost)] {
		list = append(list, fmt.Sprintf("hotspot %s: %d frames missing", eui, by[eui]))
	}
	return list
}

// summary is what was found; err is why it failed.
func (s *session) summary(err error) Summary {
	cpu, memory := cost()
	sum := Summary{
		Source: filepath.Base(s.config.Replay), Region: s.script.Plan.Name, Broker: brokerName(s.config.Broker), Speed: s.config.Speed.String(),
		Hotspots: len(s.script.Hotspots), Skipped: s.script.Skipped,
		Injected: int(s.injector.injected.Load()), InjectedBad: int(s.injector.bad.Load()),
		counts: s.fleet.counts(), verdict: s.checker.state(), MissingBy: s.missingMost(),
		BootSeconds: between(s.start, s.booted), FrameSeconds: between(s.booted, s.arrived), TotalSeconds: time.Since(s.start).Seconds(),
		CPUSeconds: cpu.Seconds(), MemoryBytes: memory, Passed: err == nil,
	}
	sum.Missing = sum.verdict.missing()
	if sum.FrameSeconds > 0 {
		sum.FramesASecond = float64(sum.Matched) / sum.FrameSeconds
	}
	if err != nil {
		sum.Problem = err.Error()
	}
	return sum
}

func between(a, b time.Time) float64 {
	if a.IsZero() || b.IsZero() {
		return 0
	}
	return b.Sub(a).Seconds()
}
