package demo

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"hexspot/cmd/internal/proof"
	"hexspot/radio"
	"hexspot/witness"
)

// Town says which town to run: hotspots and devices that share simulated air, and a
// network server that joins and answers them, at real pace.
type Town struct {
	Seed     uint64
	Hotspots int
	Devices  int
	Region   string        // empty: EU868
	For      time.Duration // that devices live; zero: 150 s
	Broker   string        // URL of a broker, with name and password if it asks for them; empty: one in process
	Coverage bool          // proof of coverage, and attacks on it; not with a broker of others
	Page     Address
	Screen   *Screen
	Log      *slog.Logger

	schedule *witness.Schedule                 // of proof of coverage, instead of the protocol's for demonstrations
	enough   func(*proof.CoverageVerdict) bool // whether the coverage judged so far will do; nil: For alone ends a town
}

// Address is where a page listens.
type Address struct {
	Listen   string // empty: there is none
	OrElse   bool   // if it is taken, any free port of loopback will do
	Announce func(url string)
}

// Bounds of a town.
const (
	maxDevices   = 10_000
	maxDuration  = 24 * time.Hour
	townRegion   = "EU868"
	townDuration = 150 * time.Second
)

func (t Town) withDefaults() Town {
	t.Region, t.For = cmp.Or(t.Region, townRegion), cmp.Or(t.For, townDuration)
	if t.Log == nil {
		t.Log = slog.New(slog.DiscardHandler)
	}
	if t.Page.Announce == nil {
		t.Page.Announce = func(string) {}
	}
	return t
}

// Validate refuses what no town can be.
func (t Town) Validate() error {
	t = t.withDefaults()
	switch {
	case t.Hotspots < 1 || t.Hotspots > maxHotspots:
		return fmt.Errorf("a town of %d hotspots: want 1 to %d", t.Hotspots, maxHotspots)
	case t.Devices < 1 || t.Devices > maxDevices:
		return fmt.Errorf("a town of %d devices: want 1 to %d", t.Devices, maxDevices)
	case t.For < time.Second || t.For > maxDuration:
		return fmt.Errorf("a town that lasts %v: want 1s to %v", t.For, maxDuration)
	case t.Screen == nil:
		return errors.New("a town needs a screen")
	}
	_, err := radio.PlanNamed(t.Region)
	return err
}

func (t Town) name() string { return fmt.Sprintf("Town %d", t.Seed) }
