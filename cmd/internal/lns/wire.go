package lns

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"

	"hexspot/radio"
)

// Bounds of what gateways send.
const (
	contextMost = 64
	itemsMost   = 16
	reportMost  = 4 << 10
	timeMost    = 24 * time.Hour
)

// Parse reads a gateway's message: event/up, event/ack or report/emission. Topic
// and content must name the same gateway.
func Parse(topic string, payload []byte) (Event, error) {
	gateway, name, err := splitTopic(topic)
	if err != nil {
		return nil, err
	}
	switch name {
	case "event/up":
		return parseUplink(gateway, payload)
	case "event/ack":
		return parseAck(gateway, payload)
	case "report/emission":
		return parseReport(gateway, payload)
	}
	return nil, fmt.Errorf("topic %.80q is none that a network server listens to", topic)
}

// splitTopic takes [PREFIX/]gateway/EUI/NAME apart.
func splitTopic(topic string) (gateway radio.EUI, name string, err error) {
	_, rest, ok := strings.Cut("/"+topic, "/gateway/")
	id, name, more := strings.Cut(rest, "/")
	if !ok || !more {
		return radio.EUI{}, "", fmt.Errorf("topic %.80q is not one of a gateway", topic)
	}
	gateway, err = radio.ParseEUI(id)
	return gateway, name, err
}

// named checks that a message is of the gateway whose topic it has.
func named(gateway radio.EUI, id string) error {
	if id != gateway.String() {
		return fmt.Errorf("a message of %.20q under the topic of %s", id, gateway)
	}
	return nil
}

func parseUplink(gateway radio.EUI, payload []byte) (Event, error) {
	var up gw.UplinkFrame
	if err := proto.Unmarshal(payload, &up); err != nil {
		return nil, fmt.Errorf("uplink: %w", err)
	}
	info, phy := up.GetRxInfo(), up.GetPhyPayload()
	if err := named(gateway, info.GetGatewayId()); err != nil {
		return nil, fmt.Errorf("uplink: %w", err)
	}
	if len(phy) == 0 || len(phy) > radio.MaxFrame || len(info.GetContext()) > contextMost {
		return nil, fmt.Errorf("uplink of %s: %d bytes, context of %d", gateway, len(phy), len(info.GetContext()))
	}
	modulation, err := parseModulation(up.GetTxInfo().GetModulation())
	if err != nil {
		return nil, fmt.Errorf("uplink of %s: %w", gateway, err)
	}
	snr := float64(info.GetSnr())
	if math.IsNaN(snr) || math.Abs(snr) > 200 || info.GetRssi() < -300 || info.GetRssi() > 100 {
		return nil, fmt.Errorf("uplink of %s: %d dBm, SNR %v dB", gateway, info.GetRssi(), snr)
	}
	return Uplink{
		Gateway: gateway, Context: info.GetContext(), Frequency: radio.Hertz(up.GetTxInfo().GetFrequency()),
		Modulation: modulation, RSSI: radio.LevelOf(float64(info.GetRssi())), SNR: radio.RatioOf(snr), Payload: phy,
	}, nil
}

func parseModulation(m *gw.Modulation) (radio.Modulation, error) {
	if lora := m.GetLora(); lora != nil && lora.GetSpreadingFactor() <= 12 {
		return radio.LoRa{
			SF: radio.SpreadingFactor(lora.GetSpreadingFactor()), Bandwidth: radio.Hertz(lora.GetBandwidth()), CodeRate: radio.CodeRate4_5,
		}, nil
	}
	if fsk := m.GetFsk(); fsk != nil {
		return radio.FSK{BitRate: fsk.GetDatarate()}, nil
	}
	return nil, errors.New("no LoRa or FSK modulation")
}

func parseAck(gateway radio.EUI, payload []byte) (Event, error) {
	var ack gw.DownlinkTxAck
	if err := proto.Unmarshal(payload, &ack); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if err := named(gateway, ack.GetGatewayId()); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if n := len(ack.GetItems()); n == 0 || n > itemsMost {
		return nil, fmt.Errorf("answer of %s for %d items", gateway, n)
	}
	a := Ack{Gateway: gateway, ID: ack.GetDownlinkId()}
	for _, item := range ack.GetItems() {
		status := item.GetStatus()
		if status < 0 || status > gw.TxAckStatus(radio.TxDutyCycleOverflow) {
			return nil, fmt.Errorf("answer of %s: unknown status %d", gateway, status)
		}
		a.Statuses = append(a.Statuses, radio.TxStatus(status))
	}
	return a, nil
}

// reportText is report/emission as it travels, without what nobody here reads.
type reportText struct {
	GatewayID string   `json:"gateway_id"`
	ID        uint32   `json:"downlink_id"`
	Item      int      `json:"item"`
	Outcome   string   `json:"outcome"`
	Cause     string   `json:"cause"`
	Frequency uint32   `json:"frequency"`
	EIRP      float64  `json:"eirp_dbm"`
	Airtime   uint64   `json:"airtime_us"`
	Lead      *float64 `json:"lead_ms"`
}

func parseReport(gateway radio.EUI, payload []byte) (Event, error) {
	if len(payload) > reportMost {
		return nil, fmt.Errorf("report of %s: %d bytes", gateway, len(payload))
	}
	var t reportText
	if err := json.NewDecoder(bytes.NewReader(payload)).Decode(&t); err != nil {
		return nil, fmt.Errorf("report of %s: %w", gateway, err)
	}
	if err := named(gateway, t.GatewayID); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	outcome, ok := outcomeNamed(t.Outcome)
	airtime := time.Duration(min(t.Airtime, uint64(timeMost/time.Microsecond))) * time.Microsecond
	if !ok || t.Item < 0 || t.Item >= itemsMost || math.Abs(t.EIRP) > 100 {
		return nil, fmt.Errorf("report of %s: outcome %.20q of item %d at %v dBm", gateway, t.Outcome, t.Item, t.EIRP)
	}
	r := Report{
		Gateway: gateway, ID: t.ID, Item: t.Item, Outcome: outcome, Cause: t.Cause,
		Frequency: radio.Hertz(t.Frequency), EIRP: radio.LevelOf(t.EIRP), Airtime: airtime,
	}
	if t.Lead != nil && math.Abs(*t.Lead) <= float64(timeMost/time.Millisecond) {
		r.Lead, r.HasLead = time.Duration(*t.Lead*float64(time.Millisecond)), true
	}
	return r, nil
}

func outcomeNamed(name string) (radio.EmissionOutcome, bool) {
	for o := radio.Emitted; o <= radio.Unusable; o++ {
		if o.String() == name {
			return o, true
		}
	}
	return 0, false
}

// Message is the command/down message of a command.
func (c Command) Message() *gw.DownlinkFrame {
	m := &gw.DownlinkFrame{DownlinkId: c.ID, GatewayId: c.Gateway.String()}
	for _, item := range c.Items {
		m.Items = append(m.Items, &gw.DownlinkFrameItem{PhyPayload: item.Payload, TxInfo: c.txInfo(item)})
	}
	return m
}

func (c Command) txInfo(item Item) *gw.DownlinkTxInfo {
	return &gw.DownlinkTxInfo{
		Frequency: uint32(item.Frequency), Power: item.EIRP.Whole(), Context: c.Context, Timing: timing(item),
		Modulation: &gw.Modulation{Parameters: &gw.Modulation_Lora{Lora: &gw.LoraModulationInfo{
			Bandwidth: uint32(item.Modulation.Bandwidth), SpreadingFactor: uint32(item.Modulation.SF),
			CodeRate: gw.CodeRate(item.Modulation.CodeRate), PolarizationInversion: item.Modulation.InvertIQ,
			NoCrc: item.Modulation.NoCRC,
		}}},
	}
}
