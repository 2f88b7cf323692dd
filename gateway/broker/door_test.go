package broker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/sys/unix"
)

// connections says how many there are, logged in or not.
func (b *Broker) connections() int {
	b.guests.mu.Lock()
	defer b.guests.mu.Unlock()
	return len(b.guests.inside)
}

func dial(t testing.TB, url string) net.Conn {
	t.Helper()
	_, address, _ := strings.Cut(url, "://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestWebVisitors: whoever comes to the WebSocket door without a WebSocket does
// not stay.
func TestWebVisitors(t *testing.T) {
	b := startBroker(t, Config{WebSocket: []string{"127.0.0.1:0"}, Limits: Limits{ConnectTimeout: Duration(200 * time.Millisecond)}}, Options{})
	for _, request := range []string{
		"", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
	} {
		conn := dial(t, b.Addresses()[0])
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q: not closed", request)
		}
		await(t, func() string {
			if n := b.connections(); n != 0 {
				return fmt.Sprintf("%q: %d connections left", request, n)
			}
			return ""
		})
	}
}

// TestDoorsCount: a connection counts before it has said anything, at every door.
func TestDoorsCount(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir)
	b := startBroker(t, Config{
		Listen: []string{"127.0.0.1:0"}, ListenTLS: []string{"127.0.0.1:0"}, WebSocket: []string{"127.0.0.1:0"},
		WebSocketTLS: []string{"127.0.0.1:0"}, TLSCert: dir + "/cert.pem", TLSKey: dir + "/key.pem",
		Limits: Limits{Connections: 4},
	}, Options{})
	for i, url := range b.Addresses() {
		dial(t, url)
		await(t, func() string {
			if n := b.connections(); n != i+1 {
				return fmt.Sprintf("%s: %d connections, want %d", url, n, i+1)
			}
			return ""
		})
	}
	for _, url := range b.Addresses() {
		if _, err := io.Copy(io.Discard, dial(t, url)); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: a connection over the limit is not closed", url)
		}
	}
	if n := b.Counters().RefusedBy[RefusedConnection]; n != 4 {
		t.Errorf("%d connections refused, want 4", n)
	}
}

// TestHalfOpenTLS: a client that does not go on with its handshake is cut.
func TestHalfOpenTLS(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir)
	b := startBroker(t, Config{
		ListenTLS: []string{"127.0.0.1:0"}, TLSCert: dir + "/cert.pem", TLSKey: dir + "/key.pem",
		Limits: Limits{ConnectTimeout: Duration(200 * time.Millisecond)},
	}, Options{})
	for _, hello := range []string{"", "\x16\x03\x01\x02\x00", "\x10\x0c\x00\x04MQTT"} {
		conn := dial(t, b.Addresses()[0])
		if _, err := io.WriteString(conn, hello); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) { // a reset is an end, too
			t.Errorf("%q: not closed", hello)
		}
	}
}

// TestNoDelay: small packets are sent at once (TCP_NODELAY).
func TestNoDelay(t *testing.T) {
	accepted := make(chan net.Conn, 1)
	doors, err := openDoors(Config{Listen: []string{"127.0.0.1:0"}}, func(c net.Conn) (net.Conn, bool) { return c, true })
	if err != nil {
		t.Fatal(err)
	}
	go doors[0].serve(func(c net.Conn) { accepted <- c })
	defer doors[0].close()
	dial(t, doors[0].url())
	conn := (<-accepted).(*net.TCPConn)
	defer conn.Close()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var on int
	var optErr error
	if err := raw.Control(func(fd uintptr) { on, optErr = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY) }); err != nil || optErr != nil {
		t.Fatal(err, optErr)
	}
	if on == 0 {
		t.Error("TCP_NODELAY is off")
	}
}

// TestStops: with clients in every state, and a store that hangs.
func TestStops(t *testing.T) {
	for name, hang := range map[string]func(ctx context.Context, forever <-chan struct{}){
		"a store that hears of the stop": func(ctx context.Context, _ <-chan struct{}) { <-ctx.Done() },
		"a store that hears of no stop":  func(_ context.Context, forever <-chan struct{}) { <-forever },
	} {
		t.Run(name, func(t *testing.T) {
			forever, stored := make(chan struct{}), make(chan struct{})
			defer close(forever)
			b, err := New(Config{Listen: []string{"127.0.0.1:0"}, WebSocket: []string{"127.0.0.1:0"}, Network: testNetwork},
				Options{Durable: func(ctx context.Context, _ Message) error {
					close(stored)
					hang(ctx, forever)
					return nil
				}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() { done <- b.Run(ctx) }()
			for _, url := range b.Addresses() {
				dial(t, url) // says nothing
			}
			s := newStation(t, jwt.SigningMethodEdDSA)
			mustConnect(t, s.as(t, b, testEUI)).Publish(upTopic, 1, false, "x")
			<-stored
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(patience):
				t.Fatal("the broker does not stop")
			}
			_, address, _ := strings.Cut(b.Addresses()[0], "://")
			if conn, err := net.Dial("tcp", address); err == nil {
				conn.Close()
				t.Error("the broker still listens")
			}
		})
	}
}

// TestDerivations: an address that guesses waits for itself, not for others.
func TestDerivations(t *testing.T) {
	var d derivations
	guesser, server := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	release, results := make(chan struct{}), make(chan error, 2*maxWaiting)
	for range cap(results) {
		go func() {
			_, err := d.do(guesser, func() bool { <-release; return false })
			results <- err
		}()
	}
	for range cap(results) - maxWaiting { // those beyond the limit are told at once
		if err := <-results; err != errBusy {
			t.Errorf("over the limit: %v", err)
		}
	}
	close(release)
	if ok, err := d.do(server, func() bool { return true }); !ok || err != nil {
		t.Errorf("another address: %v, %v", ok, err)
	}
	for range maxWaiting {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if len(d.waiting) != 0 {
		t.Errorf("still waiting: %v", d.waiting)
	}
}

// FuzzWire: no bytes of a client that has logged in trouble the broker, and none
// of them leaves anything behind.
func FuzzWire(f *testing.F) {
	b := startBroker(f, Config{Accounts: []Account{server(f)}, Limits: Limits{ConnectRate: 1 << 20}}, Options{})
	f.Add([]byte("\x30\x05\x00\x01aaa"))
	f.Add([]byte("\x82\x06\x00\x01\x00\x01#\x01"))
	f.Add([]byte("\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"))
	f.Add([]byte("\x62\x02\x00\x01\x50\x02\x00\x01\x70\x02\x00\x01\xc0\x00\xe0\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		near, far := net.Pipe()
		go io.Copy(io.Discard, near)
		done := make(chan struct{})
		go func() { b.admit(far); close(done) }()
		_, _ = near.Write(connectPacket("fuzz", "chirpstack", serverPassword))
		_, _ = near.Write(data) // fails when the broker has had enough
		near.Close()
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("the connection does not end")
		}
		if n := b.records(); n != 0 {
			t.Errorf("%d records left", n)
		}
	})
}
