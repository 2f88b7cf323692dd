package mqtt

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// patience is for what must happen; a test that needs all of it fails.
const patience = time.Minute

// testBroker is a real broker that remembers what was published, with a door in
// front of it that can be slammed.
type testBroker struct {
	t      *testing.T
	server *mochi.Server
	guard  *guard

	stopped sync.Once

	mu       sync.Mutex
	messages []packets.Packet
	arrived  chan struct{}
}

// guard decides who may do what, and can keep silent instead of acknowledging.
type guard struct {
	auth.AllowHook
	broker *testBroker

	mu           sync.Mutex
	noCommands   bool
	closed       string // end or beginning of topics that nobody may subscribe to; empty: none
	name, secret string
}

func (g *guard) Provides(b byte) bool {
	return b == mochi.OnPublished || b == mochi.OnWillSent || b == mochi.OnConnectAuthenticate || b == mochi.OnACLCheck
}

func (g *guard) OnConnectAuthenticate(_ *mochi.Client, p packets.Packet) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.name == "" || g.name == string(p.Connect.Username) && g.secret == string(p.Connect.Password)
}

func (g *guard) OnACLCheck(_ *mochi.Client, topic string, write bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return write || !g.noCommands && !(g.closed != "" && (strings.HasPrefix(topic, g.closed) || strings.HasSuffix(topic, g.closed)))
}

func (g *guard) OnPublished(_ *mochi.Client, p packets.Packet) { g.broker.remember(p) }

func (g *guard) OnWillSent(_ *mochi.Client, p packets.Packet) { g.broker.remember(p) }

func (b *testBroker) remember(p packets.Packet) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.Payload = bytes.Clone(p.Payload)
	b.messages = append(b.messages, p)
	select {
	case b.arrived <- struct{}{}:
	default:
	}
}

// kept is where a broker listens that goes and comes back at the same port: not at 127.0.0.1,
// where the connections of other tests would take a port that is free for a while.
const kept = "127.0.0.2:0"

// startBroker serves on address, which may end in port 0.
func startBroker(t *testing.T, address string) *testBroker {
	t.Helper()
	return serveOn(t, listeners.NewTCP(listeners.Config{ID: "front", Address: address}))
}

// serveOn serves on a listener with the id "front".
func serveOn(t *testing.T, front listeners.Listener) *testBroker {
	t.Helper()
	b := &testBroker{t: t, arrived: make(chan struct{}, 1)}
	b.server = mochi.New(&mochi.Options{InlineClient: true, Logger: slog.New(slog.DiscardHandler)})
	b.guard = &guard{broker: b}
	if err := b.server.AddHook(b.guard, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.server.AddListener(front); err != nil {
		t.Fatal(err)
	}
	if err := b.server.Serve(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.stop)
	return b
}

func (b *testBroker) stop() { b.stopped.Do(func() { _ = b.server.Close() }) }

func (b *testBroker) address() string {
	l, _ := b.server.Listeners.Get("front")
	return l.Address()
}

// await waits until the messages seen so far satisfy a condition.
func (b *testBroker) await(what string, enough func([]packets.Packet) bool) []packets.Packet {
	b.t.Helper()
	timeout := time.After(patience)
	for {
		b.mu.Lock()
		messages := append([]packets.Packet(nil), b.messages...)
		b.mu.Unlock()
		if enough(messages) {
			return messages
		}
		select {
		case <-b.arrived:
		case <-timeout:
			b.t.Fatalf("waiting for %s: have %d messages", what, len(messages))
		}
	}
}

// on is the messages with a topic.
func on(topic string, messages []packets.Packet) (found []packets.Packet) {
	for _, m := range messages {
		if m.TopicName == topic {
			found = append(found, m)
		}
	}
	return found
}

// door forwards connections to a broker until it is slammed, which cuts those
// that are open without a farewell.
type door struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	open  map[net.Conn]bool
	stuck bool // what the broker says is swallowed
}

func openDoor(t *testing.T, target string) *door {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: listener, target: target, open: map[net.Conn]bool{}}
	t.Cleanup(func() { listener.Close(); d.slam() })
	go d.serve()
	return d
}

func (d *door) url() string { return "tcp://" + d.listener.Addr().String() }

func (d *door) serve() {
	for {
		guest, err := d.listener.Accept()
		if err != nil {
			return
		}
		d.mu.Lock()
		target := d.target
		d.mu.Unlock()
		host, err := net.Dial("tcp", target)
		if err != nil {
			guest.Close()
			continue
		}
		d.mu.Lock()
		d.open[guest], d.open[host] = true, true
		d.mu.Unlock()
		go d.pipe(host, guest, false)
		go d.pipe(guest, host, true)
	}
}

func (d *door) pipe(to, from net.Conn, answers bool) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			break
		}
		d.mu.Lock()
		swallow := answers && d.stuck
		d.mu.Unlock()
		if swallow {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			break
		}
	}
	to.Close()
	from.Close()
}

// slam cuts every connection.
func (d *door) slam() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		c.Close()
	}
	d.open = map[net.Conn]bool{}
}

func (d *door) swallowAnswers(yes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stuck = yes
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// start runs f until the test ends, and waits for it.
func start(t *testing.T, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("ended with %v", err)
				}
			case <-time.After(patience):
				t.Error("does not stop")
			}
		})
	}
	t.Cleanup(stop)
	return stop
}
