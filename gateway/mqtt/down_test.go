package mqtt

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"hexspot/gateway"
	"hexspot/internal/mosquitto"
	"hexspot/radio"
)

// transmitter is a stand-in for the queue: it refuses items without an instant in
// its session, takes the first of the others, and reports at once.
type transmitter struct {
	session uint64

	mu   sync.Mutex
	took []gateway.Command
}

func (x *transmitter) submit(s gateway.Submission) {
	x.mu.Lock()
	x.took = append(x.took, s.Command)
	x.mu.Unlock()
	statuses := make([]radio.TxStatus, len(s.Command.Items))
	taken := -1
	for i, d := range s.Command.Items {
		if at := d.When.At; at.IsZero() || at.Session == x.session {
			taken = i
			statuses[i] = radio.TxOK
			break
		}
		statuses[i] = radio.TxTooLate
	}
	s.Answer(gateway.Answer{ID: s.Command.ID, Statuses: statuses})
	if taken >= 0 {
		d := s.Command.Items[taken]
		s.Report(gateway.Report{ID: s.Command.ID, Item: taken, Downlink: d, EIRP: d.EIRP - 50, Emission: radio.Emission{
			Outcome: radio.Emitted, Start: uplinkAt.Add(time.Second), Loaded: uplinkAt.Add(time.Second - 123456*time.Microsecond),
			Airtime: 51456 * time.Microsecond, Conducted: 1135,
		}})
	}
}

func (x *transmitter) commands() []gateway.Command {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.took)
}

func command(id uint32, items ...*gw.DownlinkFrameItem) []byte {
	return must(proto.Marshal(&gw.DownlinkFrame{GatewayId: testEUI.String(), DownlinkId: id, Items: items}))
}

// obey gives a client commands without a broker and gives what it wants to send.
func obey(t *testing.T, c *Client, messages ...message) []letter {
	t.Helper()
	s := &session{client: c}
	for _, m := range messages {
		s.command(nil, m)
	}
	return c.outbox.letters
}

func offline(t *testing.T, change func(*Station)) *Client {
	t.Helper()
	station := testStation(t)
	if change != nil {
		change(&station)
	}
	c, err := New(Config{Server: "tcp://h:1"}, station, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func transmitting(x *transmitter) func(*Station) { return func(s *Station) { s.Submit = x.submit } }

// ackIn is the acknowledgement in a letter.
func ackIn(t *testing.T, l letter) (id uint32, statuses []radio.TxStatus) {
	t.Helper()
	var ack gw.DownlinkTxAck
	if err := proto.Unmarshal(l.payload, &ack); err != nil || l.topic != ackTopic {
		t.Fatalf("%s %v %v", l.topic, &ack, err)
	}
	for _, i := range ack.Items {
		statuses = append(statuses, radio.TxStatus(i.Status))
	}
	return ack.DownlinkId, statuses
}

// TestStatuses: each item of a command gets the status that tells the truth about it.
func TestStatuses(t *testing.T) {
	const ok, ignored, late, power, fault = radio.TxOK, radio.TxIgnored, radio.TxTooLate, radio.TxPower, radio.TxInternalError
	loud := with(func(x *gw.DownlinkTxInfo) { x.Power = 1000 })
	mute := item(func(i *gw.DownlinkFrameItem) { i.TxInfo = nil })
	stale := with(func(x *gw.DownlinkTxInfo) { x.Context = contextOf(radio.Timestamp{Session: 99, Micros: 1}) })
	for _, c := range []struct {
		name  string
		items []*gw.DownlinkFrameItem
		want  []radio.TxStatus
		place int // of the emitted item; -1: none
	}{
		{"one", []*gw.DownlinkFrameItem{item()}, []radio.TxStatus{ok}, 0},
		{"two", []*gw.DownlinkFrameItem{item(), item()}, []radio.TxStatus{ok, ignored}, 0},
		{"first hostile", []*gw.DownlinkFrameItem{loud, item()}, []radio.TxStatus{power, ok}, 1},
		{"second hostile", []*gw.DownlinkFrameItem{item(), loud}, []radio.TxStatus{ok, ignored}, 0},
		{"another session", []*gw.DownlinkFrameItem{stale, item()}, []radio.TxStatus{late, ok}, 1},
		{"mixed", []*gw.DownlinkFrameItem{mute, stale, loud, item(), mute}, []radio.TxStatus{fault, late, power, ok, ignored}, 3},
		{"none", []*gw.DownlinkFrameItem{mute, loud}, []radio.TxStatus{fault, power}, -1},
		{"refused by both", []*gw.DownlinkFrameItem{stale, loud}, []radio.TxStatus{late, power}, -1},
		{"eight", slices.Repeat([]*gw.DownlinkFrameItem{stale}, 8), slices.Repeat([]radio.TxStatus{late}, 8), -1},
		{"nine", slices.Repeat([]*gw.DownlinkFrameItem{item()}, 9), slices.Repeat([]radio.TxStatus{fault}, 9), -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := &transmitter{session: uplinkAt.Session}
			letters := obey(t, offline(t, transmitting(x)), message{topic: downTopic, payload: command(42, c.items...)})
			id, statuses := ackIn(t, letters[0])
			if diff := cmp.Diff(c.want, statuses); diff != "" || id != 42 {
				t.Errorf("downlink %d: %s", id, diff)
			}
			if (c.place >= 0) != (len(letters) == 2) {
				t.Fatalf("%d messages", len(letters))
			}
			if c.place < 0 {
				return
			}
			var report EmissionReport
			if err := json.Unmarshal(letters[1].payload, &report); err != nil || report.Item != c.place || report.DownlinkID != 42 {
				t.Errorf("report %+v, %v", report, err)
			}
		})
	}
}

// TestHostileCommandsAreAnswered: no command with items is dropped without an answer,
// and none of these reaches the transmitter.
func TestHostileCommandsAreAnswered(t *testing.T) {
	x := &transmitter{session: uplinkAt.Session}
	c := offline(t, transmitting(x))
	for i, h := range hostile {
		obey(t, c, message{topic: downTopic, payload: command(uint32(i), h.item, h.item)})
		id, statuses := ackIn(t, c.outbox.letters[i])
		if id != uint32(i) || !slices.Equal(statuses, []radio.TxStatus{h.status, h.status}) {
			t.Errorf("%s: downlink %d %v, want %v", h.name, id, statuses, h.status)
		}
	}
	if n := len(x.commands()); n != 0 {
		t.Errorf("%d commands were transmitted", n)
	}
}

func TestWholeCommands(t *testing.T) {
	good := command(7, item())
	for _, c := range []struct {
		name     string
		station  bool
		messages []message
		want     radio.TxStatus
		letters  int
		took     int
	}{
		{"receive only", false, []message{{topic: downTopic, payload: good}}, radio.TxInternalError, 1, 0},
		{"retained", true, []message{{topic: downTopic, payload: good, retained: true}}, radio.TxTooLate, 1, 0},
		{"twice", true, []message{{topic: downTopic, payload: good}, {topic: downTopic, payload: good}}, radio.TxOK, 4, 2},
		{"sent again by the broker", true, []message{{topic: downTopic, payload: good}, {topic: downTopic, payload: good, again: true}}, radio.TxOK, 2, 1},
		{"sent again, but new", true, []message{{topic: downTopic, payload: good, again: true}}, radio.TxOK, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := &transmitter{session: uplinkAt.Session}
			var change func(*Station)
			if c.station {
				change = transmitting(x)
			}
			letters := obey(t, offline(t, change), c.messages...)
			if len(letters) != c.letters || len(x.commands()) != c.took {
				t.Fatalf("%d messages, %d commands taken", len(letters), len(x.commands()))
			}
			if id, statuses := ackIn(t, letters[0]); id != 7 || !slices.Equal(statuses, []radio.TxStatus{c.want}) {
				t.Errorf("downlink %d %v", id, statuses)
			}
		})
	}
	if letters := obey(t, offline(t, nil), message{topic: downTopic, payload: command(1)}); len(letters) != 0 {
		t.Errorf("a command without items is answered: %v", letters)
	}
}

// TestManyItems: the acknowledgement of a huge command stays small.
func TestManyItems(t *testing.T) {
	letters := obey(t, offline(t, nil), message{topic: downTopic, payload: command(1, slices.Repeat([]*gw.DownlinkFrameItem{{}}, 30_000)...)})
	if _, statuses := ackIn(t, letters[0]); len(statuses) != maxStatuses || len(letters[0].payload) > 8000 {
		t.Errorf("%d statuses in %d bytes", len(statuses), len(letters[0].payload))
	}
}

// TestCommandRate: more commands than a gateway could ever send are refused, each with
// an answer.
func TestCommandRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // no time passes
		c := offline(t, func(s *Station) {
			s.Submit = func(s gateway.Submission) { s.Answer(gateway.Answer{Statuses: []radio.TxStatus{radio.TxOK}}) }
		})
		answers := map[radio.TxStatus]int{}
		for i := range 3 * commandRate {
			obey(t, c, message{topic: downTopic, payload: command(uint32(i), item())})
			_, statuses := ackIn(t, c.outbox.letters[len(c.outbox.letters)-1])
			answers[statuses[0]]++
		}
		if answers[radio.TxOK] != commandRate || answers[radio.TxQueueFull] != 2*commandRate {
			t.Errorf("%v", answers)
		}
	})
}

func TestEmissionReport(t *testing.T) {
	at := time.Date(2026, 11, 28, 6, 0, 1, 123456789, time.UTC)
	emitted := gateway.Report{
		ID: 7, Item: 1, EIRP: 1350, Downlink: must(downlinkOf(item())),
		Emission: radio.Emission{Outcome: radio.Emitted, Start: uplinkAt, Loaded: uplinkAt.Add(-123456 * time.Microsecond), Airtime: 46336 * time.Microsecond, Conducted: 1135},
	}
	missed := emitted
	missed.Emission = radio.Emission{Outcome: radio.Missed, Cause: "loaded 3 ms late", Conducted: 1135, Loaded: uplinkAt}
	for _, c := range []struct {
		name    string
		report  gateway.Report
		instant func(radio.Timestamp) time.Time
		want    string
	}{
		{"emitted", emitted, func(radio.Timestamp) time.Time { return at },
			`{"gateway_id":"0123456789abcdef","downlink_id":7,"item":1,"outcome":"EMITTED","frequency":868100000,"modulation":"SF7BW125","size":12,` +
				`"eirp_dbm":13.5,"conducted_dbm":11.35,"airtime_us":46336,"start_counter_us":5000000,"start_at":"2026-11-28T06:00:01.123456Z","lead_ms":123.456}`},
		{"clock not trusted", emitted, func(radio.Timestamp) time.Time { return time.Time{} },
			`{"gateway_id":"0123456789abcdef","downlink_id":7,"item":1,"outcome":"EMITTED","frequency":868100000,"modulation":"SF7BW125","size":12,` +
				`"eirp_dbm":13.5,"conducted_dbm":11.35,"airtime_us":46336,"start_counter_us":5000000,"lead_ms":123.456}`},
		{"missed", missed, func(radio.Timestamp) time.Time { return at },
			`{"gateway_id":"0123456789abcdef","downlink_id":7,"item":1,"outcome":"MISSED","cause":"loaded 3 ms late","frequency":868100000,"modulation":"SF7BW125","size":12,` +
				`"eirp_dbm":13.5,"conducted_dbm":11.35,"airtime_us":0}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := offline(t, func(s *Station) { s.Instant = c.instant })
			client.tellEmission(c.report)
			if l := client.outbox.letters[0]; l.topic != reportTopic || string(l.payload) != c.want {
				t.Errorf("%s\n%s\nwant\n%s", l.topic, l.payload, c.want)
			}
		})
	}
	off := false
	silent := offline(t, nil)
	silent.config.EmissionReports = &off
	if silent.tellEmission(emitted); len(silent.outbox.letters) != 0 {
		t.Error("reports are off, but there is one")
	}
}

// roundTrip has a network send commands through a broker and hear what becomes of them.
func roundTrip(t *testing.T, url string) {
	x := &transmitter{session: uplinkAt.Session}
	station := testStation(t)
	station.Submit = x.submit
	gatewayOn(t, Config{Server: url}, station)
	network := newOperator(t, url)
	const commands = 200
	for i := range uint32(commands) {
		network.publish(downTopic, false, command(i, hostile[int(i)%len(hostile)].item, item()))
	}
	ids, statuses := acks(t, network.await(ackTopic, commands))
	for i, id := range ids {
		if want := []radio.TxStatus{hostile[i%len(hostile)].status, radio.TxOK}; id != uint32(i) || !slices.Equal(statuses[id], want) {
			t.Errorf("acknowledgement %d is of downlink %d: %v, want %v", i, id, statuses[id], want)
		}
	}
	for i, m := range network.await(reportTopic, commands) {
		var report EmissionReport
		if err := json.Unmarshal(m.Payload(), &report); err != nil || report.DownlinkID != uint32(i) || report.Item != 1 || report.Outcome != "EMITTED" || *report.Lead != 123.456 || m.Qos() != 1 {
			t.Errorf("report %d: %s, %v", i, m.Payload(), err)
		}
	}
	for i, took := range x.commands() {
		if took.ID != uint32(i) || len(took.Items) != 1 || took.Priority != gateway.PriorityDownlink {
			t.Errorf("command %d: %+v", i, took)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	roundTrip(t, "tcp://"+startBroker(t, "127.0.0.1:0").address())
}

func TestRoundTripOnMosquitto(t *testing.T) { roundTrip(t, mosquitto.Start(t)) }

// TestJSONRoundTrip: as ChirpStack writes JSON, and as a person does.
func TestJSONRoundTrip(t *testing.T) {
	broker := startBroker(t, "127.0.0.1:0")
	station := testStation(t)
	x := &transmitter{session: uplinkAt.Session}
	station.Submit = x.submit
	gatewayOn(t, Config{Server: "tcp://" + broker.address(), JSON: true}, station)
	network := newOperator(t, "tcp://"+broker.address())
	network.publish(downTopic, false, must(protojson.Marshal(&gw.DownlinkFrame{GatewayId: testEUI.String(), DownlinkId: 1, Items: []*gw.DownlinkFrameItem{item()}})))
	network.publish(downTopic, false, []byte(`{"gateway_id":"0123456789abcdef","downlink_id":2,"items":[{"phy_payload":"YAECAwQAAQAKCwwN","tx_info":{
		"frequency":868100000,"power":14,"modulation":{"lora":{"bandwidth":125000,"spreading_factor":7,"code_rate":"CR_4_5","polarization_inversion":true,"no_crc":true}},
		"timing":{"delay":{"delay":"1s"}},"context":"AQIDBAUGBwgAAAAAAExLQA=="}}]}`))
	for i, m := range network.await(ackTopic, 2) {
		var ack gw.DownlinkTxAck
		if err := protojson.Unmarshal(m.Payload(), &ack); err != nil || ack.DownlinkId != uint32(i+1) || ack.Items[0].Status != gw.TxAckStatus_OK {
			t.Errorf("%s: %v", m.Payload(), err)
		}
	}
	took := x.commands()
	if diff := cmp.Diff(took[0].Items, took[1].Items); diff != "" {
		t.Errorf("the two differ: %s", diff)
	}
}
