package mqtt

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"hexspot/gateway"
	"hexspot/radio"
)

// uplinkAt is the instant of an uplink that downlinks answer.
var uplinkAt = radio.Timestamp{Session: 0x0102030405060708, Micros: 5_000_000}

func contextOf(t radio.Timestamp) []byte { return radio.AppendContext(nil, t) }

func loraInfo(sf, bandwidth uint32) *gw.Modulation {
	return &gw.Modulation{Parameters: &gw.Modulation_Lora{Lora: &gw.LoraModulationInfo{
		Bandwidth: bandwidth, SpreadingFactor: sf, CodeRate: gw.CodeRate_CR_4_5, PolarizationInversion: true, NoCrc: true,
	}}}
}

func fskInfo(rate, deviation uint32) *gw.Modulation {
	return &gw.Modulation{Parameters: &gw.Modulation_Fsk{Fsk: &gw.FskModulationInfo{Datarate: rate, FrequencyDeviation: deviation}}}
}

func after(d *durationpb.Duration) *gw.Timing {
	return &gw.Timing{Parameters: &gw.Timing_Delay{Delay: &gw.DelayTimingInfo{Delay: d}}}
}

func atOnce() *gw.Timing {
	return &gw.Timing{Parameters: &gw.Timing_Immediately{Immediately: &gw.ImmediatelyTimingInfo{}}}
}

func gps(d *durationpb.Duration) *gw.Timing {
	return &gw.Timing{Parameters: &gw.Timing_GpsEpoch{GpsEpoch: &gw.GPSEpochTimingInfo{TimeSinceGpsEpoch: d}}}
}

// item is a good item of class A, changed.
func item(changes ...func(*gw.DownlinkFrameItem)) *gw.DownlinkFrameItem {
	i := &gw.DownlinkFrameItem{
		PhyPayload: []byte{0x60, 1, 2, 3, 4, 0, 1, 0, 0xa, 0xb, 0xc, 0xd},
		TxInfo: &gw.DownlinkTxInfo{
			Frequency: 868_100_000, Power: 14, Modulation: loraInfo(7, 125_000),
			Timing: after(durationpb.New(time.Second)), Context: contextOf(uplinkAt),
		},
	}
	for _, change := range changes {
		change(i)
	}
	return i
}

func with(change func(*gw.DownlinkTxInfo)) *gw.DownlinkFrameItem {
	return item(func(i *gw.DownlinkFrameItem) { change(i.TxInfo) })
}

func withLora(change func(*gw.LoraModulationInfo)) *gw.DownlinkFrameItem {
	return with(func(x *gw.DownlinkTxInfo) { change(x.Modulation.GetLora()) })
}

func withTiming(t *gw.Timing) *gw.DownlinkFrameItem {
	return with(func(x *gw.DownlinkTxInfo) { x.Timing = t })
}

func TestDownlinkOf(t *testing.T) {
	usual := radio.Downlink{
		PHYPayload: item().PhyPayload, Frequency: 868_100_000, EIRP: 1400,
		Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5, InvertIQ: true, NoCRC: true},
		When:       radio.Timing{At: uplinkAt.Add(time.Second)},
	}
	but := func(change func(*radio.Downlink)) radio.Downlink { d := usual; change(&d); return d }
	for _, c := range []struct {
		name string
		item *gw.DownlinkFrameItem
		want radio.Downlink
	}{
		{"class A", item(), usual},
		{"class C", withTiming(atOnce()), but(func(d *radio.Downlink) { d.When = radio.Timing{} })},
		{"class C with a foreign context", with(func(x *gw.DownlinkTxInfo) { x.Timing, x.Context = atOnce(), []byte{1} }), but(func(d *radio.Downlink) { d.When = radio.Timing{} })},
		{"class B", withTiming(gps(durationpb.New(1_400_000_000 * time.Second))), but(func(d *radio.Downlink) { d.When = radio.Timing{GPS: 1_400_000_000 * time.Second} })},
		{"delay of zero", withTiming(after(&durationpb.Duration{})), but(func(d *radio.Downlink) { d.When.At = uplinkAt })},
		{"delay of 15 s and a bit", withTiming(after(durationpb.New(15*time.Second + 1500))), but(func(d *radio.Downlink) { d.When.At = uplinkAt.Add(15*time.Second + 1000) })},
		{"end of the counter", with(func(x *gw.DownlinkTxInfo) { x.Context = contextOf(radio.Timestamp{Session: 1, Micros: math.MaxUint64}) }),
			but(func(d *radio.Downlink) { d.When.At = radio.Timestamp{Session: 1, Micros: math.MaxUint64} })},
		{"negative power", with(func(x *gw.DownlinkTxInfo) { x.Power = -6 }), but(func(d *radio.Downlink) { d.EIRP = -600 })},
		{"beacon-like", withLora(func(p *gw.LoraModulationInfo) { p.PolarizationInversion, p.NoCrc, p.Preamble = false, false, 10 }),
			but(func(d *radio.Downlink) {
				d.Modulation = radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5, Preamble: 10}
			})},
		{"4/8", withLora(func(p *gw.LoraModulationInfo) { p.CodeRate = gw.CodeRate_CR_4_8 }),
			but(func(d *radio.Downlink) {
				d.Modulation = radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_8, InvertIQ: true, NoCRC: true}
			})},
		{"longest", with(func(x *gw.DownlinkTxInfo) { x.Modulation = loraInfo(12, 125_000) }),
			but(func(d *radio.Downlink) {
				d.Modulation = radio.LoRa{SF: 12, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5, InvertIQ: true, NoCRC: true}
			})},
		{"FSK", with(func(x *gw.DownlinkTxInfo) { x.Modulation = fskInfo(50_000, 20_000) }),
			but(func(d *radio.Downlink) { d.Modulation = radio.FSK{BitRate: 50_000, Deviation: 20_000} })},
		{"FSK without deviation", with(func(x *gw.DownlinkTxInfo) { x.Modulation = fskInfo(50_000, 0) }),
			but(func(d *radio.Downlink) { d.Modulation = radio.FSK{BitRate: 50_000, Deviation: 25_000} })},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := downlinkOf(c.item)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hostile are items that cannot be transmitted, and what is answered.
var hostile = []struct {
	name   string
	item   *gw.DownlinkFrameItem
	status radio.TxStatus
	want   string // part of the reason
}{
	{"empty", &gw.DownlinkFrameItem{}, radio.TxInternalError, "no tx_info"},
	{"no tx_info", item(func(i *gw.DownlinkFrameItem) { i.TxInfo = nil }), radio.TxInternalError, "no tx_info"},
	{"no payload", item(func(i *gw.DownlinkFrameItem) { i.PhyPayload = nil }), radio.TxInternalError, "0 bytes"},
	{"payload of 256", item(func(i *gw.DownlinkFrameItem) { i.PhyPayload = make([]byte, 256) }), radio.TxInternalError, "256 bytes"},
	{"no frequency", with(func(x *gw.DownlinkTxInfo) { x.Frequency = 0 }), radio.TxFrequency, "frequency"},
	{"power overflow", with(func(x *gw.DownlinkTxInfo) { x.Power = math.MaxInt32 }), radio.TxPower, "2147483647 dBm"},
	{"power that wraps to 14 dBm", with(func(x *gw.DownlinkTxInfo) { x.Power = 14 + 1<<30 }), radio.TxPower, "dBm"},
	{"power underflow", with(func(x *gw.DownlinkTxInfo) { x.Power = math.MinInt32 }), radio.TxPower, "dBm"},
	{"no modulation", with(func(x *gw.DownlinkTxInfo) { x.Modulation = nil }), radio.TxInternalError, "no modulation"},
	{"empty modulation", with(func(x *gw.DownlinkTxInfo) { x.Modulation = &gw.Modulation{} }), radio.TxInternalError, "no modulation"},
	{"nil LoRa", with(func(x *gw.DownlinkTxInfo) { x.Modulation = &gw.Modulation{Parameters: &gw.Modulation_Lora{}} }), radio.TxInternalError, "code_rate"},
	{"nil FSK", with(func(x *gw.DownlinkTxInfo) { x.Modulation = &gw.Modulation{Parameters: &gw.Modulation_Fsk{}} }), radio.TxInternalError, "bit rate"},
	{"LR-FHSS", with(func(x *gw.DownlinkTxInfo) {
		x.Modulation = &gw.Modulation{Parameters: &gw.Modulation_LrFhss{LrFhss: &gw.LrFhssModulationInfo{OperatingChannelWidth: 137_000}}}
	}), radio.TxInternalError, "LR-FHSS"},
	{"spreading factor 4", withLora(func(p *gw.LoraModulationInfo) { p.SpreadingFactor = 4 }), radio.TxInternalError, "spreading factor"},
	{"spreading factor that wraps to 7", withLora(func(p *gw.LoraModulationInfo) { p.SpreadingFactor = 256 + 7 }), radio.TxInternalError, "spreading factor 263"},
	{"bandwidth", withLora(func(p *gw.LoraModulationInfo) { p.Bandwidth = 203_000 }), radio.TxInternalError, "bandwidth"},
	{"bandwidth in kHz", withLora(func(p *gw.LoraModulationInfo) { p.Bandwidth = 125 }), radio.TxInternalError, "bandwidth"},
	{"no code rate", withLora(func(p *gw.LoraModulationInfo) { p.CodeRate = 0 }), radio.TxInternalError, "code_rate 0"},
	{"code rate that wraps to 4/5", withLora(func(p *gw.LoraModulationInfo) { p.CodeRate = 257 }), radio.TxInternalError, "code_rate 257"},
	{"negative code rate", withLora(func(p *gw.LoraModulationInfo) { p.CodeRate = -255 }), radio.TxInternalError, "code_rate -255"},
	{"code rate of LR-FHSS", withLora(func(p *gw.LoraModulationInfo) { p.CodeRate = gw.CodeRate_CR_2_6 }), radio.TxInternalError, "code_rate"},
	{"preamble of 5", withLora(func(p *gw.LoraModulationInfo) { p.Preamble = 5 }), radio.TxInternalError, "preamble"},
	{"preamble that wraps to 8", withLora(func(p *gw.LoraModulationInfo) { p.Preamble = 1<<16 + 8 }), radio.TxInternalError, "preamble"},
	{"preamble of a minute", withLora(func(p *gw.LoraModulationInfo) { p.Preamble = math.MaxUint16 }), radio.TxInternalError, "the frame takes"},
	{"FSK rate", with(func(x *gw.DownlinkTxInfo) { x.Modulation = fskInfo(300_000, 25_000) }), radio.TxInternalError, "bit rate"},
	{"FSK deviation", with(func(x *gw.DownlinkTxInfo) { x.Modulation = fskInfo(50_000, math.MaxUint32) }), radio.TxInternalError, "deviation"},
	{"FSK without rate", with(func(x *gw.DownlinkTxInfo) { x.Modulation = fskInfo(0, 0) }), radio.TxInternalError, "bit rate"},
	{"no timing", withTiming(nil), radio.TxInternalError, "no timing"},
	{"empty timing", withTiming(&gw.Timing{}), radio.TxInternalError, "no timing"},
	{"no delay", withTiming(after(nil)), radio.TxInternalError, "cannot be read"},
	{"nil delay", withTiming(&gw.Timing{Parameters: &gw.Timing_Delay{}}), radio.TxInternalError, "cannot be read"},
	{"negative delay", withTiming(after(durationpb.New(-1))), radio.TxTooLate, "past"},
	{"delay of two hours", withTiming(after(durationpb.New(2 * time.Hour))), radio.TxTooEarly, "at most"},
	{"delay that saturates", withTiming(after(&durationpb.Duration{Seconds: 315_576_000_000})), radio.TxTooEarly, "at most"},
	{"delay out of range", withTiming(after(&durationpb.Duration{Seconds: math.MaxInt64})), radio.TxInternalError, "cannot be read"},
	{"delay of two signs", withTiming(after(&durationpb.Duration{Seconds: 1, Nanos: -1})), radio.TxInternalError, "cannot be read"},
	{"context of 4 bytes", with(func(x *gw.DownlinkTxInfo) { x.Context = []byte{1, 2, 3, 4} }), radio.TxInternalError, "context of 4 bytes"},
	{"no context", with(func(x *gw.DownlinkTxInfo) { x.Context = nil }), radio.TxInternalError, "context of 0 bytes"},
	{"long context", with(func(x *gw.DownlinkTxInfo) { x.Context = make([]byte, 20_000) }), radio.TxInternalError, "context of 20000 bytes"},
	{"context without session", with(func(x *gw.DownlinkTxInfo) { x.Context = make([]byte, 16) }), radio.TxInternalError, "no session"},
	{"no GPS time", withTiming(gps(nil)), radio.TxInternalError, "cannot be read"},
	{"GPS epoch", withTiming(gps(&durationpb.Duration{})), radio.TxTooLate, "past"},
	{"before the GPS epoch", withTiming(gps(durationpb.New(-time.Hour))), radio.TxTooLate, "past"},
	{"GPS time that saturates", withTiming(gps(&durationpb.Duration{Seconds: 315_576_000_000})), radio.TxTooEarly, "at most"},
}

func TestHostileItems(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			d, err := downlinkOf(c.item)
			if err == nil || statusOf(err) != c.status || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v (%v), want %v with %q", statusOf(err), err, c.status, c.want)
			}
			if d.PHYPayload != nil && err != nil && d.When != (radio.Timing{}) {
				t.Errorf("%+v with an error", d)
			}
		})
	}
}

// FuzzDownlink: whatever a command says, every item is either refused or within what
// a transmitter can be asked, and every answer has a status for each.
func FuzzDownlink(f *testing.F) {
	for _, c := range hostile {
		m := &gw.DownlinkFrame{GatewayId: testEUI.String(), Items: []*gw.DownlinkFrameItem{item(), c.item}}
		f.Add(false, must(proto.Marshal(m)))
		if text, err := protojson.Marshal(m); err == nil { // not for durations out of range
			f.Add(true, text)
		}
	}
	f.Fuzz(func(t *testing.T, json bool, payload []byte) {
		_, m, err := Config{JSON: json}.parseCommand(testEUI, downTopic, payload)
		if err != nil {
			return
		}
		items := m.(*gw.DownlinkFrame).Items
		o, refusals := readOrder(items)
		if len(o.items)+len(refusals) != len(items) || len(o.places) != len(o.items) {
			t.Fatalf("%d items: %d taken, %d refused", len(items), len(o.items), len(refusals))
		}
		for _, d := range o.items {
			if n := len(d.PHYPayload); n < 1 || n > maxPayload || d.EIRP < -6000 || d.EIRP > 6000 || d.Frequency < 1 || d.When.GPS < 0 {
				t.Errorf("%+v", d)
			}
			if a := d.Modulation.TimeOnAir(len(d.PHYPayload)); a <= 0 || a > maxAirtime {
				t.Errorf("%v takes %v", d.Modulation, a)
			}
		}
		answer := gateway.Answer{Statuses: make([]radio.TxStatus, len(o.items))}
		if len(o.items) > 0 {
			answer.Statuses[0] = radio.TxOK
		}
		all := o.answered(answer)
		if _, ok := (gateway.Answer{Statuses: all}).Accepted(); len(all) != len(items) || ok != (len(o.items) > 0) {
			t.Errorf("%v of %d items", all, len(items))
		}
	})
}
