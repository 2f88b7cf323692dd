package broker

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/golang-jwt/jwt/v5"
	"github.com/mochi-mqtt/server/v2/packets"
)

// records says how much the broker remembers of clients.
func (b *Broker) records() int {
	b.hook.mu.Lock()
	defer b.hook.mu.Unlock()
	own, _ := b.server.Clients.Get(inlineClientID)
	clients := b.server.Clients.Len()
	if own != nil {
		clients--
	}
	return len(b.hook.clients) + len(b.hook.ids) + clients
}

// TestForgets: nothing is remembered of a client that has gone, also when it goes
// before it could be told that it may come in.
func TestForgets(t *testing.T) {
	b := startBroker(t, Config{Accounts: []Account{server(t)}}, Options{})
	client, err := asServer(b).connect()
	if err != nil {
		t.Fatal(err)
	}
	if b.records() != 3 {
		t.Errorf("%d records of one client, want 3", b.records())
	}
	client.Disconnect(0)
	for i := range 20 {
		near, far := net.Pipe()
		done := make(chan struct{})
		go func() { b.admit(far); close(done) }()
		if _, err := near.Write(connectPacket("x"+fmt.Sprint(i), "chirpstack", serverPassword)); err != nil {
			t.Fatal(err)
		}
		near.Close() // so that CONNACK cannot be written
		<-done
	}
	await(t, func() string {
		if n := b.records(); n != 0 {
			return fmt.Sprintf("%d records of clients that have gone", n)
		}
		return ""
	})
}

// connectPacket is a CONNECT of MQTT 3.1.1 with a clean session.
func connectPacket(id, name, password string) []byte {
	body := []byte("\x00\x04MQTT\x04\xc2\x00\x3c")
	for _, s := range []string{id, name, password} {
		body = append(append(body, byte(len(s)>>8), byte(len(s))), s...)
	}
	return append([]byte{0x10, byte(len(body)) | 0x80, byte(len(body) >> 7)}, body...)
}

// TestTakeoverState: the last will of the connection whose place is taken comes
// before anything of the new one, so that what is retained is true, even if the old
// one is slow to go.
func TestTakeoverState(t *testing.T) {
	release, held := make(chan struct{}), make(chan struct{})
	b := startBroker(t, Config{}, Options{Durable: func(_ context.Context, m Message) error {
		if strings.HasSuffix(m.Topic, "/event/raw") {
			close(held)
			<-release
		}
		return nil
	}})
	s := newStation(t, jwt.SigningMethodEdDSA)
	d := s.as(t, b, testEUI)
	d.change = func(o *paho.ClientOptions) { o.SetBinaryWill(connTopic, []byte("offline"), 1, true) }
	mustConnect(t, d).Publish(strings.Replace(upTopic, "/up", "/raw", 1), 1, false, "x")
	<-held
	online := make(chan error, 1)
	go func() {
		client, err := d.connect()
		if err == nil {
			token := client.Publish(connTopic, 1, true, "online")
			token.WaitTimeout(patience)
			err = token.Error()
		}
		online <- err
	}()
	select { // the new one shall wait; if it does not, what it says comes first
	case err := <-online:
		online <- err
	case <-time.After(300 * time.Millisecond):
	}
	close(release)
	if err := <-online; err != nil {
		t.Fatal(err)
	}
	await(t, func() string {
		if got, n := b.retained(connTopic), b.Counters().Connected; got != "online" || n != 1 {
			return fmt.Sprintf("retained %q with %d clients", got, n)
		}
		return ""
	})
}

func (b *Broker) retained(topic string) string {
	p, _ := b.server.Topics.Retained.Get(topic)
	return string(p.Payload)
}

// TestLastWillOfTheRefused: whoever is thrown out has gone like any other.
func TestLastWillOfTheRefused(t *testing.T) {
	b := startBroker(t, Config{}, Options{Durable: refuseTopic("/event/stats")})
	s := newStation(t, jwt.SigningMethodEdDSA)
	for _, topic := range []string{
		"eu868/gateway/" + otherEUI + "/event/up", "$SYS/broker", "eu868/gateway/" + testEUI + "/event/stats",
	} {
		for qos := range byte(2) {
			d := s.as(t, b, testEUI)
			d.change = func(o *paho.ClientOptions) { o.SetBinaryWill(connTopic, []byte("offline"), 1, true) }
			client := mustConnect(t, d)
			if err := publish(t, client, connTopic, true, "online"); err != nil {
				t.Fatal(err)
			}
			client.Publish(topic, qos, false, "x")
			await(t, func() string {
				if got := b.retained(connTopic); got != "offline" {
					return fmt.Sprintf("%s at QoS %d: state %q", topic, qos, got)
				}
				return ""
			})
		}
	}
}

// TestSubscriptionLimit: a station cannot fill the broker with subscriptions.
func TestSubscriptionLimit(t *testing.T) {
	b := startBroker(t, Config{}, Options{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	lost := make(chan struct{})
	d := s.as(t, b, testEUI)
	d.change = func(o *paho.ClientOptions) {
		o.SetConnectionLostHandler(func(paho.Client, error) { close(lost) })
	}
	client := mustConnect(t, d)
	for i := range maxSubscriptions {
		if _, ok := subscribe(t, client, fmt.Sprintf("gateway/%s/command/c%d", testEUI, i)); !ok {
			t.Fatalf("subscription %d was refused", i)
		}
	}
	client.Subscribe("gateway/"+testEUI+"/command/more", 1, nil)
	select {
	case <-lost:
	case <-time.After(patience):
		t.Error("a subscription over the limit was taken")
	}
}

// TestVersion5: what MQTT 5 can ask for beyond 3.1.1 is bounded too.
func TestVersion5(t *testing.T) {
	b := startBroker(t, Config{}, Options{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.Addresses()[0], "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	connect := packets.Packet{
		ProtocolVersion: 5,
		FixedHeader:     packets.FixedHeader{Type: packets.Connect},
		Properties:      packets.Properties{SessionExpiryInterval: 1 << 20, SessionExpiryIntervalFlag: true},
		Connect: packets.ConnectParams{
			ProtocolName: []byte("MQTT"), ClientIdentifier: testEUI, Keepalive: 60,
			UsernameFlag: true, Username: []byte(s.text), PasswordFlag: true, Password: []byte(s.token(t, s.claims(testEUI))),
			WillFlag: true, WillTopic: connTopic, WillPayload: []byte("offline"), WillRetain: true, WillQos: 1,
			WillProperties: packets.Properties{WillDelayInterval: 1 << 20},
		},
	}
	send(t, conn, connect.ConnectEncode)
	code := make([]byte, 5)
	if _, err := io.ReadFull(conn, code); err != nil || code[0] != 0x20 || code[3] != 0 {
		t.Fatalf("login: % x, %v", code, err)
	}
	conn.Close()
	await(t, func() string {
		if got, n := b.retained(connTopic), b.records(); got != "offline" || n != 0 {
			return fmt.Sprintf("state %q, %d records after a cut", got, n)
		}
		return ""
	})
}
