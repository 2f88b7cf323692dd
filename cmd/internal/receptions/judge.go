package receptions

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Assumptions are what the records do not say.
type Assumptions struct {
	EIRP radio.DBm // of every device
	Gain radio.DB  // of every hotspot's antenna
}

// physical are the rules that ask about propagation, by set.
var physical = map[string][]witness.Fault{
	"hexspot-1":      {"too_near", "too_far", "too_strong", "too_weak", "noise"},
	"helium-2026-05": {"below_min_distance", "max_distance_exceeded", "bad_rssi"},
}

// Sets are the rule sets compared.
func Sets() []string { return []string{"hexspot-1", "helium-2026-05"} }

// judge puts a reception through one set as a beacon that one hotspot witnessed.
type judge struct {
	parameters *witness.Parameters
	assumed    Assumptions
	rules      map[witness.Fault]int // physical ones, by place in the table
}

func newJudge(set string, a Assumptions) (*judge, error) {
	s, err := witness.SetNamed(set)
	if err != nil {
		return nil, err
	}
	j := &judge{parameters: witness.DefaultParameters(s), assumed: a, rules: map[witness.Fault]int{}}
	for i, rule := range s.Witness {
		for _, name := range physical[set] {
			if rule.Name == name {
				j.rules[name] = i
			}
		}
	}
	return j, nil
}

// findings are what the physical rules say of a reception.
func (j *judge) findings(r Reception, signal radio.DBm) (map[witness.Fault]witness.Finding, error) {
	from, to, err := j.sites(r)
	if err != nil {
		return nil, err
	}
	c := witness.Case{
		Beacons: []witness.BeaconFacts{{Station: stationNamed("device " + r.Device), Site: from, Frequency: r.Frequency, SF: uint32(r.SF), Conducted: j.assumed.EIRP}},
		Witnesses: []witness.WitnessFacts{{
			Station: stationNamed("hotspot " + r.Hotspot), Site: to, Frequency: r.Frequency, SF: uint32(r.SF),
			ChannelRSSI: r.RSSI, SignalRSSI: &signal, SNR: r.SNR,
		}},
	}
	v := witness.Judge(&c, j.parameters)
	found := make(map[witness.Fault]witness.Finding, len(j.rules))
	for name, i := range j.rules {
		found[name] = v.Witnesses[0].Findings[i]
	}
	return found, nil
}

var errNoPlace = errors.New("neither distance nor both places are known")

// sites are two sites as far apart as the exact places were. The places themselves are
// cut, so the device is put where it is said to be and the hotspot due north of it (or south). Where
// only cut places are known they are published as coarsely as they are.
func (j *judge) sites(r Reception) (from, to witness.SiteFacts, err error) {
	resolution, start, end := coverage.FinestSite, r.From, r.To
	switch {
	case r.Distance > 0:
		if !start.known() {
			start = Place{45.19, 5.72}
		}
		end = Place{start.Lat + r.Distance/metresOfDegree, start.Lng}
		if end.Lat > 90 {
			end.Lat = start.Lat - r.Distance/metresOfDegree
		}
	case start.known() && end.known():
		resolution = coverage.CoarsestSite
	default:
		return from, to, errNoPlace
	}
	from, wrong := j.site(start, resolution, 0)
	to, bad := j.site(end, resolution, j.assumed.Gain)
	return from, to, cmp.Or(wrong, bad)
}

// metresOfDegree is the length of a degree of latitude on the sphere that distances are
// worked out on.
const metresOfDegree = 6_371_007.18 * math.Pi / 180

func (j *judge) site(p Place, resolution int, gain radio.DB) (witness.SiteFacts, error) {
	cell, err := coverage.HexAt(p.Lat, p.Lng, resolution)
	if err != nil {
		return witness.SiteFacts{}, fmt.Errorf("place of a reception: %w", err)
	}
	site, err := coverage.NewSite(coverage.Account{1}, cell, gain, 0, "EU868")
	if err != nil {
		return witness.SiteFacts{}, fmt.Errorf("place of a reception: %w", err)
	}
	return witness.SiteFactsOf(site)
}

// stationNamed stands for a device or a hotspot.
func stationNamed(name string) radio.Station {
	seed := sha256.Sum256([]byte(name))
	s, err := radio.StationOf(ed25519.NewKeyFromSeed(seed[:]).Public())
	if err != nil {
		panic(err) // a key made from a seed is sound
	}
	return s
}
