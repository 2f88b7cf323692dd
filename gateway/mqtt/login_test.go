package mqtt

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// TestLogin reads the CONNECT packet that a configuration leads to.
func TestLogin(t *testing.T) {
	for _, c := range []struct {
		name      string
		config    Config
		id        string
		user      string
		clean     bool
		keepAlive uint16
	}{
		{"default", Config{}, "0123456789abcdef", "", true, 30},
		{"chosen", Config{ClientID: "roof", Username: "u", Password: "p", CleanSession: ptr(false), KeepAlive: Duration(time.Minute), JSON: true}, "roof", "u", false, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broker := newPipeBroker(t)
				overPipes(t, broker, c.config)
				synctest.Wait()
				p := broker.login()
				if p.ClientIdentifier != c.id || p.Username != c.user || p.CleanSession != c.clean || p.Keepalive != c.keepAlive {
					t.Errorf("%v", p)
				}
				if p.ProtocolVersion != 4 || p.ProtocolName != "MQTT" {
					t.Errorf("protocol %s %d, want MQTT 3.1.1", p.ProtocolName, p.ProtocolVersion)
				}
				if p.WillTopic != stateTopic || !p.WillRetain || p.WillQos != 1 {
					t.Errorf("last will on %q, retained %v, QoS %d", p.WillTopic, p.WillRetain, p.WillQos)
				}
				will := gw.ConnState{State: gw.ConnState_ONLINE}
				decode := proto.Unmarshal
				if c.config.JSON {
					decode = protojson.Unmarshal
				}
				if err := decode(p.WillMessage, &will); err != nil || will.State != gw.ConnState_OFFLINE || will.GatewayId != testEUI.String() {
					t.Errorf("last will %v, %v", &will, err)
				}
			})
		})
	}
}

// TestPersistentSession: the broker's memory changes nothing about uplinks.
func TestPersistentSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := newPipeBroker(t)
		broker.behave(manners{cutAfter: 10})
		f, _ := overPipes(t, broker, Config{CleanSession: ptr(false)})
		for i := range 30 {
			f.Offer(numbered(i))
		}
		time.Sleep(100 * time.Millisecond)
		first, acked := len(broker.heard()), int(f.Counters().Acked)
		broker.behave(manners{})
		time.Sleep(time.Minute)
		if c, again := f.Counters(), len(broker.heard())-first; c.Acked != 30 || again != 30-acked {
			t.Errorf("%+v, %d arrived after the cut, want %d", c, again, 30-acked)
		}
	})
}
