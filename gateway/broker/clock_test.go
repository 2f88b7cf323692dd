package broker

import (
	"crypto/ed25519"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/mochi-mqtt/server/v2/packets"

	"hexspot/radio"
)

// These tests run on a clock that jumps; the broker listens, but nobody comes.

func newBroker(t *testing.T, c Config) *Broker {
	t.Helper()
	c.Listen = []string{"127.0.0.1:0"}
	b, err := New(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.doors[0].close)
	return b
}

// onClock is a station that has logged in to a broker that nobody else comes to.
func onClock(t *testing.T, l Limits) (*Broker, *client) {
	t.Helper()
	_, eui, station := binding(t, testEUI)
	b := newBroker(t, Config{Limits: l})
	conn, _ := net.Pipe()
	b.guests.source(sourceOf(conn.RemoteAddr()), time.Now())
	c := b.hook.newClient(b.server.NewClient(conn, "", testEUI, false), &identity{
		name: "station", station: station, eui: eui, rights: newStationRights(eui, station, b.hook.regions),
	})
	if _, err := b.hook.claim(c); err != nil {
		t.Fatal(err)
	}
	return b, c
}

// TestRates: a station that sends too much is slowed down, whatever it sends too much of.
func TestRates(t *testing.T) {
	for name, c := range map[string]struct {
		limits  Limits
		topic   string
		payload int
		count   int // what may come at once, and three seconds' worth
	}{
		"packets": {Limits{MessageRate: 10}, upTopic, 0, 10 + 30},
		"bytes":   {Limits{ByteRate: 10 << 10}, upTopic, 1<<10 - keptWith, burstBytes*10 + 30},
		"reports": {Limits{ReportRate: 10}, "hexspot/STATION/up/beacon", 0, burstReports*10 + 30},

		"bytes of an address":   {Limits{AddressByteRate: 10 << 10}, upTopic, 1<<10 - keptWith, burstBytes*10 + 30},
		"reports of an address": {Limits{AddressReportRate: 10}, "hexspot/STATION/up/beacon", 0, burstReports*10 + 30},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, who := onClock(t, c.limits)
				begin := time.Now()
				for range c.count {
					p := packets.Packet{
						FixedHeader: packets.FixedHeader{Type: packets.Publish, Qos: 1}, Payload: make([]byte, c.payload),
						TopicName: strings.Replace(c.topic, "STATION", who.station.String(), 1),
					}
					if _, err := b.hook.OnPacketRead(who.mochi, p); err != nil {
						t.Fatal(err)
					}
				}
				if took := time.Since(begin).Round(100 * time.Millisecond); took != 3*time.Second {
					t.Errorf("%d took %v, want 3s", c.count, took)
				}
				b.stop()
				begin = time.Now()
				for range 10_000 {
					_, _ = b.hook.OnPacketRead(who.mochi, packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Pingreq}})
				}
				if took := time.Since(begin); took != 0 {
					t.Errorf("a stop waits %v for a slow station", took)
				}
			})
		})
	}
}

// TestStationsOfAnAddressShare: a thousand keys send no more than an address may, which is
// remembered until it has rested.
func TestStationsOfAnAddressShare(t *testing.T) {
	g := newGuests(Limits{AddressReportRate: 1}.withDefaults())
	here, there, now := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32"), time.Unix(1_700_000_000, 0)
	g.source(here, now)
	g.source(there, now)
	report := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Publish}, TopicName: "hexspot/x/up/beacon"}
	for range burstReports {
		if wait := g.sent(here).delay(report, now); wait != 0 {
			t.Fatal(wait)
		}
	}
	g.forget(now.Add(burst*time.Second - 1))
	if wait := g.sent(here).delay(report, now); wait != time.Second {
		t.Errorf("one more report waits %v", wait)
	}
	if wait := g.sent(there).delay(report, now); wait != 0 {
		t.Errorf("a neighbour waits %v", wait)
	}
	if g.forget(now.Add(time.Hour)); g.sent(here) != nil || g.sent(there) != nil {
		t.Error("a place that has rested is remembered")
	}
}

// TestPacesStay: a station that comes back is as fast as one that stays; one that has
// rested is forgotten, but not one that has not.
func TestPacesStay(t *testing.T) {
	station := func(n int) (s radio.Station) {
		s, err := radio.StationOf(ed25519.NewKeyFromSeed(append(make([]byte, 30), byte(n>>8), byte(n))).Public())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	p := newPaces(Limits{MessageRate: 1, ByteRate: 1 << 10, ReportRate: 1, PacketBytes: 1 << 10})
	busy, now := station(0), time.Unix(1_700_000_000, 0)
	p.of(busy, now).delay(packets.Packet{}, now)
	if again := p.of(busy, now).delay(packets.Packet{}, now); again != time.Second {
		t.Errorf("a second packet after a new login waits %v, want 1s", again)
	}
	for n := range 2 * leastSweep {
		p.of(station(n+1), now)
	}
	if len(p.all) > leastSweep+2 {
		t.Errorf("%d stations are remembered, most of which have rested", len(p.all))
	}
	if again := p.of(busy, now).delay(packets.Packet{}, now); again != 2*time.Second {
		t.Errorf("a busy station was forgotten: its third packet waits %v, want 2s", again)
	}
}

// TestUnacknowledged: a station that acknowledges nothing is thrown out, and named.
func TestUnacknowledged(t *testing.T) {
	b, who := onClock(t, Limits{StationInFlight: 3})
	ping := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Pingreq}}
	for id := range uint16(5) {
		_, err := b.hook.OnPacketRead(who.mochi, ping)
		if (err != nil) != (id > 3) {
			t.Errorf("with %d in flight: %v", id, err)
		}
		who.mochi.State.Inflight.Set(packets.Packet{PacketID: id + 1})
	}
	if n := b.Counters().RefusedBy[RefusedPatience]; n != 1 {
		t.Errorf("%d refused", n)
	}
}

// TestRetainedStays: a gateway that has been online for a week still is.
func TestRetainedStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroker(t, Config{})
		if err := b.server.Serve(); err != nil {
			t.Fatal(err)
		}
		if err := b.Publish(connTopic, []byte("online"), true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(7 * 24 * time.Hour)
		synctest.Wait()
		if got := b.retained(connTopic); got != "online" {
			t.Errorf("retained %q after a week", got)
		}
		if err := b.server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestNoNetwork: without a network no token is for this broker.
func TestNoNetwork(t *testing.T) {
	b := newBroker(t, Config{})
	s := newStation(t, jwt.SigningMethodEdDSA)
	for _, audience := range []string{"", testNetwork, radio.Network{}.String()} {
		claims := s.claims(testEUI)
		claims["aud"] = audience
		conn, _ := net.Pipe()
		if _, err := b.hook.loginStation(s.text, s.token(t, claims), b.server.NewClient(conn, "", testEUI, false)); err == nil {
			t.Errorf("a token for %q was taken", audience)
		}
	}
}
