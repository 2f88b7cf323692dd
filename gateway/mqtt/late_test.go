package mqtt

import (
	"maps"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/mochi-mqtt/server/v2/packets"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"hexspot/gateway"
)

func TestMark(t *testing.T) {
	for _, c := range []struct {
		name   string
		held   time.Duration
		clock  bool // the time of reception is known
		waited bool
		want   map[string]string
	}{
		{"at once", 300 * time.Millisecond, true, false, nil},
		{"at once after a short wait", 999 * time.Millisecond, true, true, nil},
		{"a second", time.Second, true, true, map[string]string{"hold_ms": "1000"}},
		{"a second in flight", 1500 * time.Millisecond, true, false, map[string]string{"hold_ms": "1500"}},
		{"before the last window", 5999 * time.Millisecond, true, true, map[string]string{"hold_ms": "5999"}},
		{"after it", 6 * time.Second, true, true, map[string]string{"hold_ms": "6000", "late": "true"}},
		{"a month", 720 * time.Hour, true, true, map[string]string{"hold_ms": "2592000000", "late": "true"}},
		{"clock went back", -time.Second, true, true, map[string]string{"late": "true"}},
		{"clock went back, sent at once", -time.Second, true, false, nil},
		{"no clock", 0, false, true, map[string]string{"late": "true"}},
		{"no clock, sent at once", 0, false, false, nil},
	} {
		u := loraUplink()
		if !c.clock {
			u.ReceivedAt = time.Time{}
		}
		f := gateway.NewFrame(u)
		f.Waited = c.waited
		up := UplinkFrame(&f)
		mark(up, &f, received.Add(c.held))
		if got := up.RxInfo.Metadata; !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestHeldUplinksAreMarked on their way through a broker, with the true time of
// reception; one that is fresh is not.
func TestHeldUplinksAreMarked(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	f, stop := forwarding(t, Config{Server: "tcp://" + broker.address()})
	defer stop()
	old, fresh := loraUplink(), loraUplink()
	old.ReceivedAt, fresh.ReceivedAt = time.Now().Add(-time.Hour), time.Now()
	f.Offer(gateway.NewFrame(old))
	f.Offer(gateway.NewFrame(fresh))
	messages := on(upTopic, broker.await("two uplinks", func(m []packets.Packet) bool { return len(on(upTopic, m)) == 2 }))
	for i, want := range []struct {
		late string
		at   time.Time
	}{{"true", old.ReceivedAt}, {"", fresh.ReceivedAt}} {
		var up gw.UplinkFrame
		if err := proto.Unmarshal(messages[i].Payload, &up); err != nil {
			t.Fatal(err)
		}
		if up.RxInfo.Metadata["late"] != want.late || !proto.Equal(up.RxInfo.GwTime, timestamppb.New(want.at)) {
			t.Errorf("uplink %d: %v", i, up.RxInfo)
		}
	}
}
