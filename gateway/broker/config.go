package broker

import (
	"errors"
	"fmt"
	"net"
	"slices"

	"hexspot/radio"
)

// DefaultListen is where the broker listens if nothing is configured.
const DefaultListen = "127.0.0.1:1883"

// Config says where the broker listens and who may do what. The zero Config
// listens on DefaultListen; stations can log in when Network is set.
type Config struct {
	Listen       []string `toml:"listen"`        // MQTT; if no listener is set at all: DefaultListen
	ListenTLS    []string `toml:"listen_tls"`    // MQTT over TLS
	WebSocket    []string `toml:"websocket"`     // MQTT over WebSocket, any path
	WebSocketTLS []string `toml:"websocket_tls"` // the same over TLS
	TLSCert      string   `toml:"tls_cert"`      // PEM files; read again when they change
	TLSKey       string   `toml:"tls_key"`

	// Network is the network that station tokens must be for: 16 hexadecimal
	// digits. Empty: stations cannot log in.
	Network     string   `toml:"network"`
	Stations    string   `toml:"stations"`     // "open" (default): any station; "list": those of StationList
	StationList []string `toml:"station_list"` // text ids
	Regions     []string `toml:"regions"`      // topic prefixes stations may use; empty: ChirpStack's

	Accounts []Account `toml:"account"`
	Limits   Limits    `toml:"limits"`
}

// The values of Config.Stations.
const (
	stationsOpen = "open"
	stationsList = "list"
)

// Validate checks what can be checked without opening anything. Errors name the
// key and the cure.
func (c Config) Validate() error {
	return errors.Join(
		c.checkListeners(),
		c.checkStations(),
		c.checkRegions(),
		c.checkAccounts(),
		c.Limits.Validate(),
	)
}

func (c Config) checkListeners() error {
	var faults []error
	for _, kind := range c.listeners() {
		for _, address := range kind.addresses {
			if _, _, err := net.SplitHostPort(address); err != nil {
				faults = append(faults, fmt.Errorf("%s: %w: want HOST:PORT, such as %q", kind.key, err, DefaultListen))
			}
		}
	}
	if len(c.ListenTLS)+len(c.WebSocketTLS) > 0 && (c.TLSCert == "" || c.TLSKey == "") {
		faults = append(faults, errors.New("listen_tls and websocket_tls need tls_cert and tls_key"))
	}
	return errors.Join(faults...)
}

// listenerKind is one way to listen and the addresses configured for it.
type listenerKind struct {
	key       string // in the configuration
	addresses []string
	secure    bool
	websocket bool
}

func (c Config) listeners() []listenerKind {
	listen := c.Listen
	if len(c.Listen)+len(c.ListenTLS)+len(c.WebSocket)+len(c.WebSocketTLS) == 0 {
		listen = []string{DefaultListen}
	}
	return []listenerKind{
		{key: "listen", addresses: listen},
		{key: "listen_tls", addresses: c.ListenTLS, secure: true},
		{key: "websocket", addresses: c.WebSocket, websocket: true},
		{key: "websocket_tls", addresses: c.WebSocketTLS, secure: true, websocket: true},
	}
}

func (c Config) checkStations() error {
	if c.Network != "" {
		if _, err := radio.ParseNetwork(c.Network); err != nil {
			return err
		}
	}
	switch c.Stations {
	case "", stationsOpen:
		if len(c.StationList) > 0 {
			return errors.New(`station_list is set, but stations = "open" lets every station in: set stations = "list"`)
		}
	case stationsList:
	default:
		return fmt.Errorf(`stations = %q: want "open" or "list"`, c.Stations)
	}
	_, err := c.stationSet()
	return err
}

// stationSet is the list of stations that may log in, nil: all may.
func (c Config) stationSet() (map[radio.Station]bool, error) {
	if c.Stations != stationsList {
		return nil, nil
	}
	set := make(map[radio.Station]bool, len(c.StationList))
	for i, text := range c.StationList {
		station, err := radio.ParseStation(text)
		if err != nil {
			return nil, fmt.Errorf("station_list, entry %d: %w", i+1, err)
		}
		set[station] = true
	}
	return set, nil
}

func (c Config) checkRegions() error {
	for _, region := range c.Regions {
		if !isName(region) {
			return fmt.Errorf("regions: %q: want at most %d lower-case letters, digits and _", clip(region), maxName)
		}
	}
	return nil
}

func (c Config) checkAccounts() error {
	var faults []error
	var names []string
	for i, a := range c.Accounts {
		if err := a.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("account %d (%q): %w", i+1, clip(a.Name), err))
		}
		if slices.Contains(names, a.Name) {
			faults = append(faults, fmt.Errorf("account %q is there twice", clip(a.Name)))
		}
		names = append(names, a.Name)
	}
	return errors.Join(faults...)
}
