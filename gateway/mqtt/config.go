package mqtt

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hexspot/gateway"
	"hexspot/radio"
)

// Config says how to reach one network. Only Server is needed.
type Config struct {
	Type        string  `toml:"type"`         // "chirpstack", the only type so far, or empty
	Server      string  `toml:"server"`       // "tcp://host:1883"; also ssl, tls, ws, wss, mqtt, mqtts
	TopicPrefix *string `toml:"topic_prefix"` // nil: the region's; empty: none
	JSON        bool    `toml:"json"`         // JSON instead of protobuf

	ClientID     string `toml:"client_id"`     // empty: the gateway's EUI
	CleanSession *bool  `toml:"clean_session"` // nil: true; false: the broker keeps commands while the gateway is away
	Username     string `toml:"username"`
	Password     string `toml:"password"`

	StationLogin bool   `toml:"station_login"` // log in with the station key
	Network      string `toml:"network"`       // whom that login is for: 16 hexadecimal digits

	CACert  string `toml:"ca_cert"` // PEM files
	TLSCert string `toml:"tls_cert"`
	TLSKey  string `toml:"tls_key"`

	EmissionReports *bool `toml:"emission_reports"` // nil: true; tell on report/emission how downlinks ended
	Configurable    *bool `toml:"configurable"`     // nil: if this is the only network; it may set the channels

	KeepAlive     Duration `toml:"keep_alive"`     // zero: 30 s
	StatsInterval Duration `toml:"stats_interval"` // zero: 30 s

	QueueFrames int `toml:"queue_frames"` // frames that wait while the network is away; zero: 4096
	QueueBytes  int `toml:"queue_bytes"`  // of memory for them; zero: 4 MiB
}

// Duration is a time.Duration that is text in TOML, "30s".
type Duration = gateway.Duration

// What a configuration, or a network, may ask for.
const (
	minStatsInterval = time.Second
	maxStatsInterval = 24 * time.Hour
)

// schemes are the URL schemes of a server; true: with TLS.
var schemes = map[string]bool{
	"tcp": false, "mqtt": false, "ws": false,
	"ssl": true, "tls": true, "mqtts": true, "wss": true,
}

// Validate checks what can be checked without a connection. Errors name the key
// and the cure.
func (c Config) Validate() error {
	return errors.Join(
		c.checkType(),
		c.checkServer(),
		c.checkTopicPrefix(),
		c.checkLogin(),
		c.checkTLS(),
		checkRange("keep_alive", c.KeepAlive.Or(30*time.Second), 5*time.Second, time.Hour),
		checkRange("stats_interval", c.StatsInterval.Or(30*time.Second), minStatsInterval, maxStatsInterval),
		checkRange("queue_frames", c.QueueFrames, 0, 1<<20),
		checkRange("queue_bytes", c.QueueBytes, 0, 1<<30),
	)
}

func (c Config) checkType() error {
	if c.Type != "" && c.Type != "chirpstack" {
		return fmt.Errorf("type %q: the only type is \"chirpstack\"", c.Type)
	}
	return nil
}

func (c Config) checkServer() error {
	if c.Server == "" {
		return errors.New("server is missing, for example \"tcp://127.0.0.1:1883\"")
	}
	u, err := url.Parse(c.Server)
	if err != nil {
		return errors.New("server is not a URL such as \"tcp://127.0.0.1:1883\"") // without err: it quotes a password
	}
	if _, ok := schemes[u.Scheme]; !ok || u.Hostname() == "" {
		return fmt.Errorf("server %q: want SCHEME://HOST:PORT with one of tcp, ssl, ws, wss, mqtt, mqtts", u.Redacted())
	}
	if u.User != nil {
		return errors.New("server holds credentials: put them into username and password")
	}
	return nil
}

func (c Config) checkTopicPrefix() error {
	if c.TopicPrefix == nil {
		return nil
	}
	return checkPrefix(*c.TopicPrefix)
}

func (c Config) checkLogin() error {
	switch {
	case c.StationLogin && (c.Username != "" || c.Password != ""):
		return errors.New("station_login takes the place of username and password: leave them out")
	case c.StationLogin && c.Network == "":
		return errors.New("station_login needs network, the 16 hexadecimal digits that the network's operator states")
	case c.Password != "" && c.Username == "":
		return errors.New("password without username")
	case len(c.ClientID) > 64 || strings.ContainsAny(c.ClientID, "/+#\x00"):
		return errors.New("client_id: at most 64 characters, no / + #")
	}
	if c.Network == "" {
		return nil
	}
	if _, err := radio.ParseNetwork(c.Network); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	return nil
}

func (c Config) checkTLS() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("tls_cert and tls_key belong together: one of them is missing")
	}
	if (c.TLSCert != "" || c.CACert != "") && !c.secure() {
		return fmt.Errorf("certificates are set, but server %q is not encrypted: use ssl:// or wss://", c.Server)
	}
	return nil
}

// secure says whether the server is reached over TLS.
func (c Config) secure() bool {
	scheme, _, _ := strings.Cut(c.Server, "://")
	return schemes[scheme]
}

func checkRange[T int | time.Duration](key string, value, least, most T) error {
	if value < least || value > most {
		return fmt.Errorf("%s = %v: want %v to %v", key, value, least, most)
	}
	return nil
}

// cleanSession says whether the broker forgets the gateway between connections.
// Uplinks do not need its memory: the forwarder has its own.
func (c Config) cleanSession() bool { return c.CleanSession == nil || *c.CleanSession }

// prefix is the topic prefix for a plan.
func (c Config) prefix(plan radio.Plan) string {
	if c.TopicPrefix != nil {
		return *c.TopicPrefix
	}
	return plan.Topic()
}

// Name names the network in logs, without credentials.
func (c Config) Name() string { return c.Server }

// Limits bound the frames that wait for the network.
func (c Config) Limits() gateway.Limits {
	return gateway.Limits{Frames: c.QueueFrames, Bytes: c.QueueBytes}
}
