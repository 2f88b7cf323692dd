package emulator

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"hexspot/radio"
)

// wireModulation is LoRa if SF is set, FSK if BitRate is, else a carrier.
type wireModulation struct {
	SF             radio.SpreadingFactor `json:"sf,omitempty"`
	Bandwidth      radio.Hertz           `json:"bandwidth,omitempty"`
	CodeRate       radio.CodeRate        `json:"code_rate,omitempty"` // n of 4/(4+n)
	BitRate        uint32                `json:"bit_rate,omitempty"`
	Deviation      radio.Hertz           `json:"deviation,omitempty"`
	Preamble       uint16                `json:"preamble,omitempty"`
	ImplicitHeader bool                  `json:"implicit_header,omitempty"`
	NoCRC          bool                  `json:"no_crc,omitempty"`
	InvertIQ       bool                  `json:"invert_iq,omitempty"`
}

func wireModulationOf(m radio.Modulation) wireModulation {
	switch m := m.(type) {
	case radio.LoRa:
		return wireModulation{SF: m.SF, Bandwidth: m.Bandwidth, CodeRate: m.CodeRate, Preamble: m.Preamble,
			ImplicitHeader: m.ImplicitHeader, NoCRC: m.NoCRC, InvertIQ: m.InvertIQ}
	case radio.FSK:
		return wireModulation{BitRate: m.BitRate, Deviation: m.Deviation, Preamble: m.Preamble, NoCRC: m.NoCRC}
	}
	return wireModulation{}
}

func (w wireModulation) modulation() (radio.Modulation, error) {
	switch {
	case w.SF != 0 && w.BitRate == 0:
		return radio.LoRa{SF: w.SF, Bandwidth: w.Bandwidth, CodeRate: w.CodeRate, Preamble: w.Preamble,
			ImplicitHeader: w.ImplicitHeader, NoCRC: w.NoCRC, InvertIQ: w.InvertIQ}, nil
	case w.BitRate != 0 && w.SF == 0:
		return radio.FSK{BitRate: w.BitRate, Deviation: w.Deviation, Preamble: w.Preamble, NoCRC: w.NoCRC}, nil
	}
	return nil, errors.New("frame: want either sf or bit_rate")
}

// wireFrame is a Frame as the control protocol has it.
type wireFrame struct {
	wireModulation
	Payload   string      `json:"payload"` // hexadecimal
	Frequency radio.Hertz `json:"frequency"`
	RSSI      float64     `json:"rssi"` // dBm
	SNR       float64     `json:"snr"`  // dB
	CRC       string      `json:"crc"`  // "ok", "bad", "none"
	Private   bool        `json:"private,omitempty"`
}

func wireFrameOf(f Frame) (*wireFrame, error) {
	w := &wireFrame{wireModulation: wireModulationOf(f.Modulation), Payload: hex.EncodeToString(f.Payload),
		Frequency: f.Frequency, RSSI: f.RSSI.Float(), SNR: f.SNR.Float(), CRC: f.CRC.String(), Private: f.Private}
	_, err := w.modulation()
	return w, err
}

func (w *wireFrame) frame() (Frame, error) {
	payload, err := hex.DecodeString(w.Payload)
	if err != nil {
		return Frame{}, fmt.Errorf("frame: payload: %w", err)
	}
	m, err := w.modulation()
	if err != nil {
		return Frame{}, err
	}
	crc, err := parseCRC(w.CRC)
	if err != nil {
		return Frame{}, err
	}
	return Frame{Payload: payload, Frequency: w.Frequency, Modulation: m, RSSI: radio.LevelOf(w.RSSI),
		SNR: radio.RatioOf(w.SNR), CRC: crc, Private: w.Private}, nil
}

func parseCRC(text string) (radio.CRCStatus, error) {
	for _, s := range []radio.CRCStatus{radio.CRCNone, radio.CRCBad, radio.CRCOK} {
		if text == s.String() {
			return s, nil
		}
	}
	return 0, fmt.Errorf("frame: crc %q: want ok, bad or none", text)
}

// wireTransmission is a Transmission as the control protocol has it.
type wireTransmission struct {
	Chain     int         `json:"chain"`
	Frequency radio.Hertz `json:"frequency"`
	DataRate  string      `json:"data_rate"` // "SF7BW125", "FSK50000", "CW"
	wireModulation
	Private      bool      `json:"private,omitempty"`
	Payload      string    `json:"payload"`
	Amplifier    bool      `json:"pa"`
	PowerIndex   byte      `json:"power_index"`
	StartCounter uint64    `json:"counter_us"`
	StartAt      time.Time `json:"at"`
	Micros       int64     `json:"duration_us"`
	Aborted      bool      `json:"aborted,omitempty"`
}

func wireTransmissionOf(t Transmission) wireTransmission {
	return wireTransmission{Chain: t.Chain, Frequency: t.Frequency, DataRate: t.Modulation.String(),
		wireModulation: wireModulationOf(t.Modulation), Private: t.Private,
		Payload: hex.EncodeToString(t.Payload), Amplifier: t.Power.Amplifier, PowerIndex: t.Power.Index,
		StartCounter: t.StartCounter, StartAt: t.StartAt, Micros: t.Duration.Microseconds(), Aborted: t.Aborted}
}
