package mqtt

import (
	"math"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"hexspot/gateway"
	"hexspot/radio"
)

// marshal encodes a message as the network wants it.
func (c Config) marshal(m proto.Message) ([]byte, error) {
	if c.JSON {
		return protojson.Marshal(m)
	}
	return proto.Marshal(m)
}

// UplinkFrame is the event/up message of a frame (chirpstack/api v4.18.0, gw.proto).
func UplinkFrame(f *gateway.Frame) *gw.UplinkFrame {
	rx := &gw.UplinkRxInfo{
		GatewayId: f.Gateway.String(),
		UplinkId:  f.UplinkID,
		Rssi:      f.RSSI.Whole(),
		Snr:       float32(f.SNR.Float()),
		Channel:   uint32(f.Channel),
		RfChain:   uint32(f.RFChain),
		Context:   f.Context[:],
		CrcStatus: gw.CRCStatus(f.CRC),
	}
	if !f.ReceivedAt.IsZero() {
		rx.GwTime = timestamppb.New(f.ReceivedAt)
	}
	return &gw.UplinkFrame{
		PhyPayload: f.PHYPayload,
		TxInfo:     &gw.UplinkTxInfo{Frequency: uint32(f.Frequency), Modulation: modulation(f.Modulation)},
		RxInfo:     rx,
	}
}

func modulation(m radio.Modulation) *gw.Modulation {
	switch m := m.(type) {
	case radio.LoRa:
		return &gw.Modulation{Parameters: &gw.Modulation_Lora{Lora: &gw.LoraModulationInfo{
			Bandwidth:             uint32(m.Bandwidth),
			SpreadingFactor:       uint32(m.SF),
			CodeRate:              gw.CodeRate(m.CodeRate), // both count 4/5 as 1
			PolarizationInversion: m.InvertIQ,
		}}}
	case radio.FSK:
		return &gw.Modulation{Parameters: &gw.Modulation_Fsk{Fsk: &gw.FskModulationInfo{
			FrequencyDeviation: uint32(m.Deviation),
			Datarate:           m.BitRate,
		}}}
	}
	return nil
}

// connState is the state/conn message.
func connState(id radio.EUI, state gw.ConnState_State) *gw.ConnState {
	return &gw.ConnState{GatewayId: id.String(), State: state}
}

// statsMessage is the event/stats message of what happened in one interval.
func statsMessage(id radio.EUI, now *timestamppb.Timestamp, t gateway.Totals) *gw.GatewayStats {
	m := &gw.GatewayStats{
		GatewayId:             id.String(),
		Time:                  now,
		RxPacketsReceived:     count(t.Received),
		RxPacketsReceivedOk:   count(t.ReceivedOK),
		RxPacketsPerFrequency: make(map[uint32]uint32, len(t.PerFrequency)),
	}
	for f, n := range t.PerFrequency {
		m.RxPacketsPerFrequency[uint32(f)] = count(n)
	}
	for modem, n := range t.PerModulation {
		m.RxPacketsPerModulation = append(m.RxPacketsPerModulation,
			&gw.PerModulationCount{Modulation: modulation(modem), Count: count(n)})
	}
	addTransmitted(m, t)
	return m
}

func count(n uint64) uint32 { return uint32(min(n, math.MaxUint32)) }
