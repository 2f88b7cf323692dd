package radio

import (
	"strings"
	"time"
)

// Plan is the channel plan of one region (and sub-band) for an 8-channel
// gateway. Frequencies are channel centres. Source: RP002 as the public
// implementations have it, and the public HAL's reference configurations.
//
// The zero Plan is a region that was not set: such a gateway receives nothing
// by plan and may transmit nothing.
type Plan struct {
	Name    string          // ChirpStack's region id in upper case, "EU868" or "US915_1" (sub-bands count from 0)
	Radios  [2]Hertz        // centres of radio A and B for an SX1302/SX1303
	MultiSF []Hertz         // 1 to 8 LoRa channels of 125 kHz, SF5-SF12, in the concentrator's channel order
	Service *ServiceChannel // LoRa service channel, nil if the plan has none
	FSK     *FSKChannel     // nil if the plan has none

	Transmit Range        // where a downlink's centre may be
	RX2      ReceiveTwo   // default second receive window
	RX1      ReceiveOne   // from an uplink's channel to the first receive window's
	SubBands []SubBand    // power and duty cycle of transmissions, by frequency
	Dwell    Dwell        // longest transmission on one channel
	Uplink   []Modulation // data rates by number, nil where none is defined or an SX1302 cannot receive it
	Downlink []Modulation // likewise for what a gateway sends to devices

	BeaconChannels []Hertz // of protocol hexspot/1, ascending
	BeaconMaxEIRP  DBm     // of protocol hexspot/1: the lower of the region's device and gateway figures
}

// ServiceChannel is a single-rate LoRa channel.
type ServiceChannel struct {
	Frequency Hertz
	SF        SpreadingFactor
	Bandwidth Hertz
}

// FSKChannel is an FSK channel.
type FSKChannel struct {
	Frequency Hertz
	Bandwidth Hertz
	BitRate   uint32 // bit/s
}

// Range is a closed range of frequencies.
type Range struct{ Min, Max Hertz }

// Contains says whether the range holds f. The zero range holds nothing.
func (r Range) Contains(f Hertz) bool { return r.Max > 0 && r.Min <= f && f <= r.Max }

// ReceiveTwo is the second receive window of devices.
type ReceiveTwo struct {
	Frequency Hertz
	DataRate  int // number of a downlink data rate
}

// Dwell is a limit of the time on air of one transmission.
type Dwell struct {
	Limit     time.Duration // 0: none
	Bandwidth Hertz         // of the channels it holds for; 0: all
	Optional  bool          // holds only where the country or the network server asks for it
}

// Topic is the prefix of the plan's MQTT topics, "eu868" or "us915_1".
func (p Plan) Topic() string { return strings.ToLower(p.Name) }

// IsZero says that no region is set: receive only.
func (p Plan) IsZero() bool { return p.Name == "" }

// ReceiveOnly is the plan without leave to send anything: for a gateway whose
// region is not set and that listens on this plan's channels, which is allowed
// everywhere.
func (p Plan) ReceiveOnly() Plan {
	p.Transmit, p.SubBands = Range{}, nil
	p.RX1, p.RX2, p.Downlink = ReceiveOne{}, ReceiveTwo{}, nil
	p.BeaconChannels, p.BeaconMaxEIRP = nil, 0
	return p
}
