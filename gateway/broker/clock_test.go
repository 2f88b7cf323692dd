package broker

import (
	"net"
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

// TestMessageRate: a station that sends too much is slowed down, whatever it sends.
func TestMessageRate(t *testing.T) {
	_, eui, station := binding(t, testEUI)
	synctest.Test(t, func(t *testing.T) {
		b := newBroker(t, Config{Limits: Limits{MessageRate: 10}})
		conn, _ := net.Pipe()
		c := newClient(b.server.NewClient(conn, "", testEUI, false), &identity{
			name: "station", station: station, eui: eui, rights: newStationRights(eui, station, b.hook.regions),
		}, b.config.Limits)
		if _, err := b.hook.claim(c); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for range 10 + 30 { // what may come at once, and three seconds' worth
			p := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Publish}, TopicName: upTopic}
			if _, err := b.hook.OnPacketRead(c.mochi, p); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begin).Round(100 * time.Millisecond); took != 3*time.Second {
			t.Errorf("40 packets at 10/s took %v, want 3s", took)
		}
		b.stop()
		begin = time.Now()
		for range 100 {
			_, _ = b.hook.OnPacketRead(c.mochi, packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Pingreq}})
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("a stop waits %v for a slow station", took)
		}
	})
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
		if _, err := b.hook.loginStation(s.text, s.token(t, claims), testEUI); err == nil {
			t.Errorf("a token for %q was taken", audience)
		}
	}
}
