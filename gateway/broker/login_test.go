package broker

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/golang-jwt/jwt/v5"

	"hexspot/radio"
)

func TestStationLogins(t *testing.T) {
	b := startBroker(t, Config{}, Options{})
	now := time.Now().Unix()
	good := newStation(t, jwt.SigningMethodEdDSA)
	p256 := newStation(t, jwt.SigningMethodES256)
	with := func(name string, value any) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) {
			if value == nil {
				delete(c, name)
			} else {
				c[name] = value
			}
		}
	}
	plain := func(jwt.MapClaims) {}
	for _, c := range []struct {
		name    string
		station testStation
		change  func(jwt.MapClaims)
		dial    func(*dialer)
		ok      bool
	}{
		{"Ed25519", good, plain, nil, true},
		{"P-256", p256, func(c jwt.MapClaims) { c["eui"] = otherEUI }, func(d *dialer) { d.id = otherEUI }, true},
		{"client id is the station", good, plain, func(d *dialer) { d.id = good.text }, true},
		{"client id of its own choice", good, plain, func(d *dialer) { d.id = "roof" }, true},
		{"clock slightly ahead", good, with("iat", now+30), nil, true},

		{"client id of another", good, plain, func(d *dialer) { d.id = otherEUI }, false},
		{"other network", good, with("aud", "0011223344556677"), nil, false},
		{"no network", good, with("aud", nil), nil, false},
		{"audience as a list", good, with("aud", []string{testNetwork}), nil, false},
		{"no audience in a list", good, with("aud", []string{}), nil, false},
		{"two networks", good, with("aud", []string{testNetwork, "0011223344556677"}), nil, false},
		{"other subject", good, with("sub", p256.text), nil, false},
		{"no subject", good, with("sub", nil), nil, false},
		{"expired", good, func(c jwt.MapClaims) { c["iat"], c["exp"] = now-1000, now-100 }, nil, false},
		{"expired just now", good, func(c jwt.MapClaims) { c["iat"], c["exp"] = now-60, now }, nil, false},
		{"a minute ahead", good, with("iat", now+59), nil, true},
		{"from the future", good, func(c jwt.MapClaims) { c["iat"], c["exp"] = now+600, now+1200 }, nil, false},
		{"too long", good, func(c jwt.MapClaims) { c["exp"] = now + 3700 }, nil, false},
		{"no end", good, with("exp", nil), nil, false},
		{"no beginning", good, with("iat", nil), nil, false},
		{"no EUI", good, with("eui", nil), func(d *dialer) { d.id = good.text }, true},
		{"no EUI, client id of a gateway", good, with("eui", nil), nil, false},
		{"no EUI, claim null", good, func(c jwt.MapClaims) { c["eui"] = nil }, func(d *dialer) { d.id = good.text }, false},
		{"empty EUI", good, with("eui", ""), func(d *dialer) { d.id = good.text }, false},
		{"EUI in upper case", good, with("eui", strings.ToUpper(testEUI)), nil, false},
		{"extra claim", good, with("admin", true), nil, false},
		{"no password", good, plain, func(d *dialer) { d.password = "" }, false},
		{"password", good, plain, func(d *dialer) { d.password = "hello" }, false},
		{"broken signature", good, plain, func(d *dialer) { d.password = d.password[:len(d.password)-8] + "AAAAAAAA" }, false},
		{"another's token", good, plain, func(d *dialer) { d.password = p256.token(t, good.claims(testEUI)) }, false},
		{"no algorithm", good, plain, func(d *dialer) {
			d.password, _ = jwt.NewWithClaims(jwt.SigningMethodNone, good.claims(testEUI)).SignedString(jwt.UnsafeAllowNoneSignatureType)
		}, false},
		{"HMAC with the public key", good, plain, func(d *dialer) {
			d.password, _ = jwt.NewWithClaims(jwt.SigningMethodHS256, good.claims(testEUI)).
				SignedString([]byte(good.secret.(ed25519.PrivateKey).Public().(ed25519.PublicKey)))
		}, false},
		{"station text with a typing error", good, plain, func(d *dialer) {
			d.name = d.name[:63] + map[bool]string{true: "q", false: "p"}[d.name[63] == 'p']
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			claims := c.station.claims(testEUI)
			c.change(claims)
			d := dialer{url: b.Addresses()[0], id: testEUI, name: c.station.text, password: c.station.token(t, claims)}
			if c.dial != nil {
				c.dial(&d)
			}
			client, err := d.connect()
			if (err == nil) != c.ok {
				t.Errorf("login: %v, want success: %v", err, c.ok)
			}
			client.Disconnect(0)
		})
	}
}

// TestStationWithoutEUI: the claims of the protocol and nothing else are enough for its topics,
// and give no gateway's, nor bind one.
func TestStationWithoutEUI(t *testing.T) {
	bindings := newMemoryBindings()
	b := startBroker(t, Config{}, Options{Bindings: bindings})
	s := newStation(t, jwt.SigningMethodEdDSA)
	login := func() paho.Client {
		claims := s.claims("")
		delete(claims, "eui")
		return mustConnect(t, dialer{url: b.Addresses()[0], id: s.text, name: s.text, password: s.token(t, claims)})
	}
	c := login()
	if err := publish(t, c, "hexspot/"+s.text+"/up/witness", false, "x"); err != nil {
		t.Errorf("a report: %v", err)
	}
	for filter, want := range map[string]bool{
		"hexspot/" + s.text + "/ack": true, "hexspot/net/+": true,
		"gateway/" + testEUI + "/command/+": false, "gateway//command/+": false, "eu868/gateway/0000000000000000/command/+": false,
	} {
		if _, got := subscribe(t, c, filter); got != want {
			t.Errorf("subscription to %s: %v, want %v", filter, got, want)
		}
	}
	c.Disconnect(0)
	for _, topic := range []string{"gateway/" + testEUI + "/event/up", "gateway//event/up", "gateway/0000000000000000/state/conn"} {
		if err := publish(t, login(), topic, false, "x"); err == nil {
			t.Errorf("publication to %s is taken", topic)
		}
	}
	if n := b.Counters().RefusedBy[RefusedPublication]; n != 3 {
		t.Errorf("%d publications are refused, want 3", n)
	}
	if len(bindings.owners) != 0 {
		t.Errorf("bound: %v", bindings.owners)
	}
}

func TestAccountLogins(t *testing.T) {
	b := startBroker(t, Config{Accounts: []Account{server(t)}}, Options{})
	for _, c := range []struct {
		name   string
		change func(*dialer)
		ok     bool
	}{
		{"right", func(*dialer) {}, true},
		{"right again", func(*dialer) {}, true},
		{"wrong password", func(d *dialer) { d.password = "correct horse batterx" }, false},
		{"long password", func(d *dialer) { d.password = strings.Repeat("x", 5000) }, false},
		{"no password", func(d *dialer) { d.password = "" }, false},
		{"unknown", func(d *dialer) { d.name = "nobody" }, false},
		{"nobody", func(d *dialer) { d.name, d.password = "", "" }, false},
		{"client id of a station", func(d *dialer) { d.id = testEUI }, false},
		{"the broker's own client id", func(d *dialer) { d.id = inlineClientID }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := asServer(b)
			c.change(&d)
			client, err := d.connect()
			if (err == nil) != c.ok {
				t.Errorf("login: %v, want success: %v", err, c.ok)
			}
			client.Disconnect(0)
		})
	}
}

func TestStationList(t *testing.T) {
	member, stranger := newStation(t, jwt.SigningMethodEdDSA), newStation(t, jwt.SigningMethodEdDSA)
	b := startBroker(t, Config{Stations: "list", StationList: []string{member.text}}, Options{})
	mustConnect(t, member.as(t, b, testEUI))
	if _, err := stranger.as(t, b, otherEUI).connect(); err == nil {
		t.Error("a station that is not on the list came in")
	}
}

// TestBindings: the first station keeps an EUI, over restarts, and a conflict is
// refused and logged without the token.
func TestBindings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stations")
	first, second := newStation(t, jwt.SigningMethodEdDSA), newStation(t, jwt.SigningMethodEdDSA)
	for range 2 {
		bindings, err := OpenBindings(path)
		if err != nil {
			t.Fatal(err)
		}
		var log safeBuffer
		b := startBroker(t, Config{}, Options{Bindings: bindings, Log: slog.New(slog.NewTextHandler(&log, nil))})
		mustConnect(t, first.as(t, b, testEUI))
		intruder := second.as(t, b, testEUI)
		if _, err := intruder.connect(); err == nil {
			t.Error("another station took the EUI")
		}
		if got := b.Counters().RefusedBy; got[RefusedBinding] != 1 || got[RefusedLogin] != 0 {
			t.Errorf("refused %v", got)
		}
		if got := log.String(); lines(got, "belongs to station "+first.text) != 1 || strings.Contains(got, intruder.password) {
			t.Errorf("log: %s", got)
		}
	}
}

// TestForeignClientID: nobody takes over the session of another by its client id.
func TestForeignClientID(t *testing.T) {
	b := startBroker(t, Config{Accounts: []Account{server(t)}}, Options{})
	first, second := newStation(t, jwt.SigningMethodEdDSA), newStation(t, jwt.SigningMethodEdDSA)
	d := first.as(t, b, testEUI)
	d.id = "roof"
	mustConnect(t, d)
	for _, intruder := range []dialer{second.as(t, b, otherEUI), asServer(b)} {
		intruder.id = "roof"
		if _, err := intruder.connect(); err == nil {
			t.Errorf("%s took over a client id", intruder.name)
		}
	}
}

// TestTakeover: a station that comes back takes the place of its dead connection.
func TestTakeover(t *testing.T) {
	b := startBroker(t, Config{}, Options{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	lost := make(chan error, 1)
	d := s.as(t, b, testEUI)
	d.change = func(o *paho.ClientOptions) {
		o.SetConnectionLostHandler(func(_ paho.Client, err error) { lost <- err })
	}
	mustConnect(t, d)
	mustConnect(t, s.as(t, b, testEUI))
	select {
	case <-lost:
	case <-time.After(patience):
		t.Error("the first connection lives on")
	}
}

// FuzzToken: no text that the station did not sign lets anybody in.
func FuzzToken(f *testing.F) {
	s := newStation(f, jwt.SigningMethodEdDSA)
	station, err := radio.ParseStation(s.text)
	if err != nil {
		f.Fatal(err)
	}
	network, err := radio.ParseNetwork(testNetwork)
	if err != nil {
		f.Fatal(err)
	}
	other := newStation(f, jwt.SigningMethodEdDSA)
	f.Add(other.token(f, s.claims(testEUI)))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := verifyToken(text, station, network, time.Now()); err == nil {
			t.Errorf("%q logs in with EUI %s", text, c.EUI)
		}
	})
}

// FuzzClaims: claims that are taken have each member once, so that writing them
// again says the same.
func FuzzClaims(f *testing.F) {
	f.Add(`{"sub":"s","aud":"a","iat":1,"exp":2,"eui":"0123456789abcdef"}`)
	f.Add(`{"sub":"s","aud":["a"],"iat":1,"exp":2,"eui":"0123456789abcdef","sub":"t"}`)
	f.Add(`{"sub":"s","aud":"a","iat":1,"exp":2}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c, again claims
		if c.UnmarshalJSON([]byte(text)) != nil {
			return
		}
		members := map[string]any{"sub": c.Subject, "aud": c.Audience, "iat": c.Issued, "exp": c.Expires}
		if c.Gateway {
			members["eui"] = c.EUI.String()
		}
		written, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalJSON(written); err != nil || again != c {
			t.Errorf("%s became %+v, %v", text, again, err)
		}
	})
}

// safeBuffer is a log that may be written and read at the same time.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
