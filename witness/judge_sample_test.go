package witness

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

// The sample is an epoch in which everybody is honest: a beacon on a hill of
// Grenoble and four witnesses around, all with fine time and each of an owner of
// its own. Tests spoil it.
const (
	sampleSlot  = 29_159_942
	sampleStart = sampleSlot * 60_000
	sampleDay   = 1440 * 60_000
)

func sampleStation(t rapid.TB, n int) radio.Station {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint64(seed, uint64(n))
	s, err := radio.StationOf(ed25519.NewKeyFromSeed(seed).Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sampleSite(t rapid.TB, owner byte, lat, lng float64) SiteFacts {
	t.Helper()
	cell, err := coverage.HexAt(lat, lng, coverage.FinestSite)
	if err != nil {
		t.Fatal(err)
	}
	site, err := coverage.NewSite(coverage.Account{owner}, cell, 200, 50, "EU868")
	if err != nil {
		t.Fatal(err)
	}
	facts, err := SiteFactsOf(site)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func sampleCase(t rapid.TB) Case {
	c := Case{
		Tag: [18]byte{1, 2, 3}, Mark: [4]byte{4, 5, 6, 7}, Slot: sampleSlot, Window: sampleSlot / 360,
		Start: sampleStart, End: sampleStart + 60_000, Close: sampleStart + 60_000 + 10_800_000,
		Value: ValueFacts{Known: true, Published: sampleStart + 40, Latest: sampleStart + 10_000},
	}
	c.Beacons = []BeaconFacts{{
		Station: sampleStation(t, 0), ID: [32]byte{100}, Receive: sampleStart + 31_000,
		Site:      sampleSite(t, 1, 45.19, 5.72),
		Frequency: 868_100_000, SF: 9, Conducted: 1_300, Sent: sampleStart + 30_000, Opens: true, Before: -1,
		Drawn: &DrawnFacts{Due: sampleSlot, Frequency: 868_100_000, SF: 9, EIRP: 1_600, Start: sampleStart + 30_000},
	}}
	for i, place := range [][2]float64{{45.23, 5.74}, {45.16, 5.70}, {45.20, 5.79}, {45.14, 5.76}} {
		c.Witnesses = append(c.Witnesses, sampleWitness(t, 1+i, place[0], place[1]))
	}
	return c
}

func sampleWitness(t rapid.TB, n int, lat, lng float64) WitnessFacts {
	signal, fine := radio.DBm(-10_500), uint64(1_433_631_750_123_456_789)
	return WitnessFacts{
		Station: sampleStation(t, n), ID: [32]byte{byte(n)}, Index: 2, Receive: sampleStart + 32_000 + int64(n),
		Site: sampleSite(t, byte(1+n), lat, lng), Mark: [4]byte{4, 5, 6, 7}, Frequency: 868_100_000, SF: 9,
		ChannelRSSI: -10_300, SignalRSSI: &signal, SNR: -500, Heard: sampleStart + 30_371, Fine: &fine,
	}
}

// sampleEpoch has the sample case in it and nobody new.
func sampleEpoch(t rapid.TB, set *Set) *FrozenEpoch {
	e := &FrozenEpoch{Parameters: DefaultParameters(set), Length: sampleDay, Before: State{}, Cases: []Case{sampleCase(t)}}
	for n := range 5 {
		e.Before[sampleStation(t, n)] = Events{Beaconed: sampleStart - 20*hour, Witnessed: sampleStart - 30*hour}
	}
	return e
}

// cloneCase copies what spoiling changes.
func cloneCase(c Case) Case {
	c.Beacons, c.Witnesses = slices.Clone(c.Beacons), slices.Clone(c.Witnesses)
	for i := range c.Beacons {
		if d := c.Beacons[i].Drawn; d != nil {
			drawn := *d
			c.Beacons[i].Drawn = &drawn
		}
	}
	return c
}

func mustJudge(t rapid.TB, e *FrozenEpoch) []Verdict {
	t.Helper()
	verdicts, _, err := e.Judge(1)
	if err != nil {
		t.Fatal(err)
	}
	return verdicts
}

// sampleVerdict is the verdict on the sample's tag.
func sampleVerdict(t rapid.TB, e *FrozenEpoch) *Verdict {
	t.Helper()
	verdicts := mustJudge(t, e)
	for i := range verdicts {
		if verdicts[i].Tag == e.Cases[0].Tag {
			return &verdicts[i]
		}
	}
	t.Fatal("the sample has no verdict")
	return nil
}

// of finds the judged report with an id.
func of(t rapid.TB, all []Judged, id [32]byte) *Judged {
	t.Helper()
	i := slices.IndexFunc(all, func(j Judged) bool { return bytes.Equal(j.ID[:], id[:]) })
	if i < 0 {
		t.Fatalf("no verdict on %x", id)
	}
	return &all[i]
}

func TestTheSampleIsValid(t *testing.T) {
	for _, set := range []*Set{hexspot1, helium202605} {
		v := sampleVerdict(t, sampleEpoch(t, set))
		for _, j := range slices.Concat(v.Beacons, v.Witnesses) {
			if !j.Valid() {
				t.Errorf("%s: %s", set.Name, j.Reason)
			}
			for k, f := range j.Findings {
				if f.Outcome != RulePassed {
					t.Errorf("%s: rule %d is %v", set.Name, k, f.Outcome)
				}
			}
		}
	}
}
