package broker

import (
	"errors"
	"fmt"
	"time"
)

// Limits bound what clients may take. Zero means the default.
type Limits struct {
	Connections           int `toml:"connections"`             // at one time, logged in or not; default 10,000
	ConnectionsPerAddress int `toml:"connections_per_address"` // an IPv4 address or an IPv6 /64; default 1,000
	ConnectRate           int `toml:"connect_rate"`            // new connections a second and address, ten times that at once; default 100
	Stations              int `toml:"stations"`                // EUIs bound in all; default 100,000
	BindingRate           int `toml:"binding_rate"`            // EUIs an hour that are bound from one address, as many at once; default 1,000
	PacketBytes           int `toml:"packet_bytes"`            // of an MQTT packet, checked before it is read; default 16,384
	InFlight              int `toml:"in_flight"`               // unacknowledged messages to one client; default 16,384
	StationInFlight       int `toml:"station_in_flight"`       // the same to a station, which is disconnected above it; default 1,024
	WritesPending         int `toml:"writes_pending"`          // messages waiting for one client's connection; default 512
	MessageRate           int `toml:"message_rate"`            // packets a second from one station, slowed down above it; default 2,000
	ByteRate              int `toml:"byte_rate"`               // bytes a second that one station may have kept, a minute's at once, slowed down above it; default 131,072
	ReportRate            int `toml:"report_rate"`             // reports a second from one station, ten seconds' at once, slowed down above it; default 20
	AddressByteRate       int `toml:"address_byte_rate"`       // the same as byte_rate of all stations of an address; default 8,388,608
	AddressReportRate     int `toml:"address_report_rate"`     // the same as report_rate; default 2,000

	ConnectTimeout Duration `toml:"connect_timeout"` // for TLS, WebSocket and MQTT login together; default 10 s
	Hold           Duration `toml:"hold"`            // how long a station stays connected whose packets are taken only later; default 25 s
	KeepAliveMin   Duration `toml:"keep_alive_min"`  // what a client asks for is raised to this; default 5 s
	KeepAliveMax   Duration `toml:"keep_alive_max"`  // or lowered to this, also when it asks for none; default 10 min
}

// limitRange is the permitted range of a limit and its default.
type limitRange struct {
	key                   string
	value                 *int
	fallback, least, most int
}

func (l *Limits) ranges() []limitRange {
	return []limitRange{
		{"connections", &l.Connections, 10_000, 1, 1 << 20},
		{"connections_per_address", &l.ConnectionsPerAddress, 1_000, 1, 1 << 20},
		{"connect_rate", &l.ConnectRate, 100, 1, 1 << 20},
		{"stations", &l.Stations, 100_000, 1, 1 << 24},
		{"binding_rate", &l.BindingRate, 1_000, 1, 1 << 24},
		{"packet_bytes", &l.PacketBytes, 16 << 10, 1 << 10, 1 << 20},
		{"in_flight", &l.InFlight, 16 << 10, 16, 60_000},
		{"station_in_flight", &l.StationInFlight, 1_024, 1, 60_000},
		{"writes_pending", &l.WritesPending, 512, 16, 8192},
		{"message_rate", &l.MessageRate, 2_000, 1, 1 << 20},
		{"byte_rate", &l.ByteRate, 128 << 10, 1 << 10, 1 << 30},
		{"report_rate", &l.ReportRate, 20, 1, 1 << 20},
		{"address_byte_rate", &l.AddressByteRate, 8 << 20, 1 << 10, 1 << 30},
		{"address_report_rate", &l.AddressReportRate, 2_000, 1, 1 << 20},
	}
}

type durationRange struct {
	key                   string
	value                 *Duration
	fallback, least, most time.Duration
}

func (l *Limits) durations() []durationRange {
	return []durationRange{
		{"connect_timeout", &l.ConnectTimeout, 10 * time.Second, 100 * time.Millisecond, 5 * time.Minute},
		{"hold", &l.Hold, 25 * time.Second, 100 * time.Millisecond, 5 * time.Minute},
		{"keep_alive_min", &l.KeepAliveMin, 5 * time.Second, time.Second, time.Hour},
		{"keep_alive_max", &l.KeepAliveMax, 10 * time.Minute, time.Second, 10 * time.Hour},
	}
}

// withDefaults has a value for every limit.
func (l Limits) withDefaults() Limits {
	for _, r := range l.ranges() {
		if *r.value == 0 {
			*r.value = r.fallback
		}
	}
	for _, r := range l.durations() {
		if *r.value == 0 {
			*r.value = Duration(r.fallback)
		}
	}
	return l
}

// Validate checks that every limit is in its range.
func (l Limits) Validate() error {
	l = l.withDefaults()
	var faults []error
	for _, r := range l.ranges() {
		if *r.value < r.least || *r.value > r.most {
			faults = append(faults, fmt.Errorf("limits.%s = %d: want %d to %d", r.key, *r.value, r.least, r.most))
		}
	}
	for _, r := range l.durations() {
		if v := time.Duration(*r.value); v < r.least || v > r.most {
			faults = append(faults, fmt.Errorf("limits.%s = %v: want %v to %v", r.key, v, r.least, r.most))
		}
	}
	if l.KeepAliveMin > l.KeepAliveMax {
		faults = append(faults, errors.New("limits.keep_alive_min is above keep_alive_max"))
	}
	return errors.Join(faults...)
}

// keepAlive brings what a client asks for, in seconds, into bounds. None asked
// for is the longest: a connection without an end could be dead for ever.
func (l Limits) keepAlive(asked uint16) uint16 {
	least := uint16(time.Duration(l.KeepAliveMin) / time.Second)
	most := uint16(time.Duration(l.KeepAliveMax) / time.Second)
	if asked == 0 {
		return most
	}
	return min(max(asked, least), most)
}
