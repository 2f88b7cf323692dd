package gateway

import (
	"context"
	"errors"
	"testing"

	"hexspot/radio"
)

var errEnough = errors.New("enough")

// metered is a radio and a network in one: at most cap(room) frames are between
// them. The network acknowledges at once.
type metered struct {
	b      *testing.B
	room   chan struct{}
	ack    given
	uplink radio.Uplink
}

func (m *metered) Receive(context.Context) (radio.Uplink, error) {
	m.room <- struct{}{}
	if !m.b.Loop() {
		return radio.Uplink{}, errEnough
	}
	return m.uplink, nil
}

func (m *metered) Name() string                             { return "metered" }
func (m *metered) Connect(context.Context) (Session, error) { return m, nil }
func (m *metered) Close()                                   {}
func (m *metered) Done() <-chan struct{}                    { return nil }

func (m *metered) Send(context.Context, *Frame) (Ack, error) {
	<-m.room
	return m.ack, nil
}

// given is an acknowledgement that is there at once: a closed channel.
type given chan struct{}

func (g given) Done() <-chan struct{} { return g }
func (given) Error() error            { return nil }

// BenchmarkRouter is the way of an uplink from the radio through the router and a
// forwarder to the acknowledgement: one frame at a time, as over the air, and as
// many as there can be.
func BenchmarkRouter(b *testing.B) {
	b.Run("single", func(b *testing.B) { benchmarkRouter(b, 1) })
	b.Run("full", func(b *testing.B) { benchmarkRouter(b, 1024) })
}

func benchmarkRouter(b *testing.B, room int) {
	b.ReportAllocs()
	m := &metered{b, make(chan struct{}, room), make(given), uplink(1)}
	close(m.ack)
	f := NewForwarder(m, Limits{}, quiet())
	ctx, cancel := context.WithCancel(b.Context())
	forwarded := make(chan error, 1)
	go func() { forwarded <- f.Run(ctx) }()
	r := &Router{Receiver: m, Forwarders: []*Forwarder{f}, Statistics: NewStatistics()}
	if err := r.Run(ctx); !errors.Is(err, errEnough) {
		b.Fatal(err)
	}
	cancel()
	if err := <-forwarded; err != nil {
		b.Fatal(err)
	}
	c := f.Counters()
	if offered := uint64(b.N); c.Offered != offered || c.Dropped != 0 || c.Acked+uint64(c.Queued) != offered || c.Queued > room {
		b.Fatalf("%d uplinks, %+v", b.N, c)
	}
}
