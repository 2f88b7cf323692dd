package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/golang-jwt/jwt/v5"
)

const (
	upTopic    = "eu868/gateway/" + testEUI + "/event/up"
	connTopic  = "eu868/gateway/" + testEUI + "/state/conn"
	eventTopic = "+/gateway/+/event/+"
)

// withServer is a broker with a network server that hears every event.
func withServer(t *testing.T, c Config, o Options) (*Broker, <-chan paho.Message) {
	t.Helper()
	c.Accounts = []Account{server(t)}
	b := startBroker(t, c, o)
	messages, ok := subscribe(t, persist(t, asServer(b)), eventTopic)
	if !ok {
		t.Fatal("the network server may not subscribe")
	}
	return b, messages
}

func TestDelivers(t *testing.T) {
	b, messages := withServer(t, Config{}, Options{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	gateway := mustConnect(t, s.as(t, b, testEUI))
	commands, ok := subscribe(t, gateway, "eu868/gateway/"+testEUI+"/command/+")
	if !ok {
		t.Fatal("the station may not hear commands")
	}
	if err := publish(t, gateway, upTopic, false, "hello"); err != nil {
		t.Fatal(err)
	}
	if m := next(t, messages); m.Topic() != upTopic || string(m.Payload()) != "hello" || m.Qos() != 1 {
		t.Errorf("%s: %q at QoS %d", m.Topic(), m.Payload(), m.Qos())
	}
	ns := asServer(b)
	ns.id = "ns-2"
	if err := publish(t, mustConnect(t, ns), "eu868/gateway/"+testEUI+"/command/down", false, "down"); err != nil {
		t.Fatal(err)
	}
	if m := next(t, commands); string(m.Payload()) != "down" {
		t.Errorf("command %q", m.Payload())
	}
	await(t, func() string { // a delivery is counted when it has been made
		if c := b.Counters(); c.Connected != 3 || c.Received < 2 || c.Delivered < 2 || c.Refused != 0 {
			return fmt.Sprintf("counters %+v", c)
		}
		return ""
	})
}

// TestForeignPublication: at either QoS, retained or not, the client goes and the
// message does not arrive.
func TestForeignPublication(t *testing.T) {
	b, messages := withServer(t, Config{}, Options{})
	for i, c := range []struct {
		topic    string
		qos      byte
		retained bool
	}{
		{"eu868/gateway/" + otherEUI + "/event/up", 0, false},
		{"eu868/gateway/" + otherEUI + "/event/up", 1, false},
		{upTopic, 1, true},
		{upTopic, 0, true},
	} {
		s := newStation(t, jwt.SigningMethodEdDSA)
		d := s.as(t, b, strings.Repeat("0", 15)+string(rune('1'+i)))
		if c.retained { // to its own topic, which may not be retained
			c.topic = strings.Replace(c.topic, testEUI, d.id, 1)
		}
		lost := make(chan struct{})
		d.change = func(o *paho.ClientOptions) {
			o.SetConnectionLostHandler(func(paho.Client, error) { close(lost) })
		}
		mustConnect(t, d).Publish(c.topic, c.qos, c.retained, "x")
		select {
		case <-lost:
		case <-time.After(patience):
			t.Errorf("%+v: the client stays", c)
		}
	}
	own := newStation(t, jwt.SigningMethodEdDSA)
	if err := publish(t, mustConnect(t, own.as(t, b, testEUI)), upTopic, false, "last"); err != nil {
		t.Fatal(err)
	}
	if m := next(t, messages); string(m.Payload()) != "last" {
		t.Errorf("%s arrived", m.Topic())
	}
	if c := b.Counters(); c.Refused != 4 || c.RefusedBy[RefusedPublication] != 4 {
		t.Errorf("%d refusals counted, want 4: %v", c.Refused, c.RefusedBy)
	}
}

func TestForeignSubscription(t *testing.T) {
	b := startBroker(t, Config{}, Options{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	client := mustConnect(t, s.as(t, b, testEUI))
	for _, filter := range []string{"#", "+/gateway/+/event/up", "eu868/gateway/" + otherEUI + "/command/+", "$SYS/#"} {
		if _, ok := subscribe(t, client, filter); ok {
			t.Errorf("%s was granted", filter)
		}
	}
}

// TestLastWill: what a cut connection leaves is sent, and retained for those who
// come later; a will on a foreign topic is refused at the door.
func TestLastWill(t *testing.T) {
	c := Config{Accounts: []Account{server(t)}}
	b := startBroker(t, c, Options{})
	states, _ := subscribe(t, mustConnect(t, asServer(b)), "+/gateway/+/state/+")
	s := newStation(t, jwt.SigningMethodEdDSA)
	var cut net.Conn
	d := s.as(t, b, testEUI)
	d.change = func(o *paho.ClientOptions) {
		o.SetBinaryWill(connTopic, []byte("offline"), 1, true)
		o.SetConnectionLostHandler(func(paho.Client, error) {})
	}
	client := mustConnect(t, dialerKeeping(d, &cut))
	if err := publish(t, client, connTopic, true, "online"); err != nil {
		t.Fatal(err)
	}
	if m := next(t, states); string(m.Payload()) != "online" {
		t.Errorf("state %q", m.Payload())
	}
	cut.Close()
	// The state before may come twice: as it was published, and as what is retained.
	for m := next(t, states); string(m.Payload()) != "offline"; m = next(t, states) {
		if string(m.Payload()) != "online" {
			t.Errorf("state %q after the cut", m.Payload())
		}
	}
	late := asServer(b)
	late.id = "ns-2"
	retained, _ := subscribe(t, mustConnect(t, late), "+/gateway/+/state/+")
	if m := next(t, retained); string(m.Payload()) != "offline" || !m.Retained() {
		t.Errorf("state %q, retained %v, for one who comes late", m.Payload(), m.Retained())
	}
	foreign := s.as(t, b, testEUI)
	foreign.change = func(o *paho.ClientOptions) {
		o.SetBinaryWill("eu868/gateway/"+otherEUI+"/state/conn", []byte("x"), 1, true)
	}
	if _, err := foreign.connect(); err == nil {
		t.Error("a last will on a foreign topic was taken")
	}
}

// TestDurable: what cannot be kept is not acknowledged.
func TestDurable(t *testing.T) {
	var broken atomic.Bool
	kept := make(chan Message, 10)
	b, messages := withServer(t, Config{}, Options{Durable: func(_ context.Context, m Message) error {
		if broken.Load() {
			return errors.New("disk full")
		}
		kept <- m
		return nil
	}})
	s := newStation(t, jwt.SigningMethodEdDSA)
	lost := make(chan struct{})
	d := s.as(t, b, testEUI)
	d.change = func(o *paho.ClientOptions) {
		o.SetConnectionLostHandler(func(paho.Client, error) { close(lost) })
	}
	client := mustConnect(t, d)
	if err := publish(t, client, upTopic, false, "one"); err != nil {
		t.Fatal(err)
	}
	if m := <-kept; m.Topic != upTopic || m.EUI.String() != testEUI || m.Station.String() != s.text {
		t.Errorf("kept %+v", m)
	}
	next(t, messages)
	broken.Store(true)
	token := client.Publish(upTopic, 1, false, "two")
	select {
	case <-lost:
	case <-time.After(patience):
		t.Fatal("the client was not disconnected")
	}
	if token.WaitTimeout(patience) && token.Error() == nil {
		t.Error("a message that was not kept was acknowledged")
	}
	broken.Store(false)
	if err := publish(t, mustConnect(t, s.as(t, b, testEUI)), upTopic, false, "three"); err != nil {
		t.Fatal(err)
	}
	if m := next(t, messages); string(m.Payload()) != "three" {
		t.Errorf("%q arrived", m.Payload())
	}
}

func TestWebSocketAndTLS(t *testing.T) {
	dir := t.TempDir()
	pool := writeCertificate(t, dir)
	b := startBroker(t, Config{
		ListenTLS: []string{"127.0.0.1:0"}, WebSocket: []string{"127.0.0.1:0"}, WebSocketTLS: []string{"127.0.0.1:0"},
		TLSCert: filepath.Join(dir, "cert.pem"), TLSKey: filepath.Join(dir, "key.pem"),
	}, Options{})
	schemes := map[string]bool{}
	for i, url := range b.Addresses() {
		s := newStation(t, jwt.SigningMethodES256)
		eui := strings.Repeat("0", 15) + string(rune('1'+i))
		d := s.as(t, b, eui)
		d.url = url
		d.change = func(o *paho.ClientOptions) { o.SetTLSConfig(&tls.Config{RootCAs: pool}) }
		if err := publish(t, mustConnect(t, d), "eu868/gateway/"+eui+"/event/up", false, strings.Repeat("x", 5000)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
		scheme, _, _ := strings.Cut(url, "://")
		schemes[scheme] = true
	}
	if len(schemes) != 3 || schemes["tcp"] {
		t.Errorf("schemes %v, want ssl, ws and wss", schemes)
	}
}

// TestHostileBytes: none of them troubles the broker.
func TestHostileBytes(t *testing.T) {
	b, _ := withServer(t, Config{Limits: Limits{ConnectTimeout: Duration(200 * time.Millisecond)}}, Options{})
	address := strings.TrimPrefix(b.Addresses()[0], "tcp://")
	for name, bytes := range map[string]string{
		"nothing":            "",
		"garbage":            strings.Repeat("\xff", 1000),
		"web browser":        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"endless length":     "\x10\xff\xff\xff\xff\xff",
		"huge packet":        "\x10\xff\xff\xff\x7f",
		"half a packet":      "\x10\x20\x00\x04MQTT",
		"publication first":  "\x30\x05\x00\x01aaa",
		"wrong protocol":     "\x10\x0c\x00\x04HTTP\x04\x02\x00\x3c\x00\x00",
		"user name too long": "\x10\x14\x00\x04MQTT\x04\xc2\x00\x3c\x00\x00\xff\xffab",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, bytes); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the broker keeps the connection", name)
		}
		conn.Close()
	}
	s := newStation(t, jwt.SigningMethodEdDSA)
	persist(t, s.as(t, b, testEUI))
}

func TestPacketLimit(t *testing.T) {
	b := startBroker(t, Config{Limits: Limits{PacketBytes: 2048}}, Options{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	lost := make(chan struct{})
	d := s.as(t, b, testEUI)
	d.change = func(o *paho.ClientOptions) {
		o.SetConnectionLostHandler(func(paho.Client, error) { close(lost) })
	}
	client := mustConnect(t, d)
	if err := publish(t, client, upTopic, false, strings.Repeat("x", 1900)); err != nil {
		t.Fatal(err)
	}
	client.Publish(upTopic, 1, false, strings.Repeat("x", 3000))
	select {
	case <-lost:
	case <-time.After(patience):
		t.Error("a packet over the limit was taken")
	}
}

func TestConnectionLimit(t *testing.T) {
	b := startBroker(t, Config{Limits: Limits{ConnectionsPerAddress: 2}}, Options{})
	address := strings.TrimPrefix(b.Addresses()[0], "tcp://")
	var open []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		open = append(open, conn)
	}
	// One of the three is closed at once.
	closed := make(chan int, len(open))
	for i, conn := range open {
		go func() {
			_, _ = io.Copy(io.Discard, conn)
			closed <- i
		}()
	}
	select {
	case <-closed:
	case <-time.After(patience):
		t.Error("three connections from one address, two allowed")
	}
	if len(closed) != 0 {
		t.Error("more than one was closed")
	}
}

func TestGuests(t *testing.T) {
	now := time.Now()
	source := func(text string) netip.Prefix {
		return sourceOf(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text)))
	}
	g := newGuests(Limits{Connections: 5, ConnectionsPerAddress: 2, ConnectRate: 1}.withDefaults())
	var last *guest // who came in
	enter := func(from string, at time.Time) string {
		conn, other := net.Pipe()
		t.Cleanup(func() { other.Close() })
		in, reason := g.enter(conn, source(from), at)
		if in != nil {
			last = in
		}
		return reason
	}
	first := func() *guest { enter("192.0.2.1:999", now); return last }()
	for _, c := range []struct{ from, want string }{
		{"192.0.2.1:1001", ""}, {"192.0.2.1:1002", "limits.connections_per_address"},
		{"[2001:db8::1]:1", ""}, {"[2001:db8::2]:1", ""}, {"[2001:db8::3]:1", "limits.connections_per_address"},
		{"192.0.2.2:1", ""}, {"192.0.2.3:1", "limits.connections"},
	} {
		if got := enter(c.from, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.from, got, c.want)
		}
	}
	const from = "192.0.2.1:1"
	last = first
	for range burst - 2 { // the burst is used up, one after the other
		last.Close()
		last.Close() // counts once
		if got := enter(from, now); got != "" {
			t.Fatalf("within the burst: %q", got)
		}
	}
	last.Close()
	if got := enter(from, now); got != "limits.connect_rate" {
		t.Errorf("after the burst: %q", got)
	}
	if got := enter(from, now.Add(time.Second)); got != "" {
		t.Errorf("a second later: %q", got)
	}
}

func BenchmarkPublish(b *testing.B) {
	broker := startBroker(b, Config{}, Options{})
	s := newStation(b, jwt.SigningMethodEdDSA)
	client := mustConnect(b, s.as(b, broker, testEUI))
	payload := strings.Repeat("x", 250)
	b.ResetTimer()
	var open []paho.Token
	for b.Loop() {
		open = append(open, client.Publish(upTopic, 1, false, payload))
		if len(open) == 64 {
			open[0].Wait()
			open = open[1:]
		}
	}
	for _, token := range open {
		token.Wait()
	}
}
