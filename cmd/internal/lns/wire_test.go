package lns

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"

	"hexspot/radio"
)

const (
	upTopic     = "eu868/gateway/0000000000000001/event/up"
	ackTopic    = "gateway/0000000000000001/event/ack"
	reportTopic = "eu868/gateway/0000000000000001/report/emission"
)

func encoded(t testing.TB, m proto.Message) []byte {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func uplinkMessage() *gw.UplinkFrame {
	return &gw.UplinkFrame{
		PhyPayload: []byte{1, 2, 3},
		TxInfo: &gw.UplinkTxInfo{Frequency: 868_100_000, Modulation: &gw.Modulation{Parameters: &gw.Modulation_Lora{
			Lora: &gw.LoraModulationInfo{Bandwidth: 125_000, SpreadingFactor: 9, CodeRate: gw.CodeRate_CR_4_5},
		}}},
		RxInfo: &gw.UplinkRxInfo{GatewayId: "0000000000000001", Rssi: -110, Snr: -5.25, Context: []byte{9}},
	}
}

func TestParse(t *testing.T) {
	for topic, c := range map[string]struct {
		payload []byte
		want    Event
	}{
		upTopic: {encoded(t, uplinkMessage()), Uplink{
			Gateway: here, Context: []byte{9}, Frequency: 868_100 * radio.KHz, RSSI: -11000, SNR: -525,
			Modulation: radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: 1}, Payload: []byte{1, 2, 3},
		}},
		ackTopic: {encoded(t, &gw.DownlinkTxAck{GatewayId: "0000000000000001", DownlinkId: 7, Items: []*gw.DownlinkTxAckItem{
			{Status: gw.TxAckStatus_TOO_LATE}, {Status: gw.TxAckStatus_OK},
		}}), Ack{Gateway: here, ID: 7, Statuses: []radio.TxStatus{radio.TxTooLate, radio.TxOK}}},
		reportTopic: {[]byte(`{"gateway_id":"0000000000000001","downlink_id":7,"item":1,"outcome":"EMITTED","frequency":869525000,
			"modulation":"SF12BW125","eirp_dbm":27.1,"conducted_dbm":24,"size":33,"airtime_us":1974272,"start_counter_us":5,"lead_ms":312.5,"later":1}`),
			Report{
				Gateway: here, ID: 7, Item: 1, Outcome: radio.Emitted, Frequency: 869_525 * radio.KHz, EIRP: 2710,
				Airtime: 1974272 * time.Microsecond, Lead: 312500 * time.Microsecond, HasLead: true,
			}},
	} {
		got, err := Parse(topic, c.payload)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", topic, got, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	report := func(old, now string) []byte {
		text := `{"gateway_id":"0000000000000001","downlink_id":7,"item":0,"outcome":"MISSED","eirp_dbm":14}`
		return []byte(strings.Replace(text, old, now, 1))
	}
	change := func(f func(*gw.UplinkFrame)) []byte {
		m := uplinkMessage()
		f(m)
		return encoded(t, m)
	}
	for name, c := range map[string]struct {
		topic   string
		payload []byte
	}{
		"no topic":        {"", nil},
		"other name":      {"gateway/0000000000000001/event/stats", nil},
		"no gateway":      {"gateway/zz/event/up", nil},
		"command":         {"gateway/0000000000000001/command/down", nil},
		"no protobuf":     {upTopic, []byte{0xff}},
		"other gateway":   {upTopic, change(func(m *gw.UplinkFrame) { m.RxInfo.GatewayId = "0000000000000002" })},
		"no payload":      {upTopic, change(func(m *gw.UplinkFrame) { m.PhyPayload = nil })},
		"long payload":    {upTopic, change(func(m *gw.UplinkFrame) { m.PhyPayload = make([]byte, 256) })},
		"long context":    {upTopic, change(func(m *gw.UplinkFrame) { m.RxInfo.Context = make([]byte, 65) })},
		"no modulation":   {upTopic, change(func(m *gw.UplinkFrame) { m.TxInfo = nil })},
		"RSSI":            {upTopic, change(func(m *gw.UplinkFrame) { m.RxInfo.Rssi = 1 << 30 })},
		"empty answer":    {ackTopic, encoded(t, &gw.DownlinkTxAck{GatewayId: "0000000000000001"})},
		"unknown status":  {ackTopic, encoded(t, &gw.DownlinkTxAck{GatewayId: "0000000000000001", Items: []*gw.DownlinkTxAckItem{{Status: 99}}})},
		"negative status": {ackTopic, encoded(t, &gw.DownlinkTxAck{GatewayId: "0000000000000001", Items: []*gw.DownlinkTxAckItem{{Status: -1}}})},
		"no JSON":         {reportTopic, []byte("{")},
		"unknown outcome": {reportTopic, report("MISSED", "LOST")},
		"no outcome":      {reportTopic, report("MISSED", "UNKNOWN")},
		"item":            {reportTopic, report(`"item":0`, `"item":-1`)},
		"EIRP":            {reportTopic, report(`14}`, `1e9}`)},
		"report of other": {reportTopic, report("01", "02")},
		"long report":     {reportTopic, report("MISSED", strings.Repeat("M", reportMost))},
	} {
		if got, err := Parse(c.topic, c.payload); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestCommandMessage reads a command back as a gateway does.
func TestCommandMessage(t *testing.T) {
	d := newDesk(t)
	d.server.Step(d.now, heard(1, 0, d.joinRequest(0)))
	commands, _ := d.settle()
	var got gw.DownlinkFrame
	if err := proto.Unmarshal(encoded(t, commands[0].Message()), &got); err != nil {
		t.Fatal(err)
	}
	first := got.GetItems()[0].GetTxInfo()
	if got.GetGatewayId() != "0000000000000001" || got.GetDownlinkId() != commands[0].ID || len(got.GetItems()) != 2 {
		t.Errorf("%v", &got)
	}
	if first.GetPower() != 16 || string(first.GetContext()) != "\x01" || first.GetTiming().GetDelay().GetDelay().AsDuration() != 5*time.Second ||
		!first.GetModulation().GetLora().GetPolarizationInversion() || !first.GetModulation().GetLora().GetNoCrc() {
		t.Errorf("%v", first)
	}
	now := Command{Items: []Item{{Slot: Immediate}}}.Message()
	if now.GetItems()[0].GetTxInfo().GetTiming().GetImmediately() == nil {
		t.Errorf("%v", now)
	}
}

// FuzzServer: no message makes the server panic or answer, unless it is authentic.
func FuzzServer(f *testing.F) {
	f.Add(upTopic, encoded(f, uplinkMessage()))
	f.Add(ackTopic, encoded(f, &gw.DownlinkTxAck{GatewayId: "0000000000000001", Items: []*gw.DownlinkTxAckItem{{Status: 1}}}))
	f.Add(reportTopic, []byte(`{"gateway_id":"0000000000000001","outcome":"EMITTED","lead_ms":-1e300}`))
	f.Add("gateway//event/up", []byte{})
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		d := newDesk(t)
		e, err := Parse(topic, payload)
		if err != nil {
			return
		}
		d.server.Step(d.now, e)
		if commands, _ := d.settle(); len(commands) > 0 {
			t.Errorf("%+v was answered", e)
		}
	})
}

// FuzzFrame: no frame makes the server panic or answer, unless it is authentic.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{0x40, 1, 0, 0, 2, 0, 0, 0, 1, 2, 3, 4})
	f.Add([]byte{0xc0, 1, 2, 3, 4})
	f.Add(make([]byte, 23))
	f.Fuzz(func(t *testing.T, frame []byte) {
		d := newDesk(t)
		d.server.Step(0, heard(1, 0, d.joinRequest(0)))
		d.settle()
		d.server.Step(d.now, heard(1, 0, frame))
		if commands, _ := d.settle(); len(commands) > 0 {
			t.Errorf("%x was answered", frame)
		}
	})
}
