package mqtt

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/mochi-mqtt/server/v2/packets"
	"google.golang.org/protobuf/proto"

	"hexspot/gateway"
	"hexspot/radio"
)

const (
	upTopic    = "eu868/gateway/0123456789abcdef/event/up"
	statsTopic = "eu868/gateway/0123456789abcdef/event/stats"
	stateTopic = "eu868/gateway/0123456789abcdef/state/conn"
)

func testStation(t *testing.T) Station {
	t.Helper()
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	return Station{EUI: testEUI, Plan: plan, Statistics: gateway.NewStatistics()}
}

// forwarding starts a client and a forwarder to a server.
func forwarding(t *testing.T, config Config) (f *gateway.Forwarder, stop func()) {
	t.Helper()
	client, err := New(config, testStation(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	f = gateway.NewForwarder(client, config.Limits(), quiet())
	return f, start(t, f.Run)
}

// numbered is a frame whose payload ends with a number.
func numbered(i int) gateway.Frame {
	u := loraUplink()
	u.PHYPayload = fmt.Appendf(nil, "%s%06d", u.PHYPayload[:12], i)
	u.Timestamp.Micros += uint64(i)
	return gateway.NewFrame(u)
}

// numbersOf are the numbers of the uplinks among messages, in order of arrival.
func numbersOf(t *testing.T, messages []packets.Packet) (numbers []int) {
	t.Helper()
	for _, m := range on(upTopic, messages) {
		var up gw.UplinkFrame
		if err := proto.Unmarshal(m.Payload, &up); err != nil {
			t.Fatal(err)
		}
		var n int
		if _, err := fmt.Sscanf(string(up.PhyPayload[12:]), "%d", &n); err != nil {
			t.Fatal(err)
		}
		if f := numbered(n); up.RxInfo.UplinkId != f.UplinkID || string(up.RxInfo.Context) != string(f.Context[:]) {
			t.Errorf("frame %d came with another identity", n)
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// distinct counts numbers, and fails if a new one is smaller than an earlier new
// one: frames may come twice, but never out of order.
func distinct(t *testing.T, numbers []int) int {
	t.Helper()
	highest := -1
	seen := map[int]bool{}
	for _, n := range numbers {
		if !seen[n] && n < highest {
			t.Errorf("frame %d came first after frame %d", n, highest)
		}
		seen[n] = true
		highest = max(highest, n)
	}
	return len(seen)
}

func states(messages []packets.Packet) (list []gw.ConnState_State) {
	for _, m := range on(stateTopic, messages) {
		var s gw.ConnState
		if proto.Unmarshal(m.Payload, &s) == nil && m.FixedHeader.Retain {
			list = append(list, s.State)
		}
	}
	return list
}

func TestForwardsAndSaysFarewell(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	f, stop := forwarding(t, Config{Server: "tcp://" + broker.address()})
	for i := range 200 {
		f.Offer(numbered(i))
	}
	messages := broker.await("200 uplinks", func(m []packets.Packet) bool { return len(on(upTopic, m)) >= 200 })
	if numbers := numbersOf(t, messages); len(numbers) != 200 || distinct(t, numbers) != 200 {
		t.Errorf("%d uplinks, %d of them different, want 200", len(numbers), distinct(t, numbers))
	}
	for _, m := range on(upTopic, messages) {
		if m.FixedHeader.Qos != 1 || m.FixedHeader.Retain {
			t.Fatalf("an uplink at QoS %d, retained %v", m.FixedHeader.Qos, m.FixedHeader.Retain)
		}
	}
	stop()
	if got := f.Counters(); got.Acked != 200 || got.Queued != 0 {
		t.Errorf("counters %+v, want 200 acknowledged", got)
	}
	got := states(broker.await("the farewell", func(m []packets.Packet) bool { return len(states(m)) >= 2 }))
	if len(got) != 2 || got[0] != gw.ConnState_ONLINE || got[1] != gw.ConnState_OFFLINE {
		t.Errorf("states %v, want online, offline", got)
	}
}

// TestCutConnection cuts the TCP connection with frames in flight: every frame
// arrives, in order, and the last will has told of the outage.
func TestCutConnection(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	door := openDoor(t, broker.address())
	f, _ := forwarding(t, Config{Server: door.url()})
	for i := range 100 {
		f.Offer(numbered(i))
	}
	broker.await("the first frames", func(m []packets.Packet) bool { return len(on(upTopic, m)) >= 20 })
	door.swallowAnswers(true) // acknowledgements are lost
	for i := 100; i < 300; i++ {
		f.Offer(numbered(i))
	}
	broker.await("frames in flight", func([]packets.Packet) bool { return f.Counters().InFlight > 32 })
	door.slam()
	door.swallowAnswers(false)
	broker.await("the last will", func(m []packets.Packet) bool {
		s := states(m)
		return len(s) >= 2 && s[1] == gw.ConnState_OFFLINE
	})
	messages := broker.await("300 different frames", func(m []packets.Packet) bool {
		return distinct(t, numbersOf(t, m)) == 300
	})
	if numbers := numbersOf(t, messages); len(numbers) > 300+64 {
		t.Errorf("%d frames arrived for 300: more came twice than were in flight", len(numbers))
	}
}

// TestBrokerRestarts stops the broker for a while.
func TestBrokerRestarts(t *testing.T) {
	broker := startBroker(t, kept)
	address := broker.address()
	f, _ := forwarding(t, Config{Server: "tcp://" + address})
	f.Offer(numbered(0))
	broker.await("a frame", func(m []packets.Packet) bool { return len(on(upTopic, m)) == 1 })
	broker.stop()
	for i := 1; i < 50; i++ {
		f.Offer(numbered(i))
	}
	again := startBroker(t, address)
	messages := again.await("the rest", func(m []packets.Packet) bool { return distinct(t, numbersOf(t, m)) >= 49 })
	if s := states(messages); len(s) != 1 || s[0] != gw.ConnState_ONLINE {
		t.Errorf("states %v, want online", s)
	}
}

func TestStopsWithoutBroker(t *testing.T) {
	f, stop := forwarding(t, Config{Server: "tcp://127.0.0.1:1"})
	f.Offer(numbered(0))
	stop()
}

func TestRefusals(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	broker.guard.name, broker.guard.secret = "roof", "right"
	for _, c := range []struct {
		name       string
		config     Config
		noCommands bool
		fails      bool
	}{
		{"right password", Config{Username: "roof", Password: "right"}, false, false},
		{"wrong password", Config{Username: "roof", Password: "wrong"}, false, true},
		{"no command rights", Config{Username: "roof", Password: "right"}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			broker.guard.mu.Lock()
			broker.guard.noCommands = c.noCommands
			broker.guard.mu.Unlock()
			c.config.Server = "tcp://" + broker.address()
			client, err := New(c.config, testStation(t), quiet())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			s, err := client.dial(ctx)
			if (err != nil) != c.fails {
				t.Errorf("error %v, want one: %v", err, c.fails)
			}
			if s != nil {
				s.Close()
			}
		})
	}
}

func TestStationLogin(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	broker.guard.name, broker.guard.secret = "spot1", "token 2"
	station, logins := testStation(t), 0
	station.Login = func() (string, string, error) {
		logins++
		if logins == 1 {
			return "", "", errors.New("no entropy today")
		}
		return "spot1", fmt.Sprint("token ", logins), nil
	}
	config := Config{Server: "tcp://" + broker.address(), StationLogin: true, Network: "c2ad0a997751e040"}
	client, err := New(config, station, quiet())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := client.Connect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if logins != 2 {
		t.Errorf("%d logins, want a new one for each try: 2", logins)
	}
}

func TestStatistics(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	station := testStation(t)
	client, err := New(Config{Server: "tcp://" + broker.address(), StatsInterval: Duration(time.Second)}, station, quiet())
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	router := gateway.Router{Receiver: &oneUplink{}, Statistics: station.Statistics}
	if err := router.Run(t.Context()); !errors.Is(err, errHeardAll) {
		t.Fatal(err)
	}
	start(t, client.Run) // which reports what was heard before it ran, too
	messages := broker.await("statistics", func(m []packets.Packet) bool { return len(on(statsTopic, m)) >= 1 })
	var stats gw.GatewayStats
	if err := proto.Unmarshal(on(statsTopic, messages)[0].Payload, &stats); err != nil {
		t.Fatal(err)
	}
	if stats.GatewayId != testEUI.String() || stats.Time == nil || stats.RxPacketsReceived != 1 {
		t.Errorf("statistics %v", &stats)
	}
}

// oneUplink is a radio that hears one frame.
type oneUplink struct{ heard bool }

var errHeardAll = errors.New("that was all")

func (r *oneUplink) Receive(context.Context) (radio.Uplink, error) {
	if r.heard {
		return radio.Uplink{}, errHeardAll
	}
	r.heard = true
	return loraUplink(), nil
}
