package demo

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/hotspot"
	"hexspot/cmd/internal/lns"
	"hexspot/cmd/internal/mqttlink"
	"hexspot/cmd/internal/proof"
	"hexspot/cmd/internal/town"
	"hexspot/cmd/internal/town/page"
	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// How the end of a town is waited for: the last frames of devices, then all that is
// open. The longest is a join accept in RX2 after 6 s, with 1.5 s on the air.
const (
	lastFrames  = 3 * time.Second
	settleMost  = 12 * time.Second
	demoNetwork = 0x48 // NetID of an experimental network, type 0
)

// townSession is one run of a town.
type townSession struct {
	config   Town
	places   places
	checker  *checker
	proof    *proof.Downlinks
	ears     *ears
	air      *emulator.Air
	fleet    fleet
	dwellers *dwellers
	server   *lns.Client
	recorder *town.Recorder
	cover    *cover // nil: no proof of coverage
	phase    atomic.Pointer[town.Phase]
	last     atomic.Pointer[town.Snapshot]

	start, booted, ended time.Time
	lived                time.Duration // CPU time between the last two
	final                serverFacts
}

// serverFacts are what the network server knew at the end.
type serverFacts struct {
	counts lns.Counts
	tally  lns.Tally
	open   int
}

func newTownSession(c Town) (*townSession, error) {
	p, err := newPlaces(c)
	if err != nil {
		return nil, err
	}
	s := &townSession{config: c, places: p, checker: newChecker(), start: time.Now()}
	s.ears = newEars(s.checker)
	s.proof = proof.NewDownlinks(p.plan, p.gains())
	s.checker.patient = true
	s.checker.matched = func(r Reception, a arrival) { s.proof.Uplink(a.hotspot, a.context, r.Frame.End) }
	if s.air, err = emulator.NewAir(p.air, s.ears.observe); err != nil {
		return nil, err
	}
	s.ears.air = s.air
	s.enter(town.Starting)
	return s, s.serverFor(p)
}

func (p places) gains() map[radio.EUI]radio.DB {
	all := map[radio.EUI]radio.DB{}
	for _, h := range p.hotspots {
		all[h.eui] = h.station.Gain
	}
	return all
}

// serverFor makes the network server, with the devices registered.
func (s *townSession) serverFor(p places) error {
	config := lns.Config{Plan: p.plan, Network: lorawan.NetID{0, 0, demoNetwork}, Seed: s.config.Seed, Downlinks: answers, ClassC: sendToC, RX2Rate: secondRate(p.plan)}
	for _, d := range p.devices {
		config.Devices = append(config.Devices, lns.Registration{Credentials: d.config.Credentials, ClassC: d.config.Class == device.ClassC})
	}
	server, err := lns.New(config)
	if err != nil {
		return err
	}
	s.recorder = town.NewRecorder(p.plan, time.Now())
	s.server = lns.NewClient(server, p.plan.Topic(), s.recorder.Take)
	return nil
}

func (s *townSession) enter(p town.Phase) { s.phase.Store(&p) }

// run starts the parts in the order in which they need each other and lets the town
// live; they stop in the reverse order.
func (s *townSession) run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	broker, stop, err := startBroker(ctx, fail, s.config.Broker, s.config.coverConfig(), s.config.Log)
	if err != nil {
		return err
	}
	defer stop()
	forget, err := s.takeCover(ctx, broker)
	if err != nil {
		return cause(ctx, err)
	}
	defer forget()
	observer, err := s.observe(ctx, broker.observer)
	if err != nil {
		return err
	}
	defer observer.Close()
	defer background(ctx, fail, observer.Watch)()
	if s.fleet, err = newFleet(s.places.euis(), s.boxes(broker)); err != nil {
		return err
	}
	defer s.record()()
	if err := s.populate(); err != nil {
		return err
	}
	defer background(ctx, fail, s.air.Run)()
	defer background(ctx, fail, s.fleet.run)()
	stopServer, err := s.serve(ctx, fail, broker.server)
	if err != nil {
		return cause(ctx, err)
	}
	defer stopServer()
	stopCourt, err := s.sit(ctx, fail, broker)
	if err != nil {
		return cause(ctx, err)
	}
	defer stopCourt()
	stopPage, err := s.showPage(ctx, fail)
	if err != nil {
		return err
	}
	defer stopPage()
	defer background(ctx, fail, func(ctx context.Context) error { return s.config.Screen.Show(ctx, s.snapshot) })()
	return cause(ctx, s.live(ctx, fail))
}

// observe connects the proof's own client.
func (s *townSession) observe(ctx context.Context, at mqttlink.Access) (*mqttlink.Link, error) {
	prefix := s.places.plan.Topic()
	uplinks := mqttlink.Uplinks(prefix)
	return mqttlink.Open(ctx, at, append(proof.Topics(prefix), uplinks), func(topic string, payload []byte) {
		if isUplink(topic) {
			s.checker.take(topic, payload)
			return
		}
		s.proof.Take(topic, payload)
	})
}

func (p places) euis() []radio.EUI {
	list := make([]radio.EUI, len(p.hotspots))
	for i, h := range p.hotspots {
		list[i] = h.eui
	}
	return list
}

func (s *townSession) boxes(b meetingPoint) maker {
	made := boxes{
		plan: s.places.plan, output: b.output, antenna: hotspot.Antenna{GainDBi: roofGain.Float()}, log: s.config.Log,
	}
	if s.cover != nil {
		made.equip = s.cover.equip
	}
	return made.make
}

// record takes down what each chip sends, until stop, which waits for the last.
func (s *townSession) record() (stop func()) {
	var stops []func()
	for _, m := range s.fleet {
		sent, cancel := m.chip.Subscribe()
		quit, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			s.transcribe(m.eui, sent, quit)
		}()
		stops = append(stops, func() { cancel(); close(quit); <-done })
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// transcribe ends with quit, when nothing is left.
func (s *townSession) transcribe(hotspot radio.EUI, sent <-chan emulator.Transmission, quit <-chan struct{}) {
	for {
		select {
		case t := <-sent:
			s.transmitted(hotspot, t)
		case <-quit:
			for len(sent) > 0 {
				s.transmitted(hotspot, <-sent)
			}
			return
		}
	}
}

// transmitted tells the proofs of what a chip has sent. A beacon is on nobody's command.
func (s *townSession) transmitted(hotspot radio.EUI, t emulator.Transmission) {
	if s.cover != nil && proof.IsBeacon(t.Payload) {
		s.proof.Uncommanded(hotspot, t)
		s.cover.sent(hotspot, t)
		return
	}
	s.proof.Transmitted(hotspot, t)
}

// populate puts hotspots and devices into the air.
func (s *townSession) populate() (err error) {
	for i, m := range s.fleet {
		s.ears.hotspots[s.air.Join(m.chip, s.places.hotspots[i].station)] = m.eui
	}
	if s.cover != nil {
		s.cover.enter(s.air, s.ears)
	}
	s.dwellers, err = newDwellers(s.places, s.air)
	return err
}

// serve starts the network server and waits until it hears.
func (s *townSession) serve(ctx context.Context, fail context.CancelCauseFunc, at mqttlink.Access) (stop func(), err error) {
	ready := make(chan struct{})
	stop = background(ctx, fail, func(ctx context.Context) error {
		return s.server.Run(ctx, at, func() { close(ready) })
	})
	select {
	case <-ready:
		return stop, nil
	case <-ctx.Done():
		stop()
		return nil, context.Cause(ctx)
	}
}

// showPage opens the page, if there is to be one.
func (s *townSession) showPage(ctx context.Context, fail context.CancelCauseFunc) (stop func(), err error) {
	at := s.config.Page
	if at.Listen == "" {
		return func() {}, nil
	}
	p, err := page.New(at.Listen, s.snapshot)
	if at.OrElse && errors.Is(err, syscall.EADDRINUSE) {
		p, err = page.New(net.JoinHostPort("127.0.0.1", "0"), s.snapshot)
	}
	if err != nil {
		return nil, err
	}
	stop = background(ctx, fail, p.Run)
	at.Announce(p.URL())
	return stop, nil
}

// live is the town proper: hotspots boot, devices live, all that is open ends.
func (s *townSession) live(ctx context.Context, fail context.CancelCauseFunc) error {
	if err := s.fleet.awaitReady(ctx); err != nil {
		return err
	}
	if s.cover != nil {
		s.beOnline()
	}
	s.booted = time.Now()
	s.enter(town.Running)
	before, _ := cost()
	stop := background(ctx, fail, s.dwellers.run)
	err := waitUntil(ctx, s.booted.Add(s.config.For))
	if err == nil {
		err = s.awaitEnough(ctx)
	}
	stop()
	if err != nil {
		return err
	}
	s.ended = time.Now()
	if s.cover != nil {
		s.cover.endFoes()
		s.cover.last = s.cover.slotAt(s.ended)
	}
	after, _ := cost()
	s.lived = after - before
	return s.settle(ctx)
}

// settle lets end what was begun, and looks for what should not come.
func (s *townSession) settle(ctx context.Context) error {
	if err := waitUntil(ctx, s.ended.Add(lastFrames)); err != nil {
		return err
	}
	if err := s.server.Rest(ctx); err != nil {
		return err
	}
	settling, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	_ = until(settling, func() bool { return s.quiet(ctx) }) // what is open then, the verdict says
	if s.cover != nil {
		if err := waitUntil(ctx, s.cover.settled(s.cover.last)); err != nil {
			return err
		}
	}
	if err := waitUntil(ctx, time.Now().Add(quietTime)); err != nil {
		return err
	}
	s.enter(town.Ended)
	return s.server.Look(ctx, func(_ time.Duration, l *lns.Server) {
		s.final = serverFacts{l.Counts(), l.Ledger().Tally(), l.Ledger().Open()}
	})
}

// quiet says whether nothing is on its way any more.
func (s *townSession) quiet(ctx context.Context) bool {
	open := 0
	err := s.server.Look(ctx, func(_ time.Duration, l *lns.Server) { open = l.Ledger().Open() })
	return err == nil && open == 0 && s.checker.state().missing() == 0
}

// RunTown runs a town. The summary is of what has been done, also if there is an
// error; there is none only if the whole proof holds.
func RunTown(ctx context.Context, c Town) (TownSummary, error) {
	if err := c.Validate(); err != nil {
		return TownSummary{}, err
	}
	s, err := newTownSession(c.withDefaults())
	if err != nil {
		return TownSummary{}, err
	}
	err = s.run(ctx)
	sum := s.summary(err)
	if !sum.Passed {
		err = errors.New(strings.Join(sum.Problems, "; "))
	}
	return sum, err
}
