package demo

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brocaar/lorawan"
	"github.com/google/go-cmp/cmp"

	"hexspot/radio"
)

var update = flag.Bool("update", false, "write the golden files")

func script(t *testing.T, town Town) Script {
	t.Helper()
	s, err := town.Script()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func printed(s Script) []byte {
	var b bytes.Buffer
	for _, r := range s.Receptions {
		fmt.Fprintf(&b, "%8v %s %v %v %v CRC %v %x\n", r.At, r.Hotspot, channelOf(r.Frame), r.Frame.RSSI, r.Frame.SNR, r.Frame.CRC, r.Frame.Payload)
	}
	return b.Bytes()
}

func TestTownGolden(t *testing.T) {
	got := printed(script(t, Town{Seed: 1, Hotspots: 3, Devices: 8, Duration: 30 * time.Second}))
	golden(t, "town.golden", string(got))
}

// golden compares with a file below testdata, or writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s has changed; if that is meant, run with -update (-want +got):\n%s", name, diff)
	}
}

func TestTownSeeds(t *testing.T) {
	town := Town{Seed: 5, Hotspots: 4, Devices: 10, Duration: 20 * time.Second}
	first, again := printed(script(t, town)), printed(script(t, town))
	if !bytes.Equal(first, again) {
		t.Error("the same seed gives other frames")
	}
	town.Seed = 6
	if bytes.Equal(first, printed(script(t, town))) {
		t.Error("another seed gives the same frames")
	}
}

// A town must show more than the easiest case in every region.
func TestTownInEveryRegion(t *testing.T) {
	for _, plan := range radio.Plans() {
		t.Run(plan.Name, func(t *testing.T) {
			s := script(t, Town{Seed: 3, Hotspots: 12, Devices: 60, Duration: 30 * time.Second, Region: plan.Name})
			bad, several, rates := 0, map[string]int{}, map[string]bool{}
			for i, r := range s.Receptions {
				if i > 0 && r.At < s.Receptions[i-1].At {
					t.Fatal("not in order of time")
				}
				if !hears(plan, channelOf(r.Frame)) {
					t.Fatalf("no channel for %v", channelOf(r.Frame))
				}
				if !r.Good() {
					bad++
				}
				several[string(r.Frame.Payload)]++
				rates[r.Frame.Modulation.String()] = true
			}
			heardMost := slices.Max(slices.Collect(func(yield func(int) bool) {
				for _, n := range several {
					if !yield(n) {
						return
					}
				}
			}))
			if s.good() < 300 || bad < 10 || bad > s.good()/5 || heardMost < 4 || len(rates) < 3 {
				t.Errorf("%d good frames, %d bad, one heard by %d, rates %v", s.good(), bad, heardMost, rates)
			}
		})
	}
}

func TestTownFramesAreLoRaWAN(t *testing.T) {
	s := script(t, Town{Seed: 2, Hotspots: 3, Devices: 5, Duration: 30 * time.Second})
	next := map[lorawan.DevAddr]uint32{}
	for _, r := range s.Receptions {
		if !r.Good() {
			continue
		}
		var phy lorawan.PHYPayload
		if err := phy.UnmarshalBinary(r.Frame.Payload); err != nil {
			t.Fatal(err)
		}
		h := phy.MACPayload.(*lorawan.MACPayload).FHDR
		if phy.MHDR.MType != lorawan.UnconfirmedDataUp || h.FCnt < next[h.DevAddr] {
			t.Fatalf("%v with counter %d after %d", phy.MHDR.MType, h.FCnt, next[h.DevAddr])
		}
		next[h.DevAddr] = h.FCnt
	}
	if len(next) < 3 {
		t.Errorf("%d devices", len(next))
	}
}

func TestTownRefuses(t *testing.T) {
	good := Town{Hotspots: 1, Devices: 1, Duration: time.Minute}
	for name, change := range map[string]func(*Town){
		"hotspots":      func(t *Town) { t.Hotspots = 0 },
		"many hotspots": func(t *Town) { t.Hotspots = maxHotspots + 1 },
		"devices":       func(t *Town) { t.Devices = -1 },
		"many devices":  func(t *Town) { t.Devices = maxDevices + 1 },
		"duration":      func(t *Town) { t.Duration = time.Millisecond },
		"long":          func(t *Town) { t.Duration = 2 * maxDuration },
		"region":        func(t *Town) { t.Region = "XX" },
		"too much":      func(t *Town) { t.Hotspots, t.Devices, t.Duration = maxHotspots, maxDevices, 30*time.Second },
	} {
		town := good
		change(&town)
		if _, err := town.Script(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
