package proof

import (
	"cmp"
	"slices"
	"time"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// duty adds up, after each transmission of a chip, the hour that ends with it: no
// hour has more time on the air if none of those has.
func (j judgement) duty(hotspot radio.EUI, sent []emulator.Transmission) {
	bands := map[string][]emulator.Transmission{}
	limits := map[string]radio.SubBand{}
	for _, t := range sent {
		band, ok := j.d.plan.SubBand(t.Frequency, t.Conducted+radio.DBm(j.d.gains[hotspot]))
		if !ok {
			j.fault(DutyCycle, "%s sent on %v with %v, where nothing may be sent", hotspot, t.Frequency, t.Conducted)
			continue
		}
		bands[band.Name], limits[band.Name] = append(bands[band.Name], t), band
	}
	for name, list := range bands {
		band := limits[name]
		if most := time.Hour / 1000 * time.Duration(band.Permille); band.Limited() && busiest(list) > most {
			j.fault(DutyCycle, "%s was %v on the air in an hour in %s, %v is allowed", hotspot, busiest(list), name, most)
		}
	}
}

// busiest is the most time on the air in any hour.
func busiest(list []emulator.Transmission) time.Duration {
	list = slices.SortedFunc(slices.Values(list), func(a, b emulator.Transmission) int {
		return cmp.Or(a.StartAt.Compare(b.StartAt), cmp.Compare(a.Chain, b.Chain))
	})
	var most time.Duration
	for i := range list {
		most = max(most, until(list[:i+1]))
	}
	return most
}

// until is the time on the air in the hour that ends with the last transmission.
func until(list []emulator.Transmission) (sum time.Duration) {
	last := list[len(list)-1]
	from := last.StartAt.Add(last.Duration - time.Hour)
	for i := len(list) - 1; i >= 0; i-- {
		whole := list[i].Duration
		inside := list[i].StartAt.Add(whole).Sub(from)
		if inside <= 0 {
			break
		}
		sum += min(inside, whole)
	}
	return sum
}

// Band is the use of a sub-band by the chip that used it most.
type Band struct {
	Name    string        `json:"name"`
	Limit   float64       `json:"limit_percent"` // 100: none
	Airtime time.Duration `json:"airtime_ns"`    // of all chips
	Busiest time.Duration `json:"busiest_ns"`    // of one chip, in any hour
	Hotspot string        `json:"hotspot,omitempty"`
}

// Bands adds up the chips' time on the air by sub-band.
func (d *Downlinks) Bands() []Band {
	d.mu.Lock()
	defer d.mu.Unlock()
	list, all := make([]Band, len(d.plan.SubBands)), d.onAir()
	for i, s := range d.plan.SubBands {
		list[i] = Band{Name: s.Name, Limit: float64(s.Permille) / 10}
		for hotspot, sent := range all {
			list[i].add(hotspot, d.within(s, hotspot, sent))
		}
	}
	return list
}

// within are the transmissions of a hotspot in a sub-band.
func (d *Downlinks) within(s radio.SubBand, hotspot radio.EUI, sent []emulator.Transmission) (list []emulator.Transmission) {
	for _, t := range sent {
		if band, ok := d.plan.SubBand(t.Frequency, t.Conducted+radio.DBm(d.gains[hotspot])); ok && band.Name == s.Name {
			list = append(list, t)
		}
	}
	return list
}

func (b *Band) add(hotspot radio.EUI, list []emulator.Transmission) {
	for _, t := range list {
		b.Airtime += t.Duration
	}
	if most := busiest(list); most > b.Busiest {
		b.Busiest, b.Hotspot = most, hotspot.String()
	}
}
