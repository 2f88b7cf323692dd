package mqtt

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/radio"
)

// refusal is why an item cannot be transmitted, with the status that says so.
type refusal struct {
	status radio.TxStatus
	why    string
}

func (r *refusal) Error() string { return r.why }

func refuse(status radio.TxStatus, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// statusOf is the status of a refused item.
func statusOf(err error) radio.TxStatus {
	var r *refusal
	if errors.As(err, &r) {
		return r.status
	}
	return radio.TxInternalError
}

// What no frame goes beyond: the concentrator's buffer; powers that would still be a
// radio's; and the longest frame with a usual preamble, 255 bytes at SF12, 125 kHz and
// 4/8, which takes 14.0 s.
const (
	maxPayload  = 255
	maxPower    = 60 // dBm EIRP
	minPower    = -60
	maxAirtime  = 15 * time.Second
	minPreamble = 6 // symbols (public HAL, loragw_hal.h)
)

// downlinkOf reads one way to transmit a frame. Whether it is legal, and whether
// there is time, is for the transmitter to say.
func downlinkOf(item *gw.DownlinkFrameItem) (d radio.Downlink, err error) {
	tx := item.GetTxInfo()
	switch n := len(item.GetPhyPayload()); {
	case tx == nil:
		return d, refuse(radio.TxInternalError, "there is no tx_info")
	case n == 0 || n > maxPayload:
		return d, refuse(radio.TxInternalError, "phy_payload of %d bytes: want 1 to %d", n, maxPayload)
	case tx.Frequency == 0:
		return d, refuse(radio.TxFrequency, "there is no frequency")
	case tx.Power < minPower || tx.Power > maxPower:
		return d, refuse(radio.TxPower, "power of %d dBm EIRP: want %d to %d", tx.Power, minPower, maxPower)
	}
	d.PHYPayload = item.PhyPayload
	d.Frequency, d.EIRP = radio.Hertz(tx.Frequency), radio.DBm(tx.Power*100)
	if d.Modulation, err = modulationOf(tx.Modulation); err != nil {
		return radio.Downlink{}, err
	}
	if t := d.Modulation.TimeOnAir(len(d.PHYPayload)); t > maxAirtime {
		return radio.Downlink{}, refuse(radio.TxInternalError, "the frame takes %v: want at most %v", t, maxAirtime)
	}
	if d.When, err = timingOf(tx); err != nil {
		return radio.Downlink{}, err
	}
	return d, nil
}

func modulationOf(m *gw.Modulation) (radio.Modulation, error) {
	switch p := m.GetParameters().(type) {
	case *gw.Modulation_Lora:
		return loraOf(p.Lora)
	case *gw.Modulation_Fsk:
		return fskOf(p.Fsk)
	case *gw.Modulation_LrFhss:
		return nil, refuse(radio.TxInternalError, "LR-FHSS cannot be transmitted")
	}
	return nil, refuse(radio.TxInternalError, "there is no modulation")
}

func loraOf(p *gw.LoraModulationInfo) (radio.Modulation, error) {
	switch {
	case p.GetSpreadingFactor() > math.MaxUint8:
		return nil, refuse(radio.TxInternalError, "spreading factor %d: want 5 to 12", p.SpreadingFactor)
	case p.GetCodeRate() < gw.CodeRate_CR_4_5 || p.GetCodeRate() > gw.CodeRate_CR_4_8:
		return nil, refuse(radio.TxInternalError, "code_rate %d: want CR_4_5 to CR_4_8", p.GetCodeRate())
	case p.GetPreamble() > math.MaxUint16 || p.GetPreamble() > 0 && p.GetPreamble() < minPreamble:
		return nil, refuse(radio.TxInternalError, "preamble of %d symbols: want %d to %d, or none stated", p.GetPreamble(), minPreamble, math.MaxUint16)
	}
	m := radio.LoRa{
		SF: radio.SpreadingFactor(p.SpreadingFactor), Bandwidth: radio.Hertz(p.Bandwidth), CodeRate: radio.CodeRate(p.CodeRate),
		Preamble: uint16(p.Preamble), NoCRC: p.NoCrc, InvertIQ: p.PolarizationInversion,
	}
	if err := m.Validate(); err != nil {
		return nil, refuse(radio.TxInternalError, "%v", err)
	}
	return m, nil
}

// fskOf reads an FSK modulation. A deviation that is not stated is half the bit
// rate, as LoRaWAN's is.
func fskOf(p *gw.FskModulationInfo) (radio.Modulation, error) {
	m := radio.FSK{BitRate: p.GetDatarate(), Deviation: radio.Hertz(p.GetFrequencyDeviation())}
	if m.Deviation == 0 {
		m.Deviation = radio.Hertz(m.BitRate / 2)
	}
	if err := m.Validate(); err != nil {
		return nil, refuse(radio.TxInternalError, "%v", err)
	}
	return m, nil
}
