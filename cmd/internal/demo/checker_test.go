package demo

import (
	"crypto/sha256"
	"testing"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

var tested = radio.EUI{1, 2, 3, 4, 5, 6, 7, 8}

func reception(phy string) Reception {
	return Reception{Hotspot: tested, Frame: emulator.Frame{
		Payload: []byte(phy), Frequency: 868_100_000, Modulation: radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz},
		RSSI: -10100, SNR: -380, CRC: radio.CRCOK,
	}}
}

// uplink is what a gateway makes of reception(phy), read at a counter value.
func uplink(phy string, micros uint64) *gw.UplinkFrame {
	return &gw.UplinkFrame{
		PhyPayload: []byte(phy),
		TxInfo: &gw.UplinkTxInfo{Frequency: 868_100_000, Modulation: &gw.Modulation{Parameters: &gw.Modulation_Lora{
			Lora: &gw.LoraModulationInfo{Bandwidth: 125_000, SpreadingFactor: 9, CodeRate: gw.CodeRate_CR_4_5}}}},
		RxInfo: &gw.UplinkRxInfo{GatewayId: tested.String(), Rssi: -101, Snr: -3.75, CrcStatus: gw.CRCStatus_CRC_OK,
			Context: radio.AppendContext(nil, radio.Timestamp{Session: 9, Micros: micros})},
	}
}

const testedTopic = "eu868/gateway/0102030405060708/event/up"

// take hands an uplink to the checker, with its id made right unless it has one.
func take(t *testing.T, c *checker, up *gw.UplinkFrame) {
	t.Helper()
	if up.RxInfo.UplinkId == 0 {
		eui, _ := radio.ParseEUI(up.RxInfo.GatewayId)
		up.RxInfo.UplinkId = wantID(eui, up.RxInfo.Context, up.PhyPayload)
	}
	payload, err := proto.Marshal(up)
	if err != nil {
		t.Fatal(err)
	}
	c.take(testedTopic, payload)
}

func TestChecker(t *testing.T) {
	altered := func(change func(*gw.UplinkFrame)) []*gw.UplinkFrame {
		up := uplink("a", 1)
		change(up)
		return []*gw.UplinkFrame{up}
	}
	both := []string{"a", "a"}
	for _, c := range []struct {
		name string
		sent []string
		came []*gw.UplinkFrame
		want verdict
	}{
		{"once", []string{"a"}, []*gw.UplinkFrame{uplink("a", 1)}, verdict{Expected: 1, Received: 1, Matched: 1}},
		{"sent twice", both, []*gw.UplinkFrame{uplink("a", 1), uplink("a", 2)}, verdict{Expected: 2, Received: 2, Matched: 2}},
		{"lost", []string{"a", "b"}, []*gw.UplinkFrame{uplink("b", 1)}, verdict{Expected: 2, Received: 1, Matched: 1}},
		{"lost and the other twice", []string{"a", "b"}, []*gw.UplinkFrame{uplink("b", 1), uplink("b", 1)}, verdict{Expected: 2, Received: 2, Matched: 1, Duplicated: 1}},
		{"duplicated", []string{"a"}, []*gw.UplinkFrame{uplink("a", 1), uplink("a", 1)}, verdict{Expected: 1, Received: 2, Matched: 1, Duplicated: 1}},
		{"sent twice, one came twice", both, []*gw.UplinkFrame{uplink("a", 1), uplink("a", 1)}, verdict{Expected: 2, Received: 2, Matched: 1, Duplicated: 1}},
		{"came again as another", []string{"a"}, []*gw.UplinkFrame{uplink("a", 1), uplink("a", 2)}, verdict{Expected: 1, Received: 2, Matched: 1, Unexpected: 1}},
		{"payload", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.PhyPayload = []byte("b") }), verdict{Expected: 1, Received: 1, Unexpected: 1}},
		{"frequency", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.TxInfo.Frequency += 100 }), verdict{Expected: 1, Received: 1, Matched: 1, Mismatched: 1}},
		{"frequency, rounded away", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.TxInfo.Frequency += 49 }), verdict{Expected: 1, Received: 1, Matched: 1}},
		{"rate", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.TxInfo.Modulation.GetLora().SpreadingFactor = 10 }), verdict{Expected: 1, Received: 1, Matched: 1, Mismatched: 1}},
		{"SNR", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.RxInfo.Snr = -3.5 }), verdict{Expected: 1, Received: 1, Matched: 1, Mismatched: 1}},
		{"RSSI, one", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.RxInfo.Rssi = -102 }), verdict{Expected: 1, Received: 1, Matched: 1}},
		{"RSSI, two", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.RxInfo.Rssi = -103 }), verdict{Expected: 1, Received: 1, Matched: 1, Mismatched: 1}},
		{"CRC state", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.RxInfo.CrcStatus = gw.CRCStatus_NO_CRC }), verdict{Expected: 1, Received: 1, Matched: 1, Mismatched: 1}},
		{"of another hotspot", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.RxInfo.GatewayId = "0102030405060709" }), verdict{Expected: 1, Received: 1, Unreadable: 1}},
		{"uplink id", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.RxInfo.UplinkId = 1 }), verdict{Expected: 1, Received: 1, Unreadable: 1}},
		{"without a context", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.RxInfo.Context = nil }), verdict{Expected: 1, Received: 1, Unreadable: 1}},
		{"without a modulation", []string{"a"}, altered(func(u *gw.UplinkFrame) { u.TxInfo.Modulation = nil }), verdict{Expected: 1, Received: 1, Unreadable: 1}},
		{"never sent", nil, []*gw.UplinkFrame{uplink("a", 1)}, verdict{Received: 1, Unexpected: 1}},
		{"bad", []string{"!a"}, []*gw.UplinkFrame{uplink("!a", 1)}, verdict{Received: 1, BadArrived: 1}},
		{"bad, lost", []string{"!a"}, nil, verdict{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newChecker()
			for _, phy := range c.sent {
				r := reception(phy)
				if phy[0] == '!' {
					r.Frame.CRC = radio.CRCBad
				}
				k.expect(r)
			}
			for _, up := range c.came {
				take(t, k, up)
			}
			got := k.state()
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(verdict{}, "Faults")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.clean() != (len(got.Faults) == 0) {
				t.Errorf("clean %v with faults %q", got.clean(), got.Faults)
			}
		})
	}
}

// Of two receptions of the same frame, each arrival takes the one it fits.
func TestCheckerTakesWhatFits(t *testing.T) {
	k := newChecker()
	loud := reception("a")
	loud.Frame.RSSI = -5000
	k.expect(reception("a"))
	k.expect(loud)
	up := uplink("a", 1)
	up.RxInfo.Rssi = -50
	take(t, k, up)
	take(t, k, uplink("a", 2))
	if v := k.state(); v.Matched != 2 || !v.clean() {
		t.Errorf("%+v", v)
	}
}

func TestCheckerKeepsFewFaults(t *testing.T) {
	k := newChecker()
	for i := range 100 {
		take(t, k, uplink("a", uint64(i)))
	}
	if v := k.state(); v.Unexpected != 100 || len(v.Faults) != shownMost {
		t.Errorf("%d unexpected, %d in words", v.Unexpected, len(v.Faults))
	}
}

func TestCheckerMissingBy(t *testing.T) {
	k := newChecker()
	other := reception("c")
	other.Hotspot = radio.EUI{9}
	for _, r := range []Reception{reception("a"), reception("b"), reception("b"), other} {
		k.expect(r)
	}
	take(t, k, uplink("a", 1))
	if diff := cmp.Diff(map[radio.EUI]int{tested: 2, {9}: 1}, k.missingBy()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWantID(t *testing.T) {
	// printf 01020304050607080000000000000009000000000000000161 | xxd -r -p | sha256sum
	if got := wantID(tested, radio.AppendContext(nil, radio.Timestamp{Session: 9, Micros: 1}), []byte("a")); got != 0x295b0911 {
		t.Errorf("%08x", got)
	}
}

// An FSK frame has no SNR to compare.
func TestDifferencesOfFSK(t *testing.T) {
	r := reception("a")
	r.Frame.Modulation = radio.FSK{BitRate: 50_000}
	up := uplink("a", 1)
	up.TxInfo.Modulation.Parameters = &gw.Modulation_Fsk{Fsk: &gw.FskModulationInfo{Datarate: 50_000}}
	up.RxInfo.Snr = 0
	up.RxInfo.UplinkId = wantID(tested, up.RxInfo.Context, up.PhyPayload)
	payload, _ := proto.Marshal(up)
	a, err := parseArrival(testedTopic, payload)
	if err != nil || a.phy != sha256.Sum256([]byte("a")) {
		t.Fatal(err)
	}
	if list := differences(r, a); len(list) != 0 {
		t.Error(list)
	}
}

func FuzzParseArrival(f *testing.F) {
	good, _ := proto.Marshal(uplink("a", 1))
	f.Add(testedTopic, good)
	f.Add("", []byte{})
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		k := newChecker()
		if _, arrived := k.take(topic, payload); arrived {
			t.Fatal("arrived though nothing was sent")
		}
	})
}
