package broker

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/golang-jwt/jwt/v5"

	"hexspot/internal/testlog"
	"hexspot/radio"
)

const (
	testNetwork = "c2ad0a997751e040"
	testEUI     = "0123456789abcdef"
	otherEUI    = "fedcba9876543210"
	patience    = time.Minute
)

// testStation is a station as another implementation would have it.
type testStation struct {
	text   string
	secret any
	method jwt.SigningMethod
}

func newStation(t testing.TB, method jwt.SigningMethod) testStation {
	t.Helper()
	s := testStation{method: method}
	var public any
	if method == jwt.SigningMethodEdDSA {
		pub, secret, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, s.secret = pub, secret
	} else {
		secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, s.secret = secret.Public(), secret
	}
	station, err := radio.StationOf(public)
	if err != nil {
		t.Fatal(err)
	}
	s.text = station.String()
	return s
}

// claimsOf are good claims of a station, now.
func (s testStation) claims(eui string) jwt.MapClaims {
	now := time.Now().Unix()
	return jwt.MapClaims{"sub": s.text, "aud": testNetwork, "iat": now, "exp": now + 600, "eui": eui}
}

func (s testStation) token(t testing.TB, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(s.method, claims).SignedString(s.secret)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// startBroker serves until the test ends.
func startBroker(t testing.TB, c Config, o Options) *Broker {
	t.Helper()
	if len(c.Listen)+len(c.ListenTLS)+len(c.WebSocket)+len(c.WebSocketTLS) == 0 {
		c.Listen = []string{"127.0.0.1:0"}
	}
	c.Network = testNetwork
	if o.Log == nil {
		o.Log = testlog.New(t)
	}
	b, err := New(c, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("the broker does not stop")
		}
	})
	return b
}

// dialer is a client to be.
type dialer struct {
	url, id, name, password string
	change                  func(*paho.ClientOptions)
}

func (d dialer) connect() (paho.Client, error) {
	o := paho.NewClientOptions().AddBroker(d.url).SetClientID(d.id).SetUsername(d.name).SetPassword(d.password).
		SetProtocolVersion(4).SetAutoReconnect(false).SetConnectTimeout(patience).SetOrderMatters(false)
	if d.change != nil {
		d.change(o)
	}
	client := paho.NewClient(o)
	token := client.Connect()
	if !token.WaitTimeout(patience) {
		return client, context.DeadlineExceeded
	}
	return client, token.Error()
}

// as is a station's dialer with a good token.
func (s testStation) as(t testing.TB, b *Broker, eui string) dialer {
	t.Helper()
	return dialer{url: b.Addresses()[0], id: eui, name: s.text, password: s.token(t, s.claims(eui))}
}

func mustConnect(t testing.TB, d dialer) paho.Client {
	t.Helper()
	client, err := d.connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Disconnect(10) })
	return client
}

// persist is mustConnect where whoever does not log in soon is thrown out, which may happen
// to the best on a machine that stands still.
func persist(t testing.TB, d dialer) paho.Client {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		client, err := d.connect()
		if err == nil {
			t.Cleanup(func() { client.Disconnect(10) })
			return client
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func publish(t testing.TB, c paho.Client, topic string, retained bool, payload string) error {
	t.Helper()
	token := c.Publish(topic, 1, retained, payload)
	if !token.WaitTimeout(patience) {
		t.Fatalf("no answer to a publication to %s", topic)
	}
	return token.Error()
}

// subscribe gives what arrives, or false if it was refused.
func subscribe(t testing.TB, c paho.Client, filter string) (<-chan paho.Message, bool) {
	t.Helper()
	messages := make(chan paho.Message, 1000)
	token := c.Subscribe(filter, 1, func(_ paho.Client, m paho.Message) { messages <- m })
	if !token.WaitTimeout(patience) {
		t.Fatalf("no answer to a subscription to %s", filter)
	}
	if err := token.Error(); err != nil {
		return nil, false
	}
	return messages, token.(*paho.SubscribeToken).Result()[filter] <= 2
}

func next(t testing.TB, messages <-chan paho.Message) paho.Message {
	t.Helper()
	select {
	case m := <-messages:
		return m
	case <-time.After(patience):
		t.Fatal("no message")
		return nil
	}
}

// await waits until nothing is wrong any more.
func await(t testing.TB, wrong func() string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for wrong() != "" {
		if time.Now().After(deadline) {
			t.Fatal(wrong())
		}
		runtime.Gosched()
	}
}

const serverPassword = "correct horse battery"

// server is the account of a network server.
func server(t testing.TB) Account {
	t.Helper()
	hash, err := newPasswordHash(serverPassword, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return Account{Name: "chirpstack", PasswordHash: hash.String(),
		Publish: []string{"+/gateway/+/command/#"}, Subscribe: []string{"+/gateway/+/event/+", "+/gateway/+/state/+", "+/gateway/+/report/+"}}
}

func asServer(b *Broker) dialer {
	return dialer{url: b.Addresses()[0], id: "ns-1", name: "chirpstack", password: serverPassword}
}

// losing gives when the connection of a dialer is lost, once.
func losing(d *dialer) <-chan time.Time {
	lost := make(chan time.Time, 1)
	d.change = func(o *paho.ClientOptions) {
		o.SetConnectionLostHandler(func(paho.Client, error) { lost <- time.Now() })
	}
	return lost
}

// mustLose waits for that.
func mustLose(t testing.TB, lost <-chan time.Time) time.Time {
	t.Helper()
	select {
	case at := <-lost:
		return at
	case <-time.After(patience):
		t.Fatal("the client was not disconnected")
		return time.Time{}
	}
}

func lines(s string, with string) (n int) {
	for line := range strings.Lines(s) {
		if strings.Contains(line, with) {
			n++
		}
	}
	return n
}

// dialerKeeping is a dialer that leaves its connection in conn, to be cut.
func dialerKeeping(d dialer, conn *net.Conn) dialer {
	change := d.change
	d.change = func(o *paho.ClientOptions) {
		if change != nil {
			change(o)
		}
		o.SetCustomOpenConnectionFn(func(u *url.URL, _ paho.ClientOptions) (net.Conn, error) {
			c, err := net.Dial("tcp", u.Host)
			*conn = c
			return c, err
		})
	}
	return d
}

// writeCertificate makes cert.pem and key.pem for 127.0.0.1 and gives who trusts them.
func writeCertificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, text := range map[string][]byte{"cert.pem": certificate, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certificate)
	return pool
}

// send writes an encoded packet.
func send(t *testing.T, conn net.Conn, encode func(*bytes.Buffer) error) {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
}

// refuseTopic is a Durable that fails for topics with this end.
func refuseTopic(end string) func(context.Context, Message) error {
	return func(_ context.Context, m Message) error {
		if strings.HasSuffix(m.Topic, end) {
			return errors.New("disk full")
		}
		return nil
	}
}
