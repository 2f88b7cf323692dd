package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"

	"hexspot/radio"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// uplink is a good LoRaWAN frame with a number in it.
func uplink(n int) radio.Uplink {
	return radio.Uplink{
		Gateway: radio.EUI{1, 2, 3, 4, 5, 6, 7, 8},
		PHYPayload: []byte{0x40, 0xaa, 0xbb, 0xcc, 0xdd, 0x80, byte(n), byte(n >> 8), 1, 0xa1, 0xb2, 0xc3, 0xd4,
			byte(n), byte(n >> 8), byte(n >> 16)},
		Frequency:  868_100_000,
		Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5},
		CRC:        radio.CRCOK, RSSI: -8000, SNR: 500,
		Timestamp: radio.Timestamp{Session: 7, Micros: uint64(n)},
	}
}

func number(f *Frame) int { return int(f.Timestamp.Micros) }

// fakeAir is a Receiver fed by a test.
type fakeAir struct {
	uplinks chan radio.Uplink
	broken  chan error
}

func newAir() *fakeAir {
	return &fakeAir{uplinks: make(chan radio.Uplink, 1000), broken: make(chan error, 1)}
}

func (a *fakeAir) Receive(ctx context.Context) (radio.Uplink, error) {
	select {
	case u := <-a.uplinks:
		return u, nil
	case err := <-a.broken:
		return radio.Uplink{}, err
	case <-ctx.Done():
		return radio.Uplink{}, ctx.Err()
	}
}

// fakeAck is an acknowledgement that a test gives.
type fakeAck struct {
	done chan struct{}
	err  error
}

func (a *fakeAck) Done() <-chan struct{} { return a.done }
func (a *fakeAck) Error() error          { return a.err }

// fakeNetwork is a Destination that a test steers. The zero policy takes and
// acknowledges everything at once.
type fakeNetwork struct {
	mu       sync.Mutex
	away     chan struct{} // closed when it may be connected to
	final    error         // of Connect
	silent   bool          // does not acknowledge
	generous bool          // acknowledges two frames when a session is closed
	mute     bool          // leaves acknowledgements open when a connection is lost
	stuck    bool          // Send waits until its context ends or the connection is lost
	refuseIn int           // so many Sends from now on, one fails; 1 is the next, 0 none
	session  *fakeSession
	sessions int
	taken    []*Frame // every frame sent, resends included
	acked    []*Frame
	again    []*Frame // sent after they were acknowledged: a fault of the forwarder
}

func newNetwork() *fakeNetwork {
	n := &fakeNetwork{away: make(chan struct{})}
	close(n.away)
	return n
}

func (n *fakeNetwork) Name() string { return "fake" }

func (n *fakeNetwork) Connect(ctx context.Context) (Session, error) {
	n.mu.Lock()
	away, final := n.away, n.final
	n.mu.Unlock()
	if final != nil {
		return nil, final
	}
	select {
	case <-away:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sessions++
	n.session = &fakeSession{network: n, done: make(chan struct{})}
	return n.session, nil
}

// leave makes the network one that cannot be connected to.
func (n *fakeNetwork) leave() {
	n.be(func() {
		select {
		case <-n.away:
			n.away = make(chan struct{})
		default:
		}
	})
}

// comeBack ends leave.
func (n *fakeNetwork) comeBack() {
	n.be(func() {
		select {
		case <-n.away:
		default:
			close(n.away)
		}
	})
}

// cut loses the connection with everything that is not acknowledged.
func (n *fakeNetwork) cut() {
	n.mu.Lock()
	s := n.session
	n.mu.Unlock()
	if s != nil {
		s.end(errors.New("connection lost"))
	}
}

func (n *fakeNetwork) be(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

// acknowledge acknowledges what is open in the present session, oldest first.
func (n *fakeNetwork) acknowledge(most int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.session == nil {
		return
	}
	n.session.acknowledge(most)
}

func (n *fakeNetwork) numbers(frames func() []*Frame) (list []int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range frames() {
		list = append(list, number(f))
	}
	return list
}

func (n *fakeNetwork) refuses() bool {
	if n.refuseIn == 0 {
		return false
	}
	n.refuseIn--
	return n.refuseIn == 0
}

type open struct {
	frame *Frame
	ack   *fakeAck
}

type fakeSession struct {
	network *fakeNetwork
	done    chan struct{}
	once    sync.Once
	open    []open // guarded by the network's mutex
	closed  bool
}

func (s *fakeSession) Send(ctx context.Context, f *Frame) (Ack, error) {
	s.network.mu.Lock()
	defer s.network.mu.Unlock()
	if s.network.stuck {
		return nil, s.hang(ctx)
	}
	if s.closed || s.network.refuses() {
		return nil, errors.New("cannot send")
	}
	if slices.Contains(s.network.acked, f) {
		s.network.again = append(s.network.again, f)
	}
	ack := &fakeAck{done: make(chan struct{})}
	s.network.taken = append(s.network.taken, f)
	s.open = append(s.open, open{f, ack})
	if !s.network.silent {
		s.acknowledge(len(s.open))
	}
	return ack, nil
}

func (s *fakeSession) hang(ctx context.Context) error {
	s.network.mu.Unlock()
	defer s.network.mu.Lock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		return errors.New("cannot send")
	}
}

func (s *fakeSession) acknowledge(most int) {
	for ; most > 0 && len(s.open) > 0; most-- {
		s.network.acked = append(s.network.acked, s.open[0].frame)
		close(s.open[0].ack.done)
		s.open = s.open[1:]
	}
}

func (s *fakeSession) Done() <-chan struct{} { return s.done }

func (s *fakeSession) Close() {
	s.network.be(func() {
		if s.network.generous {
			s.acknowledge(2)
		}
	})
	s.end(errors.New("closed"))
}

func (s *fakeSession) end(err error) {
	s.once.Do(func() {
		s.network.mu.Lock()
		defer s.network.mu.Unlock()
		s.closed = true
		close(s.done)
		if s.network.mute {
			return
		}
		for _, o := range s.open {
			o.ack.err = err
			close(o.ack.done)
		}
		s.open = nil
	})
}
