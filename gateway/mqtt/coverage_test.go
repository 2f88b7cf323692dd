package mqtt

import (
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"hexspot/gateway"
	"hexspot/radio"
)

// news is a message that reached the station.
type news struct {
	name, payload string
	retained      bool
}

// covering starts a client that takes part in coverage.
func covering(t *testing.T, server string) (c *Client, topic string, arrived chan struct{}, came chan news) {
	t.Helper()
	id, err := radio.StationOf(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())
	if err != nil {
		t.Fatal(err)
	}
	arrived, came = make(chan struct{}, 8), make(chan news, 8)
	station := testStation(t)
	station.Coverage = &Coverage{
		Station: id, Arrived: func() { arrived <- struct{}{} },
		Receive: func(name string, payload []byte, retained bool) { came <- news{name, string(payload), retained} },
	}
	if c, err = New(Config{Server: server}, station, quiet()); err != nil {
		t.Fatal(err)
	}
	start(t, gateway.NewForwarder(c, gateway.Limits{}, quiet()).Run)
	start(t, c.Run)
	return c, "hexspot/" + id.String() + "/", arrived, came
}

// take waits for what must come.
func take[T any](t *testing.T, from chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("it does not come")
		panic("unreachable")
	}
}

// TestCoverage: what is retained comes with each session and is known as such, answers
// and values come, and reports arrive at their topics.
func TestCoverage(t *testing.T) {
	b := startBroker(t, "127.0.0.1:0")
	door := openDoor(t, b.address())
	if err := b.server.Publish("hexspot/net/anchor", []byte("old"), true, 1); err != nil {
		t.Fatal(err)
	}
	c, topic, arrived, came := covering(t, door.url())
	for range 2 {
		take(t, arrived)
		if got := take(t, came); got != (news{"anchor", "old", true}) {
			t.Errorf("retained: %+v", got)
		}
		for name, to := range map[string]string{"ack": topic + "ack", "heard": topic + "heard", "value": "hexspot/net/value"} {
			if err := b.server.Publish(to, []byte(name), false, 1); err != nil {
				t.Fatal(err)
			}
			if got := take(t, came); got != (news{name, name, false}) {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if !c.Online() {
			t.Error("not online")
		}
		door.slam()
	}
	take(t, arrived)
	for i := range 3 {
		c.Report("witness", fmt.Append(nil, i))
	}
	messages := b.await("three reports", func(m []packets.Packet) bool { return len(on(topic+"up/witness", m)) >= 3 })
	for i, m := range on(topic+"up/witness", messages)[:3] {
		if string(m.Payload) != fmt.Sprint(i) || m.FixedHeader.Retain || m.FixedHeader.Qos != 1 {
			t.Errorf("report %d: %q, retained %v, QoS %d", i, m.Payload, m.FixedHeader.Retain, m.FixedHeader.Qos)
		}
	}
}

// TestNoCoverage: a broker that refuses the topics of coverage still gets packets.
func TestNoCoverage(t *testing.T) {
	b := startBroker(t, "127.0.0.1:0")
	b.guard.closed = "hexspot/"
	c, _, arrived, _ := covering(t, "tcp://"+b.address())
	b.await("the gateway", func(m []packets.Packet) bool { return len(on(stateTopic, m)) > 0 })
	deadline := time.Now().Add(patience)
	for look := time.NewTicker(time.Millisecond); !c.Online(); <-look.C {
		if time.Now().After(deadline) {
			t.Fatal("the gateway is there, and not online")
		}
	}
	if len(arrived) > 0 {
		t.Error("the session says that it takes part")
	}
}

// TestNobodyTellsWhoHears: a network without discovery still has proof of coverage.
func TestNobodyTellsWhoHears(t *testing.T) {
	b := startBroker(t, "127.0.0.1:0")
	b.guard.closed = "/heard"
	_, topic, arrived, came := covering(t, "tcp://"+b.address())
	take(t, arrived)
	if err := b.server.Publish(topic+"ack", []byte("receipt"), false, 1); err != nil {
		t.Fatal(err)
	}
	if got := take(t, came); got != (news{"ack", "receipt", false}) {
		t.Errorf("%+v", got)
	}
}
