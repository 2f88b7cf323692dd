package proof

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

var (
	roof  = radio.EUI{1, 2, 3, 4, 5, 6, 7, 8}
	tower = radio.EUI{8, 7, 6, 5, 4, 3, 2, 1}
	began = time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)
	heard = radio.Timestamp{Session: 7, Micros: 200_000_000}
)

// stage is one downlink in RX1 of an uplink that ended a second after the beginning,
// all as it should be, for a test to spoil.
type stage struct {
	t       *testing.T
	d       *Downlinks
	command *gw.DownlinkFrame
	answer  *gw.DownlinkTxAck
	report  map[string]any
	sent    emulator.Transmission
}

var lora = radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5, Preamble: 8, InvertIQ: true, NoCRC: true}

func item(payload []byte, delay time.Duration) *gw.DownlinkFrameItem {
	timing := &gw.Timing{Parameters: &gw.Timing_Delay{Delay: &gw.DelayTimingInfo{Delay: durationpb.New(delay)}}}
	if delay == 0 {
		timing = &gw.Timing{Parameters: &gw.Timing_Immediately{Immediately: &gw.ImmediatelyTimingInfo{}}}
	}
	return &gw.DownlinkFrameItem{PhyPayload: payload, TxInfo: &gw.DownlinkTxInfo{
		Frequency: 868_100_000, Power: 16, Timing: timing, Context: radio.AppendContext(nil, heard),
		Modulation: &gw.Modulation{Parameters: &gw.Modulation_Lora{Lora: &gw.LoraModulationInfo{
			Bandwidth: 125_000, SpreadingFactor: 9, CodeRate: gw.CodeRate_CR_4_5, PolarizationInversion: true, NoCrc: true,
		}}},
	}}
}

func newStage(t *testing.T) *stage {
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	payload := []byte{0x60, 1, 2, 3}
	s := &stage{t: t, d: NewDownlinks(plan, map[radio.EUI]radio.DB{roof: 200})}
	s.d.Uplink(roof, heard, began.Add(time.Second))
	s.command = &gw.DownlinkFrame{GatewayId: roof.String(), DownlinkId: 5, Items: []*gw.DownlinkFrameItem{item(payload, time.Second), item(payload, 2*time.Second)}}
	s.answer = &gw.DownlinkTxAck{GatewayId: roof.String(), DownlinkId: 5, Items: []*gw.DownlinkTxAckItem{{Status: gw.TxAckStatus_OK}, {Status: gw.TxAckStatus_IGNORED}}}
	airtime := lora.TimeOnAir(len(payload))
	s.report = map[string]any{
		"gateway_id": roof.String(), "downlink_id": 5, "item": 0, "outcome": "EMITTED", "frequency": 868_100_000, "modulation": "SF9BW125",
		"size": 4, "eirp_dbm": 16.0, "conducted_dbm": 14.0, "airtime_us": airtime.Microseconds(), "start_counter_us": 201_000_000, "lead_ms": 750.5,
	}
	s.sent = emulator.Transmission{
		Frequency: 868_099_976, Modulation: lora, Payload: payload, Conducted: 1400, Duration: airtime,
		StartCounter: 201_000_000 - turn, StartAt: began.Add(2 * time.Second),
	}
	return s
}

func topic(name string) string { return "eu868/gateway/" + roof.String() + "/" + name }

func (s *stage) tell(name string, m proto.Message) {
	s.t.Helper()
	payload, err := proto.Marshal(m)
	if err != nil {
		s.t.Fatal(err)
	}
	s.d.Take(topic(name), payload)
}

func (s *stage) commandIt() { s.tell("command/down", s.command) }
func (s *stage) answerIt()  { s.tell("event/ack", s.answer) }
func (s *stage) reportIt() {
	s.t.Helper()
	payload, err := json.Marshal(s.report)
	if err != nil {
		s.t.Fatal(err)
	}
	s.d.Take(topic("report/emission"), payload)
}
func (s *stage) sendIt() { s.d.Transmitted(roof, s.sent) }

func (s *stage) all() { s.commandIt(); s.answerIt(); s.reportIt(); s.sendIt() }

// refused makes it a downlink of which no item was accepted.
func (s *stage) refused() {
	for _, i := range s.answer.Items {
		i.Status = gw.TxAckStatus_TOO_LATE
	}
}

// failed makes it a downlink that was accepted, not sent, and reported.
func (s *stage) failed() {
	for _, name := range []string{"start_counter_us", "lead_ms"} {
		delete(s.report, name)
	}
	s.report["outcome"], s.report["cause"], s.report["airtime_us"] = "BLOCKED", "the channel was busy", 0
}

// Each detector is shown the fault that it is for, and one that is none.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*stage)
		want Fault // empty: none
	}{
		{"as it should be", func(s *stage) { s.all() }, ""},
		{"the report before the answer", func(s *stage) { s.commandIt(); s.sendIt(); s.reportIt(); s.answerIt() }, ""},
		{"refused", func(s *stage) {
			s.refused()
			s.commandIt()
			s.answerIt()
		}, ""},
		{"failed and said so", func(s *stage) { s.failed(); s.commandIt(); s.answerIt(); s.reportIt() }, ""},
		{"cut short and said so", func(s *stage) {
			s.report["outcome"], s.report["airtime_us"] = "ABORTED", 5000
			s.sent.Aborted, s.sent.Duration = true, 5*time.Millisecond
			s.all()
		}, ""},
		{"at once", func(s *stage) {
			s.command.Items = []*gw.DownlinkFrameItem{item(s.sent.Payload, 0)}
			s.answer.Items = s.answer.Items[:1]
			s.all()
		}, ""},

		{"unreadable", func(s *stage) { s.all(); s.d.Take(topic("event/ack"), []byte{0xFF}) }, Unreadable},
		{"a topic nobody asked for", func(s *stage) { s.all(); s.d.Take(topic("event/up"), nil) }, Unreadable},
		{"another gateway's", func(s *stage) { s.all(); s.answer.GatewayId = tower.String(); s.answerIt() }, Unreadable},
		{"commanded twice", func(s *stage) { s.all(); s.commandIt() }, Repeated},
		{"not answered", func(s *stage) { s.commandIt() }, Unanswered},
		{"answered twice", func(s *stage) { s.all(); s.answerIt() }, AnsweredTwice},
		{"a status too few", func(s *stage) { s.answer.Items = s.answer.Items[:1]; s.commandIt(); s.answerIt() }, BadAnswer},
		{"both accepted", func(s *stage) { s.answer.Items[1].Status = gw.TxAckStatus_OK; s.commandIt(); s.answerIt() }, BadAnswer},
		{"answer to nothing", func(s *stage) { s.all(); s.answer.DownlinkId = 6; s.answerIt() }, Unasked},
		{"report of nothing", func(s *stage) { s.all(); s.report["downlink_id"] = 6; s.reportIt() }, Unasked},
		{"refused and reported", func(s *stage) {
			s.refused()
			s.failed()
			s.commandIt()
			s.answerIt()
			s.reportIt()
		}, Unasked},
		{"acked and silently not emitted", func(s *stage) { s.commandIt(); s.answerIt() }, Silent},
		{"reported twice", func(s *stage) { s.all(); s.reportIt() }, ReportedTwice},
		{"another item", func(s *stage) { s.report["item"] = 1; s.commandIt(); s.answerIt(); s.reportIt() }, BadReport},
		{"emitted without a start", func(s *stage) {
			delete(s.report, "start_counter_us")
			s.commandIt()
			s.answerIt()
			s.reportIt()
		}, BadReport},
		{"reported but not emitted", func(s *stage) { s.commandIt(); s.answerIt(); s.reportIt() }, NotEmitted},
		{"emitted twice", func(s *stage) { s.all(); s.sent.StartCounter += 1_000_000; s.sendIt() }, Unreported},
		{"emitted by itself", func(s *stage) { s.sendIt() }, Unreported},
		{"emitted and reported as failed", func(s *stage) { s.failed(); s.all() }, Unreported},
		{"refused and emitted", func(s *stage) {
			s.refused()
			s.commandIt()
			s.answerIt()
			s.sendIt()
		}, Unreported},
		{"another payload", func(s *stage) { s.sent.Payload = []byte{0x60, 1, 2, 4}; s.all() }, Altered},
		{"another size", func(s *stage) { s.report["size"] = 5; s.all() }, Altered},
		{"two steps off", func(s *stage) { s.sent.Frequency += 244; s.all() }, Altered},
		{"another frequency reported", func(s *stage) { s.report["frequency"] = 868_300_000; s.all() }, Altered},
		{"another rate", func(s *stage) { m := lora; m.SF = 8; s.sent.Modulation = m; s.all() }, Altered},
		{"not inverted", func(s *stage) { m := lora; m.InvertIQ = false; s.sent.Modulation = m; s.all() }, Altered},
		{"FSK", func(s *stage) { s.sent.Modulation = radio.FSK{BitRate: 50_000}; s.all() }, Altered},
		{"another rate reported", func(s *stage) { s.report["modulation"] = "SF8BW125"; s.all() }, Altered},
		{"more power sent", func(s *stage) { s.sent.Conducted = 1500; s.all() }, Altered},
		{"another power reported", func(s *stage) { s.report["eirp_dbm"] = 14.0; s.all() }, Altered},
		{"more power than commanded", func(s *stage) {
			s.command.Items[0].TxInfo.Power = 15
			s.all()
		}, Altered},
		{"cut short, and not said", func(s *stage) { s.sent.Aborted = true; s.all() }, Altered},
		{"another time on the air", func(s *stage) { s.report["airtime_us"] = 1; s.all() }, Altered},
		{"a microsecond late by the counter", func(s *stage) {
			s.sent.StartCounter++
			s.report["start_counter_us"] = 201_000_001
			s.all()
		}, Mistimed},
		{"10 µs late on the air", func(s *stage) { s.sent.StartAt = s.sent.StartAt.Add(10 * time.Microsecond); s.all() }, Mistimed},
		{"for an uplink that never was", func(s *stage) {
			other := radio.Timestamp{Session: 7, Micros: 300_000_000}
			s.command.Items[0].TxInfo.Context = radio.AppendContext(nil, other)
			s.report["start_counter_us"], s.sent.StartCounter = 301_000_000, 301_000_000
			s.all()
		}, Mistimed},
		{"for no uplink", func(s *stage) { s.command.Items[0].TxInfo.Context = nil; s.all() }, Mistimed},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			c.do(s)
			v := s.d.Judge()
			if v.Clean() != (c.want == "") || c.want != "" && v.Faults[c.want] == 0 || len(v.Texts) < len(v.Faults) {
				t.Errorf("faults %v, want %q\n%q", v.Faults, c.want, v.Texts)
			}
		})
	}
}

func TestVerdictCounts(t *testing.T) {
	s := newStage(t)
	s.all()
	s.command.DownlinkId, s.answer.DownlinkId = 6, 6
	for i, status := range []gw.TxAckStatus{gw.TxAckStatus_DUTY_CYCLE_OVERFLOW, gw.TxAckStatus_TOO_LATE} {
		s.answer.Items[i].Status = status
	}
	s.commandIt()
	s.answerIt()
	s.command.DownlinkId, s.answer.DownlinkId, s.report["downlink_id"], s.report["item"] = 7, 7, 7, 1
	s.answer.Items[1].Status = gw.TxAckStatus_OK
	s.failed()
	s.commandIt()
	s.answerIt()
	s.reportIt()
	v := s.d.Judge()
	share, ok := v.FirstShare()
	if !v.Clean() || v.Commanded != 3 || v.Accepted != 2 || v.First != 1 || v.Second != 1 || v.Emitted != 1 || v.Failed() != 1 || v.Refused != 1 ||
		v.RefusedBy["DUTY_CYCLE_OVERFLOW"] != 1 || v.PassedOver["DUTY_CYCLE_OVERFLOW"] != 1 || v.FailedBy["BLOCKED"] != 1 ||
		v.Causes["BLOCKED: the channel was busy"] != 1 || v.Transmissions != 1 || v.Timed != 1 || share != 0.5 || !ok ||
		len(v.Leads) != 1 || v.Leads[0] != 750_500*time.Microsecond {
		t.Errorf("%+v", v)
	}
	if bands := s.d.Bands(); bands[1].Airtime+bands[0].Airtime+bands[2].Airtime == 0 {
		t.Errorf("%+v", bands)
	}
}

// An hour's worth of emissions is fine to the last microsecond; more is not, wherever
// the hour begins.
func TestDutyCycle(t *testing.T) {
	for _, c := range []struct {
		name  string
		start []time.Duration // of 1 s each, in a band of 1 %: 36 s an hour
		more  time.Duration   // of the last
		want  int
	}{
		{"36 s", starts(36, time.Minute), 0, 0},
		{"a microsecond more", starts(36, time.Minute), time.Microsecond, 1},
		{"37 in 72 minutes", starts(37, 2*time.Minute), 0, 0},
		{"37 at the end of two hours", append([]time.Duration{0}, shifted(starts(37, time.Minute), time.Hour+10*time.Minute)...), 0, 1},
		{"the first just out of the hour", append([]time.Duration{0}, shifted(starts(36, time.Second), time.Hour-35*time.Second)...), 0, 0},
		{"the first half in the hour", append([]time.Duration{0}, shifted(starts(36, time.Second), time.Hour-35*time.Second-500*time.Millisecond)...), 0, 1},
	} {
		s := newStage(t)
		for i, at := range c.start {
			s.sent.StartAt, s.sent.StartCounter, s.sent.Duration = began.Add(at), uint64(i), time.Second
			if i == len(c.start)-1 {
				s.sent.Duration += c.more
			}
			s.sendIt()
		}
		if v := s.d.Judge(); v.Faults[DutyCycle] != c.want {
			t.Errorf("%s: %d faults, want %d", c.name, v.Faults[DutyCycle], c.want)
		}
	}
	s := newStage(t)
	s.sent.Frequency = 862 * radio.MHz
	s.sendIt()
	if v := s.d.Judge(); v.Faults[DutyCycle] != 1 {
		t.Errorf("outside of every band: %v", v.Faults)
	}
}

func starts(n int, step time.Duration) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = time.Duration(i) * step
	}
	return list
}

func shifted(list []time.Duration, by time.Duration) []time.Duration {
	for i := range list {
		list[i] += by
	}
	return list
}

func TestFewTexts(t *testing.T) {
	s := newStage(t)
	for i := range 100 {
		s.sent.StartCounter = uint64(i)
		s.sendIt()
	}
	if v := s.d.Judge(); v.Faults[Unreported] != 100 || len(v.Texts) != textsMost {
		t.Errorf("%v, %d texts", v.Faults, len(v.Texts))
	}
}

func FuzzTake(f *testing.F) {
	f.Add("command/down", []byte{})
	f.Add("event/ack", []byte{0xA, 1, 'x'})
	f.Add("report/emission", []byte(fmt.Sprintf(`{"gateway_id":%q,"downlink_id":1,"lead_ms":1e300}`, roof)))
	f.Fuzz(func(t *testing.T, name string, payload []byte) {
		s := newStage(t)
		s.d.Take(topic(name), payload)
		if v := s.d.Judge(); v.Clean() && v.Commanded == 0 && len(s.d.order) > 0 {
			t.Fatalf("something without a command is no fault: %+v", v)
		}
	})
}
