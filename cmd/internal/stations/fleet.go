package stations

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

// Config is what stations log in to and how they publish.
type Config struct {
	Count   int
	URL     string
	Network string
	Pace    time.Duration // between two messages of a station; 0: as soon as one is acknowledged
	Bytes   int           // of a payload

	Reports time.Duration  // between two reports of a station; 0: it makes none
	Timing  witness.Timing // of the network, for reports
}

// Fleet is the stations.
type Fleet struct {
	config   Config
	stations []*station
	online   atomic.Int64
	logins   atomic.Int64
	network  radio.Network // that reports are for
	entropy  *entropy      // that all of them hear of; nil without reports
	faults   faults
}

// station has one message in flight.
type station struct {
	key   keys.Key
	eui   radio.EUI
	fleet *Fleet

	mu    sync.Mutex
	acked uint64 // the messages 0 to acked-1
	took  []time.Duration

	reporter *reporter // nil: it makes no reports
}

// New makes the stations and their keys.
func New(c Config) (*Fleet, error) {
	f := &Fleet{config: c}
	if c.Reports > 0 {
		var err error
		if f.network, err = radio.ParseNetwork(c.Network); err != nil {
			return nil, err
		}
		f.entropy = newEntropy(f.network, c.Timing, &f.faults)
	}
	for n := range c.Count {
		key, err := keys.Generate(kindOf(n))
		if err != nil {
			return nil, fmt.Errorf("making a station's key: %w", err)
		}
		s := &station{key: key, fleet: f}
		binary.BigEndian.PutUint64(s.eui[:], rand.Uint64()) // an EUI belongs to its first key, also in another fleet
		if c.Reports > 0 {
			s.reporter = newReporter(key, f)
		}
		f.stations = append(f.stations, s)
	}
	return f, nil
}

// kindOf is the key of a station: one in eight has what secure elements make.
func kindOf(n int) keys.Kind {
	if n%8 == 7 {
		return keys.P256
	}
	return keys.Ed25519
}

// Run publishes until ctx ends. Stations come back whenever they are disconnected.
func (f *Fleet) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, s := range f.stations {
		all.Go(func() { s.run(ctx) })
	}
	all.Wait()
}

// Online is how many stations are connected now.
func (f *Fleet) Online() int { return int(f.online.Load()) }

// Logins is how often stations have logged in: as often as there are stations if none has
// lost its connection.
func (f *Fleet) Logins() int { return int(f.logins.Load()) }

// Acked is how many messages of each station have been acknowledged: those numbered
// from 0 on.
func (f *Fleet) Acked() map[radio.EUI]uint64 {
	acked := make(map[radio.EUI]uint64, len(f.stations))
	for _, s := range f.stations {
		s.mu.Lock()
		acked[s.eui] = s.acked
		s.mu.Unlock()
	}
	return acked
}

// Total is how many messages have been acknowledged.
func (f *Fleet) Total() (n uint64) {
	for _, acked := range f.Acked() {
		n += acked
	}
	return n
}

// Took gives the times from publication to PUBACK, and forgets them.
func (f *Fleet) Took() (all []time.Duration) {
	for _, s := range f.stations {
		s.mu.Lock()
		all = append(all, s.took...)
		s.took = nil
		s.mu.Unlock()
	}
	return all
}

// Bounds of a station's patience.
const (
	answerTimeout = 30 * time.Second
	writeTimeout  = 2 * time.Second // also that of a packet for a connection that is lost at that instant
	reconnectMost = 200 * time.Millisecond
)

// spread is the time in which stations that take their time come.
const spread = 2 * time.Second

func (s *station) run(ctx context.Context) {
	if s.fleet.config.Pace > 0 { // not all at the same instant
		Pause(ctx, rand.N(min(s.fleet.config.Pace, spread)))
	}
	for ctx.Err() == nil {
		s.session(ctx)
		Pause(ctx, rand.N(reconnectMost))
	}
}

// session publishes from one login to the loss of its connection.
func (s *station) session(ctx context.Context) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	client, err := s.login(end)
	if err != nil {
		return
	}
	s.fleet.logins.Add(1)
	s.fleet.online.Add(1)
	defer s.fleet.online.Add(-1)
	var both sync.WaitGroup
	defer both.Wait()
	over := func() { end(); client.Disconnect(0) } // what failed once ends the session
	defer over()
	if s.reporter != nil {
		both.Go(func() {
			defer over()
			s.reporter.session(ctx, client)
		})
	}
	s.uplinks(ctx, client)
}

// uplinks publishes them until one is not acknowledged.
func (s *station) uplinks(ctx context.Context, client paho.Client) {
	for ctx.Err() == nil {
		begun := time.Now()
		if !s.publish(ctx, client) {
			return
		}
		if s.fleet.config.Pace > 0 {
			Pause(ctx, time.Until(begun.Add(s.fleet.config.Pace)))
		}
	}
}

// login calls lost when the connection is.
func (s *station) login(lost func()) (paho.Client, error) {
	token, err := s.key.Token(s.fleet.config.Network, s.eui, time.Now())
	if err != nil {
		return nil, err
	}
	client := paho.NewClient(paho.NewClientOptions().AddBroker(s.fleet.config.URL).SetClientID(s.eui.String()).
		SetUsername(s.key.Station().String()).SetPassword(token).SetAutoReconnect(false).SetConnectTimeout(answerTimeout).SetWriteTimeout(writeTimeout).
		SetConnectionLostHandler(func(paho.Client, error) { lost() }))
	connected := client.Connect()
	if !connected.WaitTimeout(answerTimeout) {
		return nil, context.DeadlineExceeded
	}
	return client, connected.Error()
}

// publish sends the next message and says whether it was acknowledged.
func (s *station) publish(ctx context.Context, client paho.Client) bool {
	begun := time.Now()
	token := client.Publish("eu868/gateway/"+s.eui.String()+"/event/up", 1, false, s.payload())
	if !done(ctx, token) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked++
	s.took = append(s.took, time.Since(begun))
	return true
}

// done waits for a token and says whether it ended well. The library leaves some without
// an end when the connection is lost.
func done(ctx context.Context, token paho.Token) bool {
	timer := time.NewTimer(answerTimeout)
	defer timer.Stop()
	select {
	case <-token.Done():
		return token.Error() == nil
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// payload is the same for the same number: EUI, number, zeros.
func (s *station) payload() []byte {
	b := append(make([]byte, 0, max(16, s.fleet.config.Bytes)), s.eui[:]...)
	b = binary.BigEndian.AppendUint64(b, s.acked)
	return append(b, make([]byte, max(0, s.fleet.config.Bytes-16))...)
}

// Parse reads a payload.
func Parse(payload []byte) (eui radio.EUI, number uint64, ok bool) {
	if len(payload) < 16 {
		return eui, 0, false
	}
	copy(eui[:], payload)
	return eui, binary.BigEndian.Uint64(payload[8:]), true
}

// Pause waits, until ctx ends at the latest.
func Pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
