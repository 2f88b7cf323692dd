package town

import (
	"math"
	"time"

	"hexspot/radio"
)

// minutes is the window of a duty cycle: an hour, counted by minutes.
const minutes = 60

// usage is air time by minute, of the last hour.
type usage struct {
	minute [minutes]int64 // since the beginning; which minute a slot holds
	spent  [minutes]time.Duration
}

func (u *usage) add(at, airtime time.Duration) {
	m := int64(at / time.Minute)
	i := m % minutes
	if u.minute[i] != m {
		u.minute[i], u.spent[i] = m, 0
	}
	u.spent[i] += airtime
}

// sum is the air time of the hour before at.
func (u *usage) sum(at time.Duration) time.Duration {
	var sum time.Duration
	now := int64(at / time.Minute)
	for i, m := range u.minute {
		if now-m < minutes {
			sum += u.spent[i]
		}
	}
	return sum
}

// place is where a duty cycle is counted.
type place struct {
	hotspot radio.EUI
	band    string
}

// bands gives the use of each of the plan's sub-bands.
func (r *Recorder) bands(at time.Duration) []Band {
	list := make([]Band, 0, len(r.plan.SubBands))
	for _, s := range r.plan.SubBands {
		b := Band{Name: s.Name, Min: s.Range.Min, Max: s.Range.Max, Limit: float64(s.Permille) / 10}
		var most time.Duration
		for p, u := range r.usage {
			if sum := u.sum(at); p.band == s.Name && (sum > most || sum == most && p.hotspot.String() < b.Hotspot) {
				most, b.Hotspot = sum, p.hotspot.String()
			}
		}
		b.Airtime = seconds(most)
		b.Used = math.Round(1e6*most.Hours()) / 1e4
		list = append(list, b)
	}
	return list
}

// spent is what a hotspot has used in all sub-bands.
func (r *Recorder) spent(at time.Duration, hotspot radio.EUI) time.Duration {
	var sum time.Duration
	for p, u := range r.usage {
		if p.hotspot == hotspot {
			sum += u.sum(at)
		}
	}
	return sum
}

// spend counts an emission.
func (r *Recorder) spend(at time.Duration, hotspot radio.EUI, f radio.Hertz, eirp radio.DBm, airtime time.Duration) {
	band, ok := r.plan.SubBand(f, eirp)
	if !ok {
		return
	}
	p := place{hotspot, band.Name}
	if r.usage[p] == nil {
		r.usage[p] = new(usage)
	}
	r.usage[p].add(at, airtime)
}
