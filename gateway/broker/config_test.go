package broker

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pelletier/go-toml/v2"
)

func TestConfigValidate(t *testing.T) {
	text := newStation(t, jwt.SigningMethodEdDSA).text
	good := server(t)
	account := func(change func(*Account)) Config {
		a := good
		change(&a)
		return Config{Accounts: []Account{a}}
	}
	for name, c := range map[string]struct {
		config Config
		fault  string // empty: none
	}{
		"zero":                {Config{}, ""},
		"list":                {Config{Stations: "list", StationList: []string{text}}, ""},
		"empty list":          {Config{Stations: "list"}, ""},
		"account":             {account(func(*Account) {}), ""},
		"regions":             {Config{Regions: []string{"eu868", "my_region"}}, ""},
		"no port":             {Config{Listen: []string{"127.0.0.1"}}, "listen"},
		"TLS without key":     {Config{ListenTLS: []string{":8883"}, TLSCert: "cert.pem"}, "tls_key"},
		"wss without TLS":     {Config{WebSocketTLS: []string{":443"}}, "tls_cert"},
		"network":             {Config{Network: "xyz"}, "network"},
		"unknown stations":    {Config{Stations: "some"}, `"open" or "list"`},
		"list without effect": {Config{StationList: []string{text}}, `stations = "list"`},
		"bad station":         {Config{Stations: "list", StationList: []string{text[:60]}}, "entry 1"},
		"region with a dot":   {Config{Regions: []string{"eu.868"}}, "regions"},
		"region with a level": {Config{Regions: []string{"eu868/x"}}, "regions"},
		"long region":         {Config{Regions: []string{strings.Repeat("x", maxName+1)}}, "regions"},
		"station as account":  {account(func(a *Account) { a.Name = text }), "name of a station"},
		"no name":             {account(func(a *Account) { a.Name = "" }), "name"},
		"no password":         {account(func(a *Account) { a.PasswordHash = "" }), "password_hash"},
		"two passwords":       {account(func(a *Account) { a.PasswordFile = "x" }), "either"},
		"password, not hash":  {account(func(a *Account) { a.PasswordHash = "secret" }), "hexnet account"},
		"bad publish filter":  {account(func(a *Account) { a.Publish = []string{"a#"} }), "publish"},
		"bad subscribe":       {account(func(a *Account) { a.Subscribe = []string{"#/a"} }), "subscribe"},
		"account twice":       {Config{Accounts: []Account{good, good}}, "twice"},
		"limit":               {Config{Limits: Limits{PacketBytes: 10}}, "packet_bytes"},
		"negative limit":      {Config{Limits: Limits{Connections: -1}}, "connections"},
		"time limit":          {Config{Limits: Limits{ConnectTimeout: Duration(time.Hour)}}, "connect_timeout"},
		"keep-alive":          {Config{Limits: Limits{KeepAliveMin: Duration(time.Hour)}}, "keep_alive_min"},
	} {
		err := c.config.Validate()
		if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
}

// TestConfigText: the keys are those of the documentation, and durations are text.
func TestConfigText(t *testing.T) {
	var c Config
	d := toml.NewDecoder(strings.NewReader(`
listen = ["127.0.0.1:1883"]
stations = "list"
station_list = []
[limits]
message_rate = 5
connect_timeout = "3s"
[[account]]
name = "a"
subscribe = ["#"]
`)).DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	if c.Limits.MessageRate != 5 || time.Duration(c.Limits.ConnectTimeout) != 3*time.Second || c.Accounts[0].Name != "a" || c.Stations != stationsList {
		t.Errorf("%+v", c)
	}
	if err := toml.Unmarshal([]byte("[limits]\nconnect_timeout = \"soon\""), &c); err == nil {
		t.Error("a duration that is none was taken")
	}
}

func TestKeepAlive(t *testing.T) {
	l := Limits{}.withDefaults()
	for asked, want := range map[uint16]uint16{0: 600, 1: 5, 5: 5, 60: 60, 600: 600, 65535: 600} {
		if got := l.keepAlive(asked); got != want {
			t.Errorf("keep-alive of %d s: %d, want %d", asked, got, want)
		}
	}
}

// TestNewKeepsNoPort: what New cannot finish it undoes. Nobody else uses this
// address of the loopback network.
func TestNewKeepsNoPort(t *testing.T) {
	first, err := New(Config{Listen: []string{"127.0.7.9:0"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer first.doors[0].close()
	_, taken, _ := strings.Cut(first.Addresses()[0], "://")
	probe, err := New(Config{Listen: []string{"127.0.7.9:0"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, free, _ := strings.Cut(probe.Addresses()[0], "://")
	probe.doors[0].close()
	if _, err := New(Config{Listen: []string{free, taken}}, Options{}); err == nil || !strings.Contains(err.Error(), "listen") {
		t.Errorf("a port that is taken: %v", err)
	}
	again, err := New(Config{Listen: []string{free}}, Options{})
	if err != nil {
		t.Fatalf("the other port is still held: %v", err)
	}
	again.doors[0].close()
}
