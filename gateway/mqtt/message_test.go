package mqtt

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"hexspot/gateway"
	"hexspot/radio"
)

var (
	testEUI  = radio.EUI{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}
	received = time.Date(2026, 11, 24, 12, 0, 0, 500_000_000, time.UTC)
)

func loraUplink() radio.Uplink {
	phy, _ := hex.DecodeString("40aabbccdd80010001a1b2c3d4deadbeef")
	return radio.Uplink{
		Gateway: testEUI, PHYPayload: phy, Frequency: 868_100_000,
		Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5},
		CRC:        radio.CRCOK, Channel: 5, RFChain: 1, RSSI: -11550, SNR: -725,
		Timestamp: radio.Timestamp{Session: 0x0102030405060708, Micros: 0x1122334455}, ReceivedAt: received,
	}
}

func TestUplinkFrame(t *testing.T) {
	fsk := loraUplink()
	fsk.Modulation, fsk.SNR, fsk.ReceivedAt = radio.FSK{BitRate: 50000, Deviation: 25000}, 0, time.Time{}
	for _, c := range []struct {
		name   string
		uplink radio.Uplink
		want   *gw.UplinkFrame
	}{
		{"LoRa", loraUplink(), &gw.UplinkFrame{
			PhyPayload: loraUplink().PHYPayload,
			TxInfo: &gw.UplinkTxInfo{Frequency: 868100000, Modulation: &gw.Modulation{Parameters: &gw.Modulation_Lora{
				Lora: &gw.LoraModulationInfo{Bandwidth: 125000, SpreadingFactor: 7, CodeRate: gw.CodeRate_CR_4_5}}}},
			RxInfo: &gw.UplinkRxInfo{
				GatewayId: "0123456789abcdef", UplinkId: 0x68f109ce, GwTime: timestamppb.New(received),
				Rssi: -116, Snr: -7.25, Channel: 5, RfChain: 1, CrcStatus: gw.CRCStatus_CRC_OK,
				Context: []byte{1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55},
			},
		}},
		{"FSK, no clock", fsk, &gw.UplinkFrame{
			PhyPayload: loraUplink().PHYPayload,
			TxInfo: &gw.UplinkTxInfo{Frequency: 868100000, Modulation: &gw.Modulation{Parameters: &gw.Modulation_Fsk{
				Fsk: &gw.FskModulationInfo{FrequencyDeviation: 25000, Datarate: 50000}}}},
			RxInfo: &gw.UplinkRxInfo{
				GatewayId: "0123456789abcdef", UplinkId: 0x68f109ce,
				Rssi: -116, Channel: 5, RfChain: 1, CrcStatus: gw.CRCStatus_CRC_OK,
				Context: []byte{1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55},
			},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := gateway.NewFrame(c.uplink)
			if diff := cmp.Diff(c.want, UplinkFrame(&f), protocmp.Transform()); diff != "" {
				t.Errorf("message differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMarshalFormats(t *testing.T) {
	f := gateway.NewFrame(loraUplink())
	message := UplinkFrame(&f)
	for _, c := range []struct {
		json      bool
		unmarshal func([]byte, proto.Message) error
	}{{false, proto.Unmarshal}, {true, protojson.Unmarshal}} {
		payload, err := Config{JSON: c.json}.marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		var back gw.UplinkFrame
		if err := c.unmarshal(payload, &back); err != nil {
			t.Fatalf("json %v: %v", c.json, err)
		}
		if !proto.Equal(message, &back) {
			t.Errorf("json %v: came back as %v", c.json, &back)
		}
	}
}

func TestStatsMessage(t *testing.T) {
	lora := radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
	got := statsMessage(testEUI, timestamppb.New(received), gateway.Totals{
		Received: 7, ReceivedOK: 5,
		PerFrequency:  map[radio.Hertz]uint64{868_100_000: 3, 868_300_000: 2},
		PerModulation: map[radio.Modulation]uint64{lora: 5},
	})
	want := &gw.GatewayStats{
		GatewayId: "0123456789abcdef", Time: timestamppb.New(received), RxPacketsReceived: 7, RxPacketsReceivedOk: 5,
		RxPacketsPerFrequency:  map[uint32]uint32{868100000: 3, 868300000: 2},
		RxPacketsPerModulation: []*gw.PerModulationCount{{Modulation: modulation(lora), Count: 5}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("message differs (-want +got):\n%s", diff)
	}
}

func BenchmarkUplinkFrame(b *testing.B) {
	u := loraUplink()
	b.ReportAllocs()
	for b.Loop() {
		f := gateway.NewFrame(u)
		if _, err := (Config{}).marshal(UplinkFrame(&f)); err != nil {
			b.Fatal(err)
		}
	}
}
