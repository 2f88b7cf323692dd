package broker

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"sync/atomic"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"

	"hexspot/radio"
)

// Options are what a broker works with besides its configuration.
type Options struct {
	Bindings Bindings // which station has which EUI; nil: in memory, for as long as the broker lives
	Log      *slog.Logger

	// Durable, if set, takes every message of a station before its PUBACK goes
	// out. If it fails, the station is disconnected without one, and resends; with
	// ErrLater not at once.
	Durable func(context.Context, Message) error

	// SealReports: what stations publish below hexspot/ is for Durable alone, and no
	// subscriber gets it. Until its case closes, a report is its sender's.
	SealReports bool
}

// Message is one that a station has published.
type Message struct {
	Station radio.Station
	EUI     radio.EUI // zero: the station has named none, and the topic is below hexspot/
	Topic   string
	QoS     byte         // 0: the station does not wait for an answer
	Payload []byte       // valid during the call only
	From    netip.Prefix // of the connection: an IPv4 address, or the /64 of an IPv6 one
}

// Broker is an MQTT 3.1.1 and 5 broker.
type Broker struct {
	config  Config
	options Options
	log     *refusalLog
	server  *mochi.Server
	doors   []*door
	hook    *hook
	guests  *guests

	refused refusals

	// running ends when the broker stops: mochi's hooks get no context.
	running context.Context
	stop    context.CancelFunc
}

// inlineClientID is the broker's own client.
const inlineClientID = "inline"

// stopLimit is how long a stop may take.
const stopLimit = 1500 * time.Millisecond

// New checks the configuration and opens the listeners; Run serves them.
func New(config Config, options Options) (*Broker, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config.Limits = config.Limits.withDefaults()
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.Bindings == nil {
		options.Bindings = NewMemoryBindings()
	}
	b := &Broker{config: config, options: options, log: newRefusalLog(options.Log), guests: newGuests(config.Limits)}
	b.running, b.stop = context.WithCancel(context.Background())
	var err error
	if b.hook, err = newHook(b); err != nil {
		return nil, err
	}
	b.server = mochi.New(b.serverOptions())
	if err := b.server.AddHook(b.hook, nil); err != nil {
		return nil, fmt.Errorf("setting up the broker: %w", err)
	}
	if b.doors, err = openDoors(config, b.enter); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Broker) serverOptions() *mochi.Options {
	limits := b.config.Limits
	capabilities := mochi.NewDefaultServerCapabilities()
	capabilities.MaximumClients = int64(limits.Connections)
	capabilities.MaximumClientWritesPending = int32(limits.WritesPending)
	capabilities.MaximumPacketSize = uint32(limits.PacketBytes)
	capabilities.MaximumInflight = uint16(limits.InFlight)
	capabilities.ReceiveMaximum = uint16(min(limits.InFlight, math.MaxUint16))
	capabilities.MaximumSessionExpiryInterval = 0
	capabilities.MaximumMessageExpiryInterval = 0 // no end: mochi would drop retained states after it
	capabilities.TopicAliasMaximum = 0            // rights are asked for the topic in the packet
	return &mochi.Options{
		Capabilities: capabilities,
		InlineClient: true,
		Logger:       slog.New(slog.DiscardHandler), // what matters is logged here
		// A subscriber reads $SYS from memory; nobody needs it every second.
		SysTopicResendInterval: 60,
	}
}

// Addresses are the URLs the broker listens at, "tcp://127.0.0.1:1883".
func (b *Broker) Addresses() []string {
	var urls []string
	for _, d := range b.doors {
		urls = append(urls, d.url())
	}
	return urls
}

// Run serves until ctx ends, then disconnects every client.
func (b *Broker) Run(ctx context.Context) error {
	if err := b.server.Serve(); err != nil {
		return fmt.Errorf("starting the broker: %w", err)
	}
	for _, d := range b.doors {
		go d.serve(b.admit)
	}
	<-ctx.Done()
	done := make(chan error, 1)
	go func() { done <- b.close() }()
	select {
	case err := <-done:
		return err
	case <-time.After(stopLimit):
		return nil // what hangs is left behind
	}
}

func (b *Broker) close() error {
	b.stop()
	for _, d := range b.doors {
		d.close()
	}
	b.guests.close()
	return b.server.Close()
}

// Publish publishes for the operator, with no rights asked. The payload must not
// change afterwards.
func (b *Broker) Publish(topic string, payload []byte, retain bool) error {
	if err := b.server.Publish(topic, payload, retain, 1); err != nil {
		return fmt.Errorf("publishing to %s: %w", topic, err)
	}
	return nil
}

// Counters are counts since the start.
type Counters struct {
	Connected int64 // clients now
	Received  int64 // messages from clients
	Delivered int64 // messages to clients
	Dropped   int64 // messages for clients that were too slow
	Refused   int64 // of any kind

	RefusedBy map[string]int64 // the same by kind, such as RefusedLogin
}

// Counters are the counts now.
func (b *Broker) Counters() Counters {
	info := b.server.Info
	return Counters{
		Connected: atomic.LoadInt64(&info.ClientsConnected),
		Received:  atomic.LoadInt64(&info.MessagesReceived),
		Delivered: atomic.LoadInt64(&info.MessagesSent),
		Dropped:   atomic.LoadInt64(&info.MessagesDropped),
		Refused:   b.refused.all(),
		RefusedBy: b.refused.each(),
	}
}

// refuse counts and logs what a client was refused, without secrets.
func (b *Broker) refuse(kind string, args ...any) {
	b.refused.add(kind)
	b.log.warn(kind, args...)
}

// refuseOf counts and logs what one client may do again each second.
func (b *Broker) refuseOf(kind, name string, args ...any) {
	b.refused.add(kind)
	b.log.warnOf(kind, name, args...)
}
