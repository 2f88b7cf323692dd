package lns

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/cmd/internal/mqttlink/linktest"
	"hexspot/radio"
)

// startClient runs a desk's server over MQTT until the test ends.
func startClient(t *testing.T, d *desk, at mqttlink.Access) (c *Client, told chan Action) {
	t.Helper()
	told = make(chan Action, 100)
	c = NewClient(d.server, "eu868", func(_ time.Duration, a Action) { told <- a })
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- c.Run(ctx, at, func() { close(ready) }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if c.Unreadable() != 1 {
			t.Errorf("%d unreadable messages, want 1", c.Unreadable())
		}
	})
	await(t, ready)
	return c, told
}

func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestClient(t *testing.T) {
	url, _ := linktest.Broker(t)
	at := mqttlink.Access{URL: url}
	d := newDesk(t)
	commands := make(chan *gw.DownlinkFrame, 10)
	gateway, err := mqttlink.Open(t.Context(), at, []string{"eu868/gateway/+/command/down"}, func(_ string, payload []byte) {
		m := new(gw.DownlinkFrame)
		if err := proto.Unmarshal(payload, m); err != nil {
			t.Error(err)
		}
		commands <- m
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(gateway.Close)
	client, told := startClient(t, d, at)
	publish := func(topic string, payload []byte) {
		if err := gateway.Publish("eu868/gateway/0000000000000001/"+topic, payload); err != nil {
			t.Fatal(err)
		}
	}
	up := uplinkMessage()
	up.PhyPayload = d.joinRequest(0)
	publish("event/up", []byte{0xff})
	publish("event/up", encoded(t, up))
	command := await(t, commands)
	if command.GetGatewayId() != "0000000000000001" || len(command.GetItems()) != 2 {
		t.Fatalf("%v", command)
	}
	publish("event/ack", encoded(t, &gw.DownlinkTxAck{
		GatewayId: command.GetGatewayId(), DownlinkId: command.GetDownlinkId(),
		Items: []*gw.DownlinkTxAckItem{{Status: gw.TxAckStatus_OK}, {}},
	}))
	publish("report/emission", fmt.Appendf(nil,
		`{"gateway_id":%q,"downlink_id":%d,"item":0,"outcome":"EMITTED","lead_ms":400}`, command.GetGatewayId(), command.GetDownlinkId()))
	for {
		if down, ok := await(t, told).(Downlink); ok {
			if e := down.Entry; e.Fate != Emitted || e.Purpose != JoinAccept || e.Report.Outcome != radio.Emitted || e.Report.Lead != 400*time.Millisecond {
				t.Errorf("%+v", e)
			}
			break
		}
	}
	var emitted, open int
	if err := client.Look(t.Context(), func(_ time.Duration, s *Server) {
		emitted, open = s.Ledger().Tally().Outcomes[radio.Emitted], s.Ledger().Open()
	}); err != nil || emitted != 1 || open != 0 {
		t.Errorf("%d emitted, %d open: %v", emitted, open, err)
	}
}
