package mqtt

import (
	"sync"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	paho "github.com/eclipse/paho.mqtt.golang"
	"google.golang.org/protobuf/proto"

	"hexspot/radio"
)

const (
	ackTopic    = "eu868/gateway/0123456789abcdef/event/ack"
	execTopic   = "eu868/gateway/0123456789abcdef/event/exec"
	reportTopic = "eu868/gateway/0123456789abcdef/report/emission"
)

// operator is a network at the other side of a broker.
type operator struct {
	t    *testing.T
	paho paho.Client

	mu      sync.Mutex
	heard   []paho.Message
	arrived chan struct{}
}

func newOperator(t *testing.T, url string) *operator {
	t.Helper()
	o := &operator{t: t, arrived: make(chan struct{}, 1)}
	o.paho = paho.NewClient(paho.NewClientOptions().AddBroker(url).SetClientID("operator").SetProtocolVersion(4).SetAutoReconnect(false).SetOrderMatters(true))
	o.done(o.paho.Connect())
	o.done(o.paho.Subscribe("eu868/gateway/+/+/+", 1, func(_ paho.Client, m paho.Message) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.heard = append(o.heard, m)
		replace(o.arrived, struct{}{})
	}))
	t.Cleanup(func() { o.paho.Disconnect(10) })
	return o
}

func (o *operator) done(token paho.Token) {
	o.t.Helper()
	if !token.WaitTimeout(patience) || token.Error() != nil {
		o.t.Fatalf("no broker: %v", token.Error())
	}
}

func (o *operator) publish(topic string, retained bool, payload []byte) {
	o.t.Helper()
	o.done(o.paho.Publish(topic, 1, retained, payload))
}

// await waits for a number of messages with a topic.
func (o *operator) await(topic string, count int) (found []paho.Message) {
	o.t.Helper()
	timeout := time.After(patience)
	for {
		o.mu.Lock()
		found = nil
		for _, m := range o.heard {
			if m.Topic() == topic {
				found = append(found, m)
			}
		}
		o.mu.Unlock()
		if len(found) >= count {
			return found
		}
		select {
		case <-o.arrived:
		case <-timeout:
			o.t.Fatalf("%d of %d messages on %s", len(found), count, topic)
		}
	}
}

// acks are the acknowledgements among messages: statuses by downlink.
func acks(t *testing.T, messages []paho.Message) (ids []uint32, statuses map[uint32][]radio.TxStatus) {
	t.Helper()
	statuses = map[uint32][]radio.TxStatus{}
	for _, m := range messages {
		var ack gw.DownlinkTxAck
		if err := proto.Unmarshal(m.Payload(), &ack); err != nil || ack.GatewayId != testEUI.String() || m.Qos() != 1 || m.Retained() {
			t.Fatalf("acknowledgement %v, %v, QoS %d", &ack, err, m.Qos())
		}
		ids = append(ids, ack.DownlinkId)
		for _, item := range ack.Items {
			statuses[ack.DownlinkId] = append(statuses[ack.DownlinkId], radio.TxStatus(item.Status))
		}
	}
	return ids, statuses
}

// gatewayOn runs a client on a broker until the test ends.
func gatewayOn(t *testing.T, config Config, station Station) *Client {
	t.Helper()
	client, err := New(config, station, quiet())
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	start(t, client.Run)
	t.Cleanup(s.Close)
	return client
}
