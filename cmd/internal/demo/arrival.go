package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"

	"hexspot/radio"
)

// arrival is an uplink as a network server gets it.
type arrival struct {
	hotspot   radio.EUI
	context   radio.Timestamp
	phy       [sha256.Size]byte // hash of the PHYPayload
	frequency radio.Hertz
	rate      string
	rssi      float64 // dBm
	snr       float64 // dB
	crc       gw.CRCStatus
}

// wantID is the uplink_id that the arrival must have, in the words of the
// protocol: the first 4 bytes of SHA-256(EUI, context, PHYPayload).
func wantID(eui radio.EUI, context, phy []byte) uint32 {
	hash := sha256.Sum256(slices.Concat(eui[:], context, phy))
	return binary.BigEndian.Uint32(hash[:])
}

// parseArrival reads an event/up message and checks that its topic and its
// content name the same hotspot.
func parseArrival(topic string, payload []byte) (arrival, error) {
	var up gw.UplinkFrame
	if err := proto.Unmarshal(payload, &up); err != nil {
		return arrival{}, fmt.Errorf("uplink: %w", err)
	}
	info := up.GetRxInfo()
	eui, err := radio.ParseEUI(info.GetGatewayId())
	if err != nil {
		return arrival{}, fmt.Errorf("uplink: gateway id: %w", err)
	}
	if !strings.HasSuffix(topic, "gateway/"+info.GetGatewayId()+"/event/up") {
		return arrival{}, fmt.Errorf("uplink of %s under the topic %q", eui, topic)
	}
	context, err := radio.ParseContext(info.GetContext())
	if err != nil {
		return arrival{}, fmt.Errorf("uplink of %s: %w", eui, err)
	}
	rate, err := rateOf(up.GetTxInfo().GetModulation())
	if err != nil {
		return arrival{}, fmt.Errorf("uplink of %s: %w", eui, err)
	}
	if id := wantID(eui, info.GetContext(), up.GetPhyPayload()); info.GetUplinkId() != id {
		return arrival{}, fmt.Errorf("uplink of %s: uplink id %08x, want %08x", eui, info.GetUplinkId(), id)
	}
	return arrival{
		hotspot: eui, context: context, phy: sha256.Sum256(up.GetPhyPayload()),
		frequency: radio.Hertz(up.GetTxInfo().GetFrequency()), rate: rate,
		rssi: float64(info.GetRssi()), snr: float64(info.GetSnr()), crc: info.GetCrcStatus(),
	}, nil
}

func rateOf(m *gw.Modulation) (string, error) {
	if lora := m.GetLora(); lora != nil {
		rate := radio.LoRa{SF: radio.SpreadingFactor(lora.GetSpreadingFactor()), Bandwidth: radio.Hertz(lora.GetBandwidth())}
		return rate.String(), nil
	}
	if fsk := m.GetFsk(); fsk != nil {
		return radio.FSK{BitRate: fsk.GetDatarate()}.String(), nil
	}
	return "", errors.New("no LoRa or FSK modulation")
}
