package lns

import (
	"bytes"
	"testing"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// desk is a server and frames for it.
type desk struct {
	t      *testing.T
	server *Server
	now    time.Duration
	self   otaa.Credentials
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	self := otaa.CredentialsOf(1, 0)
	s, err := New(Config{Plan: plan, Devices: []Registration{{Credentials: self}}, Network: lorawan.NetID{0, 0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, server: s, self: self}
}

// joinRequest is one of the desk's device.
func (d *desk) joinRequest(nonce lorawan.DevNonce) []byte {
	frame := lorawan.PHYPayload{
		MHDR:       lorawan.MHDR{MType: lorawan.JoinRequest},
		MACPayload: &lorawan.JoinRequestPayload{JoinEUI: d.self.JoinEUI, DevEUI: d.self.DevEUI, DevNonce: nonce},
	}
	if err := frame.SetUplinkJoinMIC(d.self.AppKey); err != nil {
		d.t.Fatal(err)
	}
	b, err := frame.MarshalBinary()
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// heard is a frame from a gateway, with its number for a context.
func heard(gateway byte, snr radio.DB, payload []byte) Uplink {
	return Uplink{
		Gateway: radio.EUI{7: gateway}, Context: []byte{gateway}, Frequency: 868_100 * radio.KHz,
		Modulation: radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: 1}, SNR: snr, Payload: payload,
	}
}

// settle gives what the server does once everything is collected.
func (d *desk) settle() (commands []Command, packets []Packet) {
	d.now += defaultCollect
	for _, a := range d.server.Step(d.now, Tick{}) {
		switch a := a.(type) {
		case Command:
			commands = append(commands, a)
		case Packet:
			packets = append(packets, a)
		}
	}
	return commands, packets
}

func TestBestGatewayAnswers(t *testing.T) {
	d := newDesk(t)
	request := d.joinRequest(0)
	for i, snr := range []radio.DB{-500, 700, 200} {
		d.server.Step(d.now, heard(byte(i+1), snr, request))
	}
	commands, packets := d.settle()
	if len(commands) != 1 || len(packets) != 1 || packets[0].Gateways != 3 || packets[0].Kind != Join {
		t.Fatalf("%+v %+v", commands, packets)
	}
	c := commands[0]
	if c.Gateway != (radio.EUI{7: 2}) || !bytes.Equal(c.Context, []byte{2}) || len(c.Items) != 2 {
		t.Fatalf("%+v", c)
	}
	one, two := c.Items[0], c.Items[1]
	if one.Slot != RX1 || one.Delay != 5*time.Second || one.Frequency != 868_100*radio.KHz || one.Modulation.SF != 9 || one.EIRP != 1600 {
		t.Errorf("RX1 %+v", one)
	}
	if two.Slot != RX2 || two.Delay != 6*time.Second || two.Frequency != 869_525*radio.KHz || two.Modulation.SF != 12 || two.EIRP != 2900 {
		t.Errorf("RX2 %+v", two)
	}
	if !one.Modulation.InvertIQ || !one.Modulation.NoCRC {
		t.Error("a downlink has inverted IQ and no CRC")
	}
}

func TestUsedNonce(t *testing.T) {
	d := newDesk(t)
	for turn, want := range []PacketKind{Join, JoinSeen} {
		d.now += 10 * time.Second
		d.server.Step(d.now, heard(1, 0, d.joinRequest(7)))
		commands, packets := d.settle()
		if packets[0].Kind != want || len(commands) != 1-turn {
			t.Errorf("turn %d: %v, %d commands", turn, packets[0].Kind, len(commands))
		}
	}
}

func TestForgedJoin(t *testing.T) {
	d := newDesk(t)
	request := d.joinRequest(0)
	request[len(request)-1] ^= 1
	d.server.Step(d.now, heard(1, 0, request))
	if commands, packets := d.settle(); len(commands) != 0 || packets[0].Kind != Unknown {
		t.Errorf("%+v %+v", commands, packets)
	}
}

// TestBusyGateways: what would collide is asked of another gateway, then in RX2,
// then not at all. All requests come at the same time.
func TestBusyGateways(t *testing.T) {
	d := newDesk(t)
	for nonce := range lorawan.DevNonce(6) {
		for gateway, snr := range []radio.DB{900, 100} {
			d.server.Step(d.now, heard(byte(gateway+1), snr, d.joinRequest(nonce)))
		}
	}
	commands, _ := d.settle()
	for i, want := range []struct {
		gateway byte
		slots   []Slot
	}{{1, []Slot{RX1, RX2}}, {2, []Slot{RX1, RX2}}, {1, []Slot{RX2}}, {2, []Slot{RX2}}} {
		if i >= len(commands) {
			t.Fatalf("%d commands", len(commands))
		}
		c := commands[i]
		if c.Gateway[7] != want.gateway || len(c.Items) != len(want.slots) || c.Items[0].Slot != want.slots[0] {
			t.Errorf("command %d: %+v, want %+v", i, c, want)
		}
	}
	if tally := d.server.Ledger().Tally(); len(commands) != 4 || tally.Withheld != 2 {
		t.Errorf("%d commands, %+v", len(commands), tally)
	}
}

// TestRefusalFreesTheGateway: what is not sent takes no time.
func TestRefusalFreesTheGateway(t *testing.T) {
	d := newDesk(t)
	d.server.Step(d.now, heard(1, 0, d.joinRequest(0)))
	first, _ := d.settle()
	d.server.Step(d.now, Ack{first[0].Gateway, first[0].ID, []radio.TxStatus{radio.TxPower, radio.TxFrequency}})
	d.server.Step(d.now, heard(1, 0, d.joinRequest(1)))
	second, _ := d.settle()
	if len(second) != 1 || second[0].Items[0].Slot != RX1 {
		t.Errorf("%+v", second)
	}
}

func TestLateReceptionsAreNoRepetition(t *testing.T) {
	d := newDesk(t)
	request := d.joinRequest(0)
	d.server.Step(d.now, heard(1, 0, request))
	d.settle()
	d.server.Step(d.now+time.Second, heard(2, 0, request))
	d.server.Step(d.now+time.Second, heard(3, 0, []byte{0x40}))
	if _, ok := d.server.Next(); !ok || d.server.Counts().Late != 1 {
		t.Errorf("%+v", d.server.Counts())
	}
}

func TestConfigRefuses(t *testing.T) {
	plan, _ := radio.PlanNamed("EU868")
	one := Registration{Credentials: otaa.CredentialsOf(1, 1)}
	for name, c := range map[string]Config{
		"no region":     {},
		"collect":       {Plan: plan, Collect: 2 * time.Second},
		"RXDelay":       {Plan: plan, RXDelay: 16},
		"share":         {Plan: plan, Downlinks: -1},
		"class C":       {Plan: plan, ClassC: -1},
		"twice the one": {Plan: plan, Devices: []Registration{one, one}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestWeakGateway: one that hardly heard the device is not asked for RX1 in place of
// a busy one that heard it well.
func TestWeakGateway(t *testing.T) {
	for _, c := range []struct {
		weak radio.DB // at the second gateway; SF9 needs -12.5 dB
		want []byte   // gateways, in order of commands
	}{{-750, []byte{1, 2}}, {-751, []byte{1, 1}}} {
		d := newDesk(t)
		for nonce := range lorawan.DevNonce(2) {
			for gateway, snr := range []radio.DB{900, c.weak} {
				d.server.Step(d.now, heard(byte(gateway+1), snr, d.joinRequest(nonce)))
			}
		}
		commands, _ := d.settle()
		for i, want := range c.want {
			if len(commands) != len(c.want) || commands[i].Gateway[7] != want {
				t.Errorf("%v: %+v", c.weak, commands)
			}
		}
	}
}

// TestRest: a server that rests commands nothing, and ends what it began.
func TestRest(t *testing.T) {
	d := newDesk(t)
	d.server.Step(d.now, heard(1, 900, d.joinRequest(0)))
	if commands, _ := d.settle(); len(commands) != 1 {
		t.Fatalf("%+v", commands)
	}
	d.server.Rest()
	d.server.Step(d.now, heard(1, 900, d.joinRequest(1)))
	if commands, packets := d.settle(); len(commands) != 0 || len(packets) != 1 {
		t.Errorf("%+v %+v", commands, packets)
	}
	if d.server.Ledger().Open() != 1 || d.server.Ledger().Tally().Withheld != 0 {
		t.Errorf("%+v", d.server.Ledger().Tally())
	}
	d.now += time.Minute
	if d.settle(); d.server.Ledger().Open() != 0 {
		t.Error("what was open stays open")
	}
}

// TestRX2Rate: a device that has joined is answered in RX2 as it was told; one that
// joins, as the region has it.
func TestRX2Rate(t *testing.T) {
	a := newAir(t, "EU868", 1, 6, []int{5}, nil)
	config := a.server.config
	config.RX2Rate = 3
	var err error
	if a.server, err = New(config); err != nil {
		t.Fatal(err)
	}
	a.lost = func(at time.Duration) bool { return at%time.Second < 200*time.Millisecond } // of what RX1 is answered with, some
	a.run(20 * time.Minute)
	if sum := a.counts(); sum.Downlinks[device.RX2] == 0 && sum.Downlinks[device.RXC] == 0 || sum.Acked == 0 {
		t.Errorf("%+v", sum)
	}
	for _, c := range []struct {
		delay time.Duration
		want  radio.SpreadingFactor
	}{{otaa.JoinDelay, 12}, {time.Second, 9}} {
		items := a.server.ways(heard(1, 900, nil), []byte{1}, c.delay)
		if got := items[1].Modulation.SF; got != c.want {
			t.Errorf("RX2 after %v with SF%d, want SF%d", c.delay, got, c.want)
		}
	}
	config.RX2Rate = 15
	if _, err := New(config); err == nil {
		t.Error("a rate that is none")
	}
}
