package demo

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// Bounds of a record's values.
const (
	maxID        = 128 // bytes
	frequencyMin = 100 * radio.MHz
	frequencyMax = 1000 * radio.MHz
	maxTime      = 1 << 53 // ms
)

// recordLine is a line of a record; fields nobody needs are left out.
type recordLine struct {
	RawPacket string           `json:"raw_packet"`
	Hotspots  []recordedHearer `json:"hotspots"`
}

type recordedHearer struct {
	ID         string   `json:"id"`
	Frequency  *float64 `json:"frequency"` // MHz, as a float32 had it
	RSSI       *float64 `json:"rssi"`      // dBm
	SNR        *float64 `json:"snr"`       // dB
	Spreading  string   `json:"spreading"` // "SF12BW125"
	ReportedAt *int64   `json:"reported_at"`
}

// heard is one reception of a line.
type heard struct {
	hotspot string
	at      time.Time
	frame   emulator.Frame
}

// parseLine gives the receptions of a line, none if it has no raw frame or one
// that no device sends: a gateway would not forward that.
func parseLine(text []byte) ([]heard, error) {
	var l recordLine
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, err
	}
	if l.RawPacket == "" {
		return nil, nil
	}
	phy, err := base64.StdEncoding.Strict().DecodeString(l.RawPacket)
	if err != nil {
		return nil, fmt.Errorf("raw_packet: %w", err)
	}
	if len(phy) == 0 || len(phy) > radio.MaxFrame {
		return nil, fmt.Errorf("raw_packet has %d bytes, want 1 to %d", len(phy), radio.MaxFrame)
	}
	if len(l.Hotspots) == 0 {
		return nil, errors.New("no hotspots")
	}
	if !radio.Classify(phy).Kind.Uplink() {
		return nil, nil
	}
	all := make([]heard, len(l.Hotspots))
	for i, h := range l.Hotspots {
		if all[i], err = h.heard(phy); err != nil {
			return nil, fmt.Errorf("hotspot %d: %w", i+1, err)
		}
	}
	return all, nil
}

func (h recordedHearer) heard(phy []byte) (heard, error) {
	if err := h.complete(); err != nil {
		return heard{}, err
	}
	rate, err := radio.ParseDataRate(h.Spreading)
	if err != nil {
		return heard{}, fmt.Errorf("spreading: %w", err)
	}
	frame := emulator.Frame{
		Payload: phy, Frequency: roundedMHz(*h.Frequency), Modulation: rate,
		RSSI: radio.LevelOf(*h.RSSI), SNR: radio.RatioOf(*h.SNR), CRC: radio.CRCOK,
	}
	return heard{hotspot: h.ID, at: time.UnixMilli(*h.ReportedAt), frame: frame}, nil
}

// complete says which value is missing, or is not one an SX1302 can report.
func (h recordedHearer) complete() error {
	switch {
	case h.ID == "" || len(h.ID) > maxID:
		return fmt.Errorf("id has %d bytes, want 1 to %d", len(h.ID), maxID)
	case h.ReportedAt == nil || *h.ReportedAt < 0 || *h.ReportedAt >= maxTime:
		return errors.New("reported_at is missing or not a time in ms")
	}
	for _, v := range []struct {
		name     string
		value    *float64
		min, max float64
	}{
		{"frequency", h.Frequency, float64(frequencyMin / radio.MHz), float64(frequencyMax / radio.MHz)},
		{"rssi", h.RSSI, -200, 20},
		{"snr", h.SNR, -32, 31},
	} {
		if v.value == nil {
			return fmt.Errorf("%s is missing", v.name)
		}
		if *v.value < v.min || *v.value > v.max {
			return fmt.Errorf("%s %v is not within %v and %v", v.name, *v.value, v.min, v.max)
		}
	}
	return nil
}

// roundedMHz rounds to 100 Hz, which undoes what a float32 did to it.
func roundedMHz(mhz float64) radio.Hertz { return radio.Hertz(math.Round(mhz*1e4)) * 100 }
