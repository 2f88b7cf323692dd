package sx1302

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// Concentrator keeps one chip running: it opens the bus, starts the chip, reads
// what it hears, sends what it is told and looks after it. One goroutine, that of
// Run, touches the chip; all methods may be called from any.
type Concentrator struct {
	open   hardware.Opener
	config Config
	log    *slog.Logger

	planning *planning // takes the place of config.Plan

	uplinks chan radio.Uplink
	ready   chan struct{} // closed at the first start
	once    sync.Once

	told     string // the latest error logged; Run's own, as is
	coldTold bool   // that the board has no sensor

	chain txChain

	mu      sync.Mutex
	status  Status
	tx      *transmitter // of the running chip; nil: none runs
	counter reading      // the latest
	pulses  pulses       // of the running chip
}

// pollSize is the most uplinks one poll finds, queueSize what is kept of them for a
// caller of Receive who is late.
const (
	pollSize  = (RXFIFOSize + largestPacket) / smallestPacket
	queueSize = pollSize + 64
)

// New checks the config and makes a Concentrator; the bus is opened by Run.
func New(open hardware.Opener, config Config, log *slog.Logger) (*Concentrator, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	chain, err := config.txChain()
	if err != nil {
		return nil, err
	}
	return &Concentrator{
		open: open, config: config, log: log, chain: chain,
		planning: newPlanning(config.Plan),
		uplinks:  make(chan radio.Uplink, queueSize),
		ready:    make(chan struct{}),
		status:   Status{State: StateIdle, Since: time.Now()},
	}, nil
}

// Receive waits for the next uplink. When nobody takes uplinks, they stay in the
// chip, whose buffer of 4 kB drops what comes when it is full; after a minute of
// that the chip is started again, because the times of what waits there are not
// known. The only error is the context's.
func (c *Concentrator) Receive(ctx context.Context) (radio.Uplink, error) {
	select {
	case u := <-c.uplinks:
		return u, nil
	case <-ctx.Done():
		return radio.Uplink{}, ctx.Err()
	}
}

// Ready waits for the first start of the chip and says what it is. The only error
// is the context's; Status tells why it takes long.
func (c *Concentrator) Ready(ctx context.Context) (Info, error) {
	select {
	case <-c.ready:
		return c.Status().Info, nil
	case <-ctx.Done():
		return Info{}, ctx.Err()
	}
}

// Run works until ctx ends, then stops transmissions, closes the bus and returns
// nil. Every error is a reason to try again: see Status for the latest.
func (c *Concentrator) Run(ctx context.Context) error {
	retry := backoff{}
	for ctx.Err() == nil {
		ran, err := c.attempt(ctx)
		if ctx.Err() != nil {
			break
		}
		if ran {
			retry = backoff{}
		}
		c.fail(err)
		if pause(ctx, retry.next()) != nil {
			break
		}
	}
	c.enter(StateStopped)
	return nil
}

// fail logs an error once, however often it comes again.
func (c *Concentrator) fail(err error) {
	if c.told != err.Error() {
		c.told = err.Error()
		c.log.Warn("the concentrator does not work, trying again", "error", err)
	}
	c.update(func(s *Status) { s.LastError = err.Error(); s.Failed++ })
	c.enter(StateWaiting)
}

// attempt works with one bus until an error, which it gives, and whether the chip
// ran on it.
func (c *Concentrator) attempt(ctx context.Context) (ran bool, err error) {
	c.enter(StateOpening)
	bus, err := c.open(ctx)
	if err != nil {
		return false, fmt.Errorf("opening the bus: %w", err)
	}
	defer func() { err = errors.Join(err, bus.Close()) }()
	for {
		r, info, err := c.start(ctx, bus)
		if err != nil {
			return ran, err
		}
		ran = true
		err = c.serve(ctx, r, info)
		if errors.Is(err, errReplanned) {
			c.log.Info("starting the concentrator again", "cause", err)
			continue
		}
		var stall *StallError
		if !errors.As(err, &stall) {
			return ran, errors.Join(err, c.silence(ctx, bus))
		}
		c.log.Warn("starting the concentrator again", "cause", stall.Cause)
		c.update(func(s *Status) { s.Stalls++; s.LastError = err.Error() })
	}
}

// start starts the chip and begins a session.
func (c *Concentrator) start(ctx context.Context, bus hardware.Bus) (*receiver, Info, error) {
	c.enter(StateBooting)
	config := c.config
	config.Plan = c.planning.next()
	s, err := newStarter(bus, config)
	if err != nil {
		return nil, Info{}, err
	}
	if err := s.boot(ctx); err != nil {
		return nil, Info{}, fmt.Errorf("starting the concentrator: %w", err)
	}
	r, err := newReceiver(bus, s.rxSetup(), newSession())
	if err != nil {
		return nil, Info{}, err
	}
	err = c.warm(ctx, &s.info, r)
	return r, s.info, err
}

func (c *Concentrator) announce(info Info) {
	c.told = ""
	c.update(func(s *Status) { s.Info = info; s.Starts++ })
	c.enter(StateRunning)
	c.planning.started()
	c.log.Info("concentrator started", "eui", info.EUI, "model", info.Model, "bus", info.Bus)
	c.once.Do(func() { close(c.ready) })
}

// silence stops what is being sent, and what is scheduled, when ctx has ended.
func (c *Concentrator) silence(ctx context.Context, bus hardware.Bus) error {
	if ctx.Err() == nil {
		return nil // the bus is broken, not ours to stop
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), silenceTimeout)
	defer cancel()
	return chip{bus}.write(ctx, abortSettings()...)
}

// silenceTimeout leaves time for closing the bus within half a second.
const silenceTimeout = 200 * time.Millisecond

// abortSettings clear the triggers of both transmit chains.
func abortSettings() []setting {
	var list []setting
	for i := range 2 {
		list = append(list, setting{regTXTriggerNow.on(i), 0}, setting{regTXTriggerDelayed.on(i), 0}, setting{regTXTriggerGPS.on(i), 0})
	}
	return list
}
