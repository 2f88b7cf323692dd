package hotspot

import (
	"sync"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	paho "github.com/eclipse/paho.mqtt.golang"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"hexspot/gateway/exec"
	"hexspot/gateway/mqtt"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/internal/testlog"
	"hexspot/radio"
)

// operator asks things of the hotspot, and hears what it answers.
type operator struct {
	t      *testing.T
	client paho.Client
	topic  string // [PREFIX/]gateway/EUI/

	mu      sync.Mutex
	heard   map[string][]paho.Message // by topic below
	arrived chan struct{}
}

func newOperator(t *testing.T, url, prefix string) *operator {
	t.Helper()
	o := &operator{t: t, topic: prefix + "/gateway/" + testEUI.String() + "/", heard: map[string][]paho.Message{}, arrived: make(chan struct{}, 1)}
	o.client = paho.NewClient(paho.NewClientOptions().AddBroker(url).SetClientID("operator").SetProtocolVersion(4).SetAutoReconnect(false))
	o.done(o.client.Connect())
	o.done(o.client.Subscribe(o.topic+"+/+", 1, o.hear))
	t.Cleanup(func() { o.client.Disconnect(10) })
	return o
}

func (o *operator) hear(_ paho.Client, m paho.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	below := m.Topic()[len(o.topic):]
	o.heard[below] = append(o.heard[below], m)
	select {
	case o.arrived <- struct{}{}:
	default:
	}
}

func (o *operator) done(token paho.Token) {
	o.t.Helper()
	if !token.WaitTimeout(patience) || token.Error() != nil {
		o.t.Fatalf("no broker: %v", token.Error())
	}
}

// ask sends a command.
func (o *operator) ask(command string, m proto.Message) {
	o.t.Helper()
	payload, err := proto.Marshal(m)
	if err != nil {
		o.t.Fatal(err)
	}
	o.done(o.client.Publish(o.topic+"command/"+command, 1, false, payload))
}

// await waits for a message that satisfies a condition.
func (o *operator) await(below string, into proto.Message, enough func() bool) {
	o.t.Helper()
	timeout := time.After(patience)
	for {
		o.mu.Lock()
		for _, m := range o.heard[below] {
			if err := proto.Unmarshal(m.Payload(), into); err != nil {
				o.t.Error(err)
			}
			if enough() {
				o.mu.Unlock()
				return
			}
		}
		o.mu.Unlock()
		select {
		case <-o.arrived:
		case <-timeout:
			o.t.Fatalf("no %s like that: the latest is %v", below, into)
		}
	}
}

// commanded launches a hotspot on an emulated chip, with a network that commands it.
func commanded(t *testing.T, change func(*Parts)) (*emulator.Chip, *Hotspot, *operator) {
	t.Helper()
	log := testlog.New(t)
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	link, net := linkIn(t), startNetwork(t, "127.0.0.1:0")
	t.Cleanup(func() { net.server.Close() })
	chip, _ := plug(t, link)
	open, err := Opener("usb:"+link, board(t), log)
	if err != nil {
		t.Fatal(err)
	}
	config := ChipConfig(board(t), plan)
	config.Firmware = images(t)
	parts := Parts{Open: open, Chip: config, Outputs: []mqtt.Config{{Server: net.url, StatsInterval: mqtt.Duration(time.Second)}}, Log: log}
	change(&parts)
	h, err := New(parts)
	if err != nil {
		t.Fatal(err)
	}
	o := newOperator(t, net.url, "eu868")
	launch(t, h)
	var state gw.ConnState
	o.await("state/conn", &state, func() bool { return state.State == gw.ConnState_ONLINE })
	return chip, h, o
}

func lora125(f uint32) *gw.ChannelConfiguration {
	return &gw.ChannelConfiguration{Frequency: f, ModulationConfig: &gw.ChannelConfiguration_LoraModulationConfig{
		LoraModulationConfig: &gw.LoraModulationConfig{Bandwidth: 125_000, SpreadingFactors: []uint32{7, 8, 9, 10, 11, 12}},
	}}
}

// TestChannelsOverMQTT: a network sets other channels, the chip hears on them in a new
// session, and statistics say which configuration is in force; one that no radio can
// be set to changes nothing.
func TestChannelsOverMQTT(t *testing.T) {
	chip, h, o := commanded(t, func(*Parts) {})
	o.ask("config", &gw.GatewayConfiguration{GatewayId: testEUI.String(), Version: "one", StatsInterval: durationpb.New(time.Second),
		Channels: []*gw.ChannelConfiguration{lora125(867_100_000), lora125(867_300_000)}})
	var stats gw.GatewayStats
	o.await("event/stats", &stats, func() bool { return stats.ConfigVersion == "one" })
	if err := chip.TryInject(frame(1, 868_100_000)); err == nil {
		t.Error("a channel that was taken away hears")
	}
	inject(t, chip, frame(2, 867_300_000))
	var up gw.UplinkFrame
	o.await("event/up", &up, func() bool { return up.TxInfo.Frequency == 867_300_000 })
	if h.concentrator.Status().Starts != 2 {
		t.Errorf("%d starts, want 2", h.concentrator.Status().Starts)
	}
}

func TestSeveralNetworksCannotConfigure(t *testing.T) {
	yes := true
	for _, c := range []struct {
		name    string
		outputs []mqtt.Config
		want    []bool
	}{
		{"one", []mqtt.Config{{Server: "tcp://h:1"}}, []bool{true}},
		{"two", []mqtt.Config{{Server: "tcp://h:1"}, {Server: "tcp://h:2"}}, []bool{false, false}},
		{"two, one may", []mqtt.Config{{Server: "tcp://h:1"}, {Server: "tcp://h:2", Configurable: &yes}}, []bool{false, true}},
		{"one, may not", []mqtt.Config{{Server: "tcp://h:1", Configurable: new(bool)}}, []bool{false}},
	} {
		h := &Hotspot{parts: Parts{Outputs: c.outputs}}
		for i, o := range c.outputs {
			if got := h.station(sx1302.Info{}, o).Configure != nil; got != c.want[i] {
				t.Errorf("%s: output %d may configure: %v", c.name, i, got)
			}
		}
	}
}

// TestDownlinksAreAnswered: a network is told of every item that cannot be transmitted.
func TestDownlinksAreAnswered(t *testing.T) {
	_, _, o := commanded(t, func(*Parts) {})
	o.ask("down", &gw.DownlinkFrame{GatewayId: testEUI.String(), DownlinkId: 7, Items: []*gw.DownlinkFrameItem{{PhyPayload: []byte{1}}, {}}})
	var ack gw.DownlinkTxAck
	o.await("event/ack", &ack, func() bool { return ack.DownlinkId == 7 })
	if len(ack.Items) != 2 || ack.Items[0].Status != gw.TxAckStatus_INTERNAL_ERROR || ack.Items[1].Status != gw.TxAckStatus_INTERNAL_ERROR {
		t.Errorf("%v", &ack)
	}
}

func TestCommandsOverMQTT(t *testing.T) {
	_, _, o := commanded(t, func(p *Parts) {
		p.Commands = exec.Commands{"greet": {"/bin/sh", "-c", `read name; echo "$GREETING, $name"`}}
	})
	o.ask("exec", &gw.GatewayCommandExecRequest{GatewayId: testEUI.String(), ExecId: 1, Command: "greet", Stdin: []byte("roof\n"), Environment: map[string]string{"GREETING": "hello"}})
	o.ask("exec", &gw.GatewayCommandExecRequest{GatewayId: testEUI.String(), ExecId: 2, Command: "/bin/sh"})
	var answer gw.GatewayCommandExecResponse
	o.await("event/exec", &answer, func() bool { return answer.ExecId == 1 })
	if string(answer.Stdout) != "hello, roof\n" || answer.Error != "" {
		t.Errorf("%v", &answer)
	}
	o.await("event/exec", &answer, func() bool { return answer.ExecId == 2 })
	if answer.Error == "" || len(answer.Stdout) != 0 {
		t.Errorf("%v", &answer)
	}
}

func TestInstantOf(t *testing.T) {
	now := time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)
	at := func(micros uint64) radio.Timestamp { return radio.Timestamp{Session: 5, Micros: micros} }
	clock := func() time.Time { return now }
	counter := func() radio.Timestamp { return at(10_000_000) }
	for _, c := range []struct {
		name    string
		clock   func() time.Time
		counter func() radio.Timestamp
		t       radio.Timestamp
		want    time.Time
	}{
		{"past", clock, counter, at(7_500_000), now.Add(-2500 * time.Millisecond)},
		{"future", clock, counter, at(11_000_000), now.Add(time.Second)},
		{"another session", clock, counter, radio.Timestamp{Session: 6, Micros: 1}, time.Time{}},
		{"no counter", clock, func() radio.Timestamp { return radio.Timestamp{} }, at(1), time.Time{}},
		{"no clock", func() time.Time { return time.Time{} }, counter, at(1), time.Time{}},
		{"nothing", clock, nil, at(1), time.Time{}},
	} {
		if got := instantOf(c.clock, c.counter)(c.t); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
