package broker

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mochi-mqtt/server/v2/packets"
)

// TestOneEUIHasFewStates: what is retained of a station is bounded in number, whatever regions
// it names, and in size, with MQTT 5 properties too. A state on one topic more is passed on,
// and not retained.
func TestOneEUIHasFewStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, who := onClock(t, Limits{})
		state := func(region string, size, remaining int) (packets.Packet, error) {
			return b.hook.OnPacketRead(who.mochi, packets.Packet{
				FixedHeader: packets.FixedHeader{Type: packets.Publish, Qos: 1, Retain: true, Remaining: remaining},
				TopicName:   region + "gateway/" + testEUI + "/state/conn", Payload: make([]byte, size),
			})
		}
		for i, region := range []string{"", "eu868/", "us915_0/", "us915_1/", "eu868/", ""} {
			p, err := state(region, 10, 0)
			if want := i < mostStates || i >= 4; err != nil || p.FixedHeader.Retain != want {
				t.Errorf("%q: retained %v, %v", region, p.FixedHeader.Retain, err)
			}
		}
		if p, err := state("in865/", 0, 0); err != nil || !p.FixedHeader.Retain {
			t.Errorf("what takes a state away: retained %v, %v", p.FixedHeader.Retain, err)
		}
		if _, err := state("", 10, maxRetained+1); err == nil {
			t.Error("a small payload with large properties is retained")
		}
	})
}

// TestWillsAreSmall: with their properties.
func TestWillsAreSmall(t *testing.T) {
	_, eui, station := binding(t, testEUI)
	who := &identity{station: station, rights: newStationRights(eui, station, map[string]bool{})}
	will := packets.ConnectParams{WillFlag: true, WillRetain: true, WillTopic: "gateway/" + testEUI + "/state/conn", WillPayload: []byte("offline")}
	if !who.mayLeave(will) {
		t.Error("a small will is refused")
	}
	for what, change := range map[string]func(*packets.Properties, string){
		"user":        func(p *packets.Properties, s string) { p.User = []packets.UserProperty{{Key: "k", Val: s}} },
		"type":        func(p *packets.Properties, s string) { p.ContentType = s },
		"topic":       func(p *packets.Properties, s string) { p.ResponseTopic = s },
		"correlation": func(p *packets.Properties, s string) { p.CorrelationData = []byte(s) },
	} {
		large := will
		change(&large.WillProperties, strings.Repeat("x", maxRetained))
		if who.mayLeave(large) {
			t.Errorf("a will with a large %s is taken", what)
		}
	}
}
