package mqtt

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const downTopic = "eu868/gateway/0123456789abcdef/command/down"

func downlink(id string) *gw.DownlinkFrame {
	return &gw.DownlinkFrame{GatewayId: id, DownlinkId: 7, Items: []*gw.DownlinkFrameItem{{PhyPayload: []byte{0x60, 1, 2, 3}}}}
}

func TestParseCommand(t *testing.T) {
	binary := must(proto.Marshal(downlink(testEUI.String())))
	text := must(protojson.Marshal(downlink(testEUI.String())))
	for _, c := range []struct {
		name    string
		config  Config
		topic   string
		payload []byte
		want    string // part of the error
	}{
		{"protobuf", Config{}, downTopic, binary, ""},
		{"JSON", Config{JSON: true}, downTopic, text, ""},
		{"JSON of a later version", Config{JSON: true}, downTopic, []byte(`{"gatewayId":"0123456789abcdef","later":1}`), ""},
		{"snake case", Config{JSON: true}, downTopic, []byte(`{"gateway_id":"0123456789abcdef"}`), ""},
		{"configuration", Config{}, strings.Replace(downTopic, "down", "config", 1), must(proto.Marshal(&gw.GatewayConfiguration{GatewayId: testEUI.String()})), ""},
		{"JSON as protobuf", Config{}, downTopic, text, "encoding"},
		{"protobuf as JSON", Config{JSON: true}, downTopic, binary, "encoding"},
		{"for another gateway", Config{}, downTopic, must(proto.Marshal(downlink("0123456789abcdee"))), "is for gateway"},
		{"for no gateway", Config{}, downTopic, nil, "is for gateway"},
		{"topic of another gateway", Config{}, "eu868/gateway/0123456789abcdee/command/down", binary, "no command for this gateway"},
		{"event", Config{}, upTopic, binary, "no command"},
		{"no topic", Config{}, "command/down", binary, "topic"},
		{"unknown", Config{}, strings.Replace(downTopic, "down", "dance", 1), binary, "unknown"},
		{"too large", Config{}, downTopic, make([]byte, maxCommand+1), "bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			name, m, err := c.config.parseCommand(testEUI, c.topic, c.payload)
			switch {
			case c.want == "" && (err != nil || m.GetGatewayId() != testEUI.String() || !strings.HasSuffix(c.topic, name)):
				t.Errorf("%q, %v, %v", name, m, err)
			case c.want != "" && (err == nil || m != nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v, error %v, want one with %q", m, err, c.want)
			}
		})
	}
}

// message is what paho gives a handler.
type message struct {
	topic           string
	payload         []byte
	again, retained bool
}

func (m message) Duplicate() bool   { return m.again }
func (m message) Qos() byte         { return 1 }
func (m message) Retained() bool    { return m.retained }
func (m message) Topic() string     { return m.topic }
func (m message) MessageID() uint16 { return 1 }
func (m message) Payload() []byte   { return m.payload }
func (m message) Ack()              {}

// TestCommandsAreLoggedOnce: a flood of commands does not fill the log.
func TestCommandsAreLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	client, err := New(Config{Server: "tcp://h:1"}, testStation(t), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s := &session{client: client}
	for range 100 {
		s.command(nil, message{topic: downTopic, payload: must(proto.Marshal(downlink(testEUI.String())))})
		s.command(nil, message{topic: downTopic, payload: must(proto.Marshal(downlink("0123456789abcdee")))})
		s.command(nil, message{topic: downTopic, payload: []byte("junk")})
	}
	text := log.String()
	if strings.Count(text, "\n") != 2 || strings.Count(text, "receives only") != 1 || strings.Count(text, "kind=unreadable") != 1 {
		t.Errorf("logged %s", text)
	}
}

func FuzzCommand(f *testing.F) {
	f.Add(false, downTopic, must(proto.Marshal(downlink(testEUI.String()))))
	f.Add(true, downTopic, must(protojson.Marshal(downlink(testEUI.String()))))
	f.Add(true, strings.Replace(downTopic, "down", "exec", 1), []byte(`{"gatewayId":"0123456789abcdef","stdin":"AAA="}`))
	f.Add(false, strings.Replace(downTopic, "down", "config", 1), []byte{0x2a, 0xff})
	f.Fuzz(func(t *testing.T, json bool, topic string, payload []byte) {
		name, m, err := Config{JSON: json}.parseCommand(testEUI, topic, payload)
		switch {
		case err != nil && (m != nil || name != ""):
			t.Errorf("a message with error %v", err)
		case err != nil && len(err.Error()) > 4096:
			t.Errorf("an error of %d bytes", len(err.Error()))
		case err == nil && m.GetGatewayId() != testEUI.String():
			t.Errorf("took a command for %q", m.GetGatewayId())
		}
	})
}
