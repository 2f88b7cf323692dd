package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"hexspot/radio"
)

// Town is a synthetic place: hotspots and devices on a plane, of which the same
// seed gives the same frames.
type Town struct {
	Seed     uint64
	Hotspots int
	Devices  int
	Duration time.Duration
	Region   string // empty: EU868
}

// Bounds of a town.
const (
	maxDevices  = 10_000
	maxDuration = 24 * time.Hour
	townRegion  = "EU868"
)

// How often a device sends, on average; a real one would be asleep all night.
const (
	sendPeriod    = 6 * time.Second
	sendPeriodMin = time.Second
)

// badEvery is the share of transmissions that reach the hotspots damaged or
// without a CRC, by turns.
const badEvery = 25

func (t Town) validate() error {
	switch {
	case t.Hotspots < 1 || t.Hotspots > maxHotspots:
		return fmt.Errorf("a town of %d hotspots: want 1 to %d", t.Hotspots, maxHotspots)
	case t.Devices < 1 || t.Devices > maxDevices:
		return fmt.Errorf("a town of %d devices: want 1 to %d", t.Devices, maxDevices)
	case t.Duration < time.Second || t.Duration > maxDuration:
		return fmt.Errorf("a town that lasts %v: want 1s to %v", t.Duration, maxDuration)
	}
	return nil
}

// transmission is what one device sends once.
type transmission struct {
	at    time.Duration
	from  *device
	frame radioFrame
}

// Script is what the town's hotspots hear.
func (t Town) Script() (Script, error) {
	if err := t.validate(); err != nil {
		return Script{}, err
	}
	plan, err := radio.PlanNamed(cmp.Or(t.Region, townRegion))
	if err != nil {
		return Script{}, err
	}
	air := newAir(t)
	sent, err := t.transmissions(plan, air)
	if err != nil {
		return Script{}, err
	}
	s := Script{Plan: plan, Hotspots: air.hotspots()}
	for _, x := range sent {
		s.Receptions = append(s.Receptions, air.heard(x)...)
		if len(s.Receptions) > maxReceptions {
			return Script{}, fmt.Errorf("the town's hotspots hear more than %d frames: make it smaller or shorter", maxReceptions)
		}
	}
	return s, s.nonEmpty()
}

// transmissions are those of all devices, in order of time.
func (t Town) transmissions(plan radio.Plan, a *air) ([]transmission, error) {
	var all []transmission
	for i := range t.Devices {
		d := newDevice(t.Seed, i, plan, a)
		for at := d.pause(); at < t.Duration; at += d.pause() {
			frame, err := d.send()
			if err != nil {
				return nil, fmt.Errorf("building a frame: %w", err)
			}
			all = append(all, transmission{at, d, frame})
		}
	}
	slices.SortStableFunc(all, func(a, b transmission) int { return cmp.Compare(a.at, b.at) })
	for i := badEvery - 1; i < len(all); i += badEvery {
		all[i].frame.spoil(i / badEvery)
	}
	return all, nil
}

// source gives each actor of a town random numbers of its own, so that one more
// device changes nothing about the others.
func source(seed uint64, kind string, number int) *rand.Rand {
	var salt uint64
	for _, c := range []byte(kind) {
		salt = salt<<8 | uint64(c)
	}
	return rand.New(rand.NewPCG(seed, salt<<32^uint64(number)))
}
