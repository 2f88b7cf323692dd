package gateway

import (
	"fmt"
	"time"

	"hexspot/radio"
)

// Rules say what a gateway may transmit and how loud: those of its region, with
// the levels of its board and its antenna. The zero Rules allow nothing.
type Rules struct {
	Plan   radio.Plan
	Levels []radio.DBm // conducted levels that the board has, ascending
	Gain   radio.DB    // of the antenna
	Loss   radio.DB    // of the cable
	Dwell  bool        // the plan's dwell limit holds although it is optional
}

// Permit is how a downlink is to be sent.
type Permit struct {
	Conducted radio.DBm // the board's level
	EIRP      radio.DBm // that this level makes
	Airtime   time.Duration
	SubBand   radio.SubBand // whose duty cycle it spends
}

// longestAirtime is more than a frame of 255 bytes at SF12, 125 kHz and code rate
// 4/8 with a usual preamble (14.03 s). Only a preamble of thousands of symbols
// would last longer, and hold the transmitter for half an hour.
const longestAirtime = 15 * time.Second

// The limits of what Validate believes, in hundredths of a decibel.
const (
	mostLevel = 6000
	mostRatio = 5000
)

// Validate refuses levels that do not ascend and figures that no antenna, cable or
// amplifier of a gateway has.
func (r Rules) Validate() error {
	for i, level := range r.Levels {
		if level < -mostLevel || level > mostLevel {
			return fmt.Errorf("transmit level %v: want -60 to 60 dBm", level)
		}
		if i > 0 && level <= r.Levels[i-1] {
			return fmt.Errorf("transmit level %v after %v: want ascending levels", level, r.Levels[i-1])
		}
	}
	if r.Gain < -mostRatio || r.Gain > mostRatio {
		return fmt.Errorf("antenna gain %v: want -50 to 50 dB", r.Gain)
	}
	if r.Loss < 0 || r.Loss > mostRatio {
		return fmt.Errorf("cable loss %v: want 0 to 50 dB", r.Loss)
	}
	return nil
}

// Check judges one downlink by itself: TxOK with how it is to be sent, or
//   - TxInternalError: a modulation that no concentrator has, no payload or one of
//     more than 255 bytes, a preamble that lasts for ever
//   - TxFrequency: outside the plan's transmit range or in no sub-band; any
//     frequency while no plan is set
//   - TxPower: more EIRP asked than the frequency allows (a beacon: than its own
//     cap), or less than the board's lowest level makes: a network is never sent
//     louder than it asked. A beacon may be, within its cap (protocol hexspot/1)
//   - TxDutyCycleOverflow: longer on the air than the plan's dwell limit;
//     ChirpStack has no status of its own for that
//
// Else the level is the highest that is not above what was asked, or a beacon's
// lowest. The sub-band is that of the power really used.
func (r Rules) Check(d radio.Downlink, p Priority) (Permit, radio.TxStatus) {
	if !sendable(d) {
		return Permit{}, radio.TxInternalError
	}
	limit, ok := r.limit(d.Frequency, p)
	if !ok {
		return Permit{}, radio.TxFrequency
	}
	level, ok := r.level(d.EIRP)
	if !ok && p == PriorityBeacon && len(r.Levels) > 0 {
		level, ok = r.Levels[0], r.eirp(r.Levels[0]) <= limit
	}
	if !ok || d.EIRP > limit {
		return Permit{}, radio.TxPower
	}
	airtime := d.Modulation.TimeOnAir(len(d.PHYPayload))
	if r.dwells(d.Modulation) && airtime > r.Plan.Dwell.Limit {
		return Permit{}, radio.TxDutyCycleOverflow
	}
	band, _ := r.Plan.SubBand(d.Frequency, r.eirp(level)) // is there: within the limit
	return Permit{Conducted: level, EIRP: r.eirp(level), Airtime: airtime, SubBand: band}, radio.TxOK
}

// sendable says whether a concentrator can send such a frame at all.
func sendable(d radio.Downlink) bool {
	m, ok := d.Modulation.(interface{ Validate() error })
	if !ok || m.Validate() != nil {
		return false
	}
	n := len(d.PHYPayload)
	return n > 0 && n <= radio.MaxFrame && d.Modulation.TimeOnAir(n) <= longestAirtime
}

// limit is the most EIRP at f, false where nothing may be sent.
func (r Rules) limit(f radio.Hertz, p Priority) (radio.DBm, bool) {
	most, ok := r.Plan.MaxEIRP(f)
	if !ok || !r.Plan.Transmit.Contains(f) {
		return 0, false
	}
	if p == PriorityBeacon {
		most = min(most, r.Plan.BeaconMaxEIRP)
	}
	return most, true
}

// level is the highest one that does not exceed an EIRP, false if all do.
func (r Rules) level(asked radio.DBm) (chosen radio.DBm, ok bool) {
	for _, level := range r.Levels {
		if r.eirp(level) <= asked {
			chosen, ok = level, true
		}
	}
	return chosen, ok
}

// eirp is what a conducted level makes.
func (r Rules) eirp(level radio.DBm) radio.DBm { return level + radio.DBm(r.Gain-r.Loss) }

// dwells says whether the plan's dwell limit holds for a modulation. FSK counts as
// the narrow channel that it is.
func (r Rules) dwells(m radio.Modulation) bool {
	d := r.Plan.Dwell
	if d.Limit == 0 || d.Optional && !r.Dwell {
		return false
	}
	lora, ok := m.(radio.LoRa)
	return !ok || d.Bandwidth == 0 || lora.Bandwidth == d.Bandwidth
}
