package receptions

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"hexspot/radio"
)

// Bounds of a record.
const (
	maxLine       = 1 << 20 // bytes
	maxReceptions = 1_000_000
)

// Reception is a frame of a device as one hotspot heard it.
type Reception struct {
	Device, Hotspot string
	From, To        Place   // cut to 0.6 km in the dataset
	Distance        float64 // metres, of the exact places; 0: unknown
	Frequency       radio.Hertz
	SF              radio.SpreadingFactor
	RSSI            radio.DBm
	SNR             radio.DB
}

// Place is a place in degrees; the zero Place is none.
type Place struct{ Lat, Lng float64 }

func (p Place) known() bool {
	return p != Place{} && math.Abs(p.Lat) <= 90 && math.Abs(p.Lng) <= 180
}

// line is a line of a record; fields nobody needs are left out.
type line struct {
	Device   string                                 `json:"dev_eui"`
	At       *struct{ Latitude, Longitude float64 } `json:"_devLocation"`
	Hotspots []struct {
		ID        string
		Lat, Long float64
		Frequency float64 // MHz
		RSSI, SNR float64
		Spreading string
		Distance  struct {
			Metres *float64 `json:"_distanceHaversine"`
		} `json:"_distance"`
	}
}

// Read reads a record, gzip'd or plain, and gives each reception to take. Receptions
// with figures that no LoRaWAN reception has are counted and left out; a line that is
// no JSON is an error that names it.
func Read(r io.Reader, take func(Reception)) (skipped int, err error) {
	text, err := plain(r)
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, maxLine)
	taken := 0
	for number := 1; lines.Scan(); number++ {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return skipped, fmt.Errorf("line %d: %w", number, err)
		}
		if taken += len(l.Hotspots); taken > maxReceptions {
			return skipped, fmt.Errorf("line %d: more than %d receptions", number, maxReceptions)
		}
		skipped += l.each(take)
	}
	return skipped, lines.Err()
}

// plain tells gzip by its first two bytes.
func plain(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, []byte{0x1F, 0x8B}) {
		return gzip.NewReader(buffered)
	}
	return buffered, nil
}

// each takes the receptions of a line and counts those that cannot be.
func (l *line) each(take func(Reception)) (skipped int) {
	for _, h := range l.Hotspots {
		r := Reception{
			Device: l.Device, Hotspot: h.ID, To: Place{h.Lat, h.Long}, Frequency: radio.Hertz(math.Round(h.Frequency*1000)) * radio.KHz,
			RSSI: radio.LevelOf(h.RSSI), SNR: radio.RatioOf(h.SNR),
		}
		if l.At != nil {
			r.From = Place{l.At.Latitude, l.At.Longitude}
		}
		if h.Distance.Metres != nil {
			r.Distance = *h.Distance.Metres
		}
		rate, err := radio.ParseDataRate(h.Spreading)
		lora, ok := rate.(radio.LoRa)
		if err != nil || !ok || !r.sane() {
			skipped++
			continue
		}
		r.SF = lora.SF
		take(r)
	}
	return skipped
}

func (r *Reception) sane() bool {
	return r.Hotspot != "" && len(r.Hotspot) < 256 && r.RSSI > -20_000 && r.RSSI < 2_000 && r.SNR > -4_000 && r.SNR < 4_000 &&
		r.Distance >= 0 && r.Distance < 5e6 && r.Frequency > 100*radio.MHz && r.Frequency < 1000*radio.MHz
}
