package hotspot

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/types/known/durationpb"

	"hexspot/gateway/mqtt"
	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// emission waits for the emission report of a downlink.
func (o *operator) emission(id uint32) (r mqtt.EmissionReport) {
	o.t.Helper()
	timeout := time.After(patience)
	for {
		o.mu.Lock()
		list := o.heard["report/emission"]
		o.mu.Unlock()
		for _, m := range list {
			if err := json.Unmarshal(m.Payload(), &r); err != nil {
				o.t.Fatal(err)
			}
			if r.DownlinkID == id {
				return r
			}
		}
		select {
		case <-o.arrived:
		case <-timeout:
			o.t.Fatal("no emission report")
		}
	}
}

// answered asks for a downlink a second after an uplink; both have a number. It is false if
// the machine had no time for it, and then the network was told so.
func (o *operator) answered(chip *emulator.Chip, n uint32) (heard radio.Timestamp, report mqtt.EmissionReport, inTime bool) {
	o.t.Helper()
	inject(o.t, chip, frame(byte(n), 868_100_000))
	var up gw.UplinkFrame
	o.await("event/up", &up, func() bool { return up.RxInfo != nil && up.PhyPayload[len(up.PhyPayload)-1] == byte(n) })
	heard, err := radio.ParseContext(up.RxInfo.Context)
	if err != nil {
		o.t.Fatal(err)
	}
	o.ask("down", &gw.DownlinkFrame{GatewayId: testEUI.String(), DownlinkId: n, Items: []*gw.DownlinkFrameItem{{
		PhyPayload: []byte{0x60, 1, 2, 3, 4, 0, 1, 0, 0xa, 0xb, 0xc, 0xd},
		TxInfo: &gw.DownlinkTxInfo{
			Frequency: 868_100_000, Power: 14, Context: up.RxInfo.Context,
			Modulation: &gw.Modulation{Parameters: &gw.Modulation_Lora{Lora: &gw.LoraModulationInfo{
				Bandwidth: 125_000, SpreadingFactor: 7, CodeRate: gw.CodeRate_CR_4_5, PolarizationInversion: true, NoCrc: true}}},
			Timing: &gw.Timing{Parameters: &gw.Timing_Delay{Delay: &gw.DelayTimingInfo{Delay: durationpb.New(time.Second)}}},
		}}}})
	var ack gw.DownlinkTxAck
	o.await("event/ack", &ack, func() bool { return ack.DownlinkId == n })
	if len(ack.Items) == 1 && ack.Items[0].Status == gw.TxAckStatus_TOO_LATE {
		return heard, report, false
	}
	if len(ack.Items) != 1 || ack.Items[0].Status != gw.TxAckStatus_OK {
		o.t.Fatalf("%v", &ack)
	}
	report = o.emission(n)
	return heard, report, report.Outcome != radio.Missed.String()
}

// TestDownlinkOverMQTT: the answer to an uplink leaves the chip at the microsecond
// that the network asked for, the network is told so, and statistics count it.
func TestDownlinkOverMQTT(t *testing.T) {
	chip, _, o := commanded(t, func(p *Parts) { p.Antenna = Antenna{GainDBi: 1.5, CableLossDB: 0.5} })
	n := uint32(7)
	heard, report, inTime := o.answered(chip, n)
	for deadline := time.Now().Add(patience); !inTime; heard, report, inTime = o.answered(chip, n) {
		if n++; time.Now().After(deadline) {
			t.Fatalf("%d downlinks were too late: %+v", n-7, report)
		}
	}
	if report.Outcome != "EMITTED" || report.StartCounter == nil || *report.StartCounter != heard.Micros+1_000_000 || report.EIRP > 14 || report.StartAt == nil || report.Lead == nil {
		t.Fatalf("%+v", report)
	}
	sent, err := chip.Sent(t.Context())
	if err != nil || sent.StartCounter != *report.StartCounter%(1<<27) {
		t.Errorf("%+v, %v, want a start at %d", sent, err, *report.StartCounter)
	}
	t.Logf("%+v, lead %v ms, started %v", report, *report.Lead, report.StartAt)
	var stats gw.GatewayStats // scheduled and emitted may fall into two intervals
	o.await("event/stats", &stats, func() bool { return stats.TxPacketsPerStatus["OK"] >= 1 && stats.TxPacketsReceived >= 1 })
	o.await("event/stats", &stats, func() bool { return stats.TxPacketsEmitted == 1 && stats.TxPacketsPerFrequency[868_100_000] == 1 })
}
