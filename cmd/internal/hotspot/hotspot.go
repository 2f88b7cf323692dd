package hotspot

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"hexspot/gateway"
	"hexspot/gateway/exec"
	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/hardware"
	"hexspot/hardware/keys"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// Parts are what a hotspot is made of.
type Parts struct {
	Open    hardware.Opener
	Chip    sx1302.Config
	Key     keys.Key
	Outputs []mqtt.Config
	Log     *slog.Logger

	ReceiveOnly bool // nobody has set the region
	Antenna     Antenna
	Transmit    Transmit
	Commands    exec.Commands // that networks may have run
	Spool       spool.Config  // where packets wait; without a path in memory only
	Coverage    CoverageConfig
}

// Hotspot is one radio and the networks that get its packets.
type Hotspot struct {
	parts        Parts
	concentrator *sx1302.Concentrator
	statistics   *gateway.Statistics
	transmitter  *gateway.Transmitter                 // nil: receive only
	runner       *exec.Runner                         // nil: no commands are permitted
	submit       func(gateway.Submission)             // nil: receive only
	counter      func() radio.Timestamp               // the concentrator's, now; nil: not known
	forwarders   atomic.Pointer[[]*gateway.Forwarder] // nil until the chip has told its EUI
	coverage     atomic.Pointer[Coverage]             // nil: none, or not yet
	claims       claims                               // freed when Run ends
}

// New joins the parts; Run starts them.
func New(p Parts) (*Hotspot, error) {
	concentrator, err := sx1302.New(p.Open, p.Chip, p.Log)
	if err != nil {
		return nil, fmt.Errorf("setting up the concentrator: %w", err)
	}
	for i, output := range p.Outputs {
		if err := output.Validate(); err != nil {
			return nil, fmt.Errorf("output %d: %w", i+1, err)
		}
	}
	h := &Hotspot{parts: p, concentrator: concentrator, statistics: gateway.NewStatistics()}
	if len(p.Commands) > 0 {
		if h.runner, err = exec.NewRunner(p.Commands); err != nil {
			return nil, fmt.Errorf("commands: %w", err)
		}
	}
	if err := h.transmit(); err != nil {
		return nil, fmt.Errorf("setting up the transmitter: %w", err)
	}
	return h, nil
}

// Ready waits until the chip receives and says what it is.
func (h *Hotspot) Ready(ctx context.Context) (sx1302.Info, error) { return h.concentrator.Ready(ctx) }

// Run works until ctx ends. The networks stop first, then the radio.
func (h *Hotspot) Run(ctx context.Context) error {
	defer h.claims.release()
	defer h.answer(ctx)()
	air, silence := context.WithCancel(context.WithoutCancel(ctx))
	defer silence()
	var radio errgroup.Group
	radio.Go(func() error { return h.concentrator.Run(air) })
	err := h.forward(ctx)
	silence()
	if stopErr := radio.Wait(); err == nil {
		err = stopErr
	}
	return err
}

// forward moves packets from the radio to the networks.
func (h *Hotspot) forward(ctx context.Context) error {
	info, err := h.Ready(ctx)
	if err != nil {
		return nil // stopped before the chip was there
	}
	disk := h.openSpool(ctx)
	defer h.closeSpool(disk)
	coverage, err := h.cover(disk)
	if err != nil {
		return err
	}
	clients, forwarders, err := h.connect(ctx, info, disk, coverage)
	if err != nil {
		return err
	}
	router := &gateway.Router{Receiver: h.concentrator, Statistics: h.statistics, Forwarders: forwarders}
	if coverage != nil {
		router.Proprietary = coverage.Hear
		h.coverage.Store(coverage)
	}
	h.forwarders.Store(&router.Forwarders)
	return h.together(ctx, router, clients, h.dutyBook(ctx, disk))
}

// connect makes a client and a forwarder for each network.
func (h *Hotspot) connect(ctx context.Context, info sx1302.Info, disk *spool.Spool, coverage *Coverage) (clients []*mqtt.Client, forwarders []*gateway.Forwarder, err error) {
	for i, output := range h.parts.Outputs {
		station := h.station(info, output)
		if coverage != nil && output.StationLogin { // there is one
			station.Coverage = coverage.side()
		}
		client, err := mqtt.New(output, station, h.parts.Log)
		if err != nil {
			return nil, nil, fmt.Errorf("output %s: %w", output.Name(), err)
		}
		if station.Coverage != nil {
			coverage.parts.Link = client
		}
		clients = append(clients, client)
		f := gateway.NewForwarder(client, output.Limits(), h.parts.Log)
		h.persist(ctx, f, disk, h.queueName(i))
		forwarders = append(forwarders, f)
	}
	return clients, forwarders, nil
}

// together runs the moving parts until ctx ends or one fails. They end one after the
// other: the radio's first; then coverage, which has heard the last frame and how the
// last beacon ended, and the book of the duty cycle; then the connections, so that the
// last reports leave.
func (h *Hotspot) together(ctx context.Context, router *gateway.Router, clients []*mqtt.Client, duty *dutyBook) error {
	group, ctx := errgroup.WithContext(ctx)
	proving, silent := context.WithCancel(context.WithoutCancel(ctx))
	connected, leave := context.WithCancel(context.WithoutCancel(ctx))
	coverage := h.coverage.Load()
	var air sync.WaitGroup
	air.Add(2)
	group.Go(func() error {
		defer air.Done()
		return h.runTransmitter(ctx)
	})
	group.Go(func() error {
		defer air.Done()
		return router.Run(ctx)
	})
	group.Go(func() error {
		defer leave()
		air.Wait()
		silent()
		coverage.join()
		return nil
	})
	if duty != nil {
		group.Go(func() error { return duty.run(proving) })
	}
	if coverage != nil {
		group.Go(func() error { return coverage.Run(proving) })
	}
	if h.runner != nil {
		group.Go(func() error { return h.runner.Run(ctx) })
	}
	for _, f := range router.Forwarders {
		group.Go(func() error { return f.Run(connected) })
	}
	for _, c := range clients {
		group.Go(func() error { return c.Run(connected) })
	}
	return group.Wait()
}

// answer has whoever asks answered, from the start on: a hotspot without a chip is asked why
// first of all. It ends with ctx or when end is called.
func (h *Hotspot) answer(ctx context.Context) (end func()) {
	if !h.parts.Coverage.Enabled {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	for _, s := range h.sockets() {
		group.Go(func() { h.serve(ctx, s.socket, s.answer) })
	}
	return func() {
		stop()
		group.Wait()
	}
}

// asked is a socket and who answers there.
type asked struct {
	socket socket
	answer func(context.Context, net.Conn) error
}

// sockets are where the running hotspot is asked. What makes it send has one of its
// own: a status may be anybody's to read.
func (h *Hotspot) sockets() []asked {
	c := h.parts.Coverage
	return []asked{
		{socket{"hexspot status", c.Status, false}, h.tellStatus},
		{socket{"hexspot discover", c.Control, true}, h.control},
	}
}

// runTransmitter transmits until ctx ends, if anything may be transmitted.
func (h *Hotspot) runTransmitter(ctx context.Context) error {
	if h.transmitter == nil {
		<-ctx.Done()
		return nil
	}
	return h.transmitter.Run(ctx)
}

// Counters tell what became of the packets, since start.
type Counters struct {
	Read      uint64 `json:"read"`      // uplinks taken out of the chip, of any CRC
	Forwarded uint64 `json:"forwarded"` // LoRaWAN frames with a good CRC
	Acked     uint64 `json:"acked"`     // acknowledged, summed over the outputs
	Dropped   uint64 `json:"dropped"`   // because a queue was full, summed over the outputs
}

// Counters are the counts now.
func (h *Hotspot) Counters() Counters {
	c := Counters{
		Read:      h.concentrator.Status().Uplinks,
		Forwarded: h.statistics.Totals().PerOutcome[gateway.Forwarded],
	}
	if all := h.forwarders.Load(); all != nil {
		for _, f := range *all {
			n := f.Counters()
			c.Acked += n.Acked
			c.Dropped += n.Dropped
		}
	}
	return c
}
