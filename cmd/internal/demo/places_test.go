package demo

import (
	"bytes"
	"fmt"
	"testing"

	"hexspot/cmd/internal/device"
	"hexspot/radio"
)

func placesOf(t *testing.T, town Town) places {
	t.Helper()
	p, err := newPlaces(town.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// printed are the places and the plan of each device, as far as chance decides them.
func printed(p places) string {
	var b bytes.Buffer
	for _, h := range p.hotspots {
		fmt.Fprintf(&b, "%-12s %s  %6.0f %6.0f\n", h.station.Name, h.eui, h.station.Place.X, h.station.Place.Y)
	}
	for _, d := range p.devices {
		c := d.config
		fmt.Fprintf(&b, "%-12s %v  %6.0f %6.0f  class %v, rate %d, %v, best %v, %d hotspots, every %v, joins within %v, %016x\n",
			d.station.Name, c.Credentials.DevEUI, d.station.Place.X, d.station.Place.Y, c.Class, c.Rate, c.EIRP, d.best, d.heard, c.Period, c.JoinSpread, c.Seed)
	}
	return b.String()
}

func TestPlacesGolden(t *testing.T) {
	golden(t, "places.golden", printed(placesOf(t, Town{Seed: 1, Hotspots: 12, Devices: 60})))
}

func TestPlacesSeeds(t *testing.T) {
	town := Town{Seed: 5, Hotspots: 4, Devices: 10}
	first := printed(placesOf(t, town))
	if again := printed(placesOf(t, town)); again != first {
		t.Error("the same seed gives another town")
	}
	town.Seed = 6
	if printed(placesOf(t, town)) == first {
		t.Error("another seed gives the same town")
	}
	town.Seed, town.Devices = 5, 11
	if more := placesOf(t, town); more.devices[9].station != placesOf(t, Town{Seed: 5, Hotspots: 4, Devices: 10}).devices[9].station {
		t.Error("one more device moves another")
	}
}

// Most devices are heard by one to four hotspots, at all sizes and in all regions.
func TestPlacesReach(t *testing.T) {
	for _, c := range []Town{{Hotspots: 12, Devices: 400}, {Hotspots: 100, Devices: 2000}, {Hotspots: 1, Devices: 60}} {
		for seed := range uint64(5) {
			c.Seed = seed
			p, few, none := placesOf(t, c), 0, 0
			for _, d := range p.devices {
				switch {
				case d.heard == 0:
					none++
				case d.heard <= 4:
					few++
				}
			}
			if few < 3*c.Devices/5 || none > c.Devices/50 {
				t.Errorf("%+v: %d heard by one to four, %d by none", c, few, none)
			}
		}
	}
}

// Every device of every region is one that can be, and rates differ.
func TestPlacesInEveryRegion(t *testing.T) {
	for _, plan := range radio.Plans() {
		p, rates := placesOf(t, Town{Seed: 3, Hotspots: 12, Devices: 60, Region: plan.Name}), map[int]bool{}
		for _, d := range p.devices {
			if _, err := device.New(d.config); err != nil {
				t.Fatalf("%s: %v", plan.Name, err)
			}
			rates[d.config.Rate] = true
		}
		if len(rates) < 2 || p.classC() != 6 {
			t.Errorf("%s: rates %v, %d of class C", plan.Name, rates, p.classC())
		}
	}
}

func TestTownRefuses(t *testing.T) {
	good := Town{Hotspots: 1, Devices: 1, Screen: NewScreen(&bytes.Buffer{}, false)}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Town){
		"hotspots":      func(t *Town) { t.Hotspots = 0 },
		"many hotspots": func(t *Town) { t.Hotspots = maxHotspots + 1 },
		"devices":       func(t *Town) { t.Devices = -1 },
		"many devices":  func(t *Town) { t.Devices = maxDevices + 1 },
		"short":         func(t *Town) { t.For = 1 },
		"long":          func(t *Town) { t.For = 2 * maxDuration },
		"region":        func(t *Town) { t.Region = "XX" },
		"screen":        func(t *Town) { t.Screen = nil },
	} {
		town := good
		change(&town)
		if sum, err := RunTown(t.Context(), town); err == nil || sum.Hotspots != 0 {
			t.Errorf("%s: no error", name)
		}
	}
}
