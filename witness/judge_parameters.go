package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"hexspot/radio"
)

// Parameters are what a network has chosen: the set of rules, its figures, and the
// channel plans with the cap of a beacon's EIRP in each.
type Parameters struct {
	Set   *Set
	Plans map[string]radio.DBm
	Figures

	others map[string]int64 // figures of the file that the set has no row for
	lacks  map[string]bool  // rows that the file has no figure for; they are 0
}

// Figure is a parameter as documentation shows it. Least and Most bound what it may be.
type Figure struct {
	Name, Unit, Reason string
	Value, Least, Most int64
}

// DefaultParameters are the defaults of a set, with every plan there is.
func DefaultParameters(set *Set) *Parameters {
	p := &Parameters{Set: set, Plans: map[string]radio.DBm{}}
	for _, plan := range radio.Plans() {
		p.Plans[plan.Name] = plan.BeaconMaxEIRP
	}
	for _, r := range set.rows {
		*r.pointer(&p.Figures) = r.value
	}
	return p
}

// parameterFile is the content of parameters.json.
type parameterFile struct {
	Figures map[string]int64     `json:"figures"`
	Plans   map[string]radio.DBm `json:"plans"`
	Set     string               `json:"set"`
}

// Encode gives the parameters as the one file that stands for them: JSON
// without spaces, keys sorted, a line feed at the end. Those that were read from a file
// have the figures of that file, so they are written as the same bytes.
func (p *Parameters) Encode() []byte {
	file := parameterFile{Figures: map[string]int64{}, Plans: p.Plans, Set: p.Set.Name}
	maps.Copy(file.Figures, p.others)
	for _, r := range p.Set.rows {
		if !p.lacks[r.name] {
			file.Figures[r.name] = *r.pointer(&p.Figures)
		}
	}
	return file.encode()
}

func (f *parameterFile) encode() []byte {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err) // strings and integers always encode
	}
	return append(b, '\n')
}

// Hash is the SHA-256 of the file, which an anchor binds.
func (p *Parameters) Hash() [32]byte { return sha256.Sum256(p.Encode()) }

// MaxParameters bounds a parameter file.
const MaxParameters = 64 << 10

// ParseParameters reads a parameter file, of this build or of another one. Unknown sets and
// plans, figures out of range and any other spelling of the same are errors, and so is a
// figure that is missing unless it came into the set later: then it is 0, and what
// came with it judges nothing. Figures that the set has no row for are kept, see Unknown.
func ParseParameters(b []byte) (*Parameters, error) {
	p, err := parseParameters(b)
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	return p, nil
}

func parseParameters(b []byte) (*Parameters, error) {
	if len(b) > MaxParameters {
		return nil, fmt.Errorf("%d bytes, at most %d", len(b), MaxParameters)
	}
	var file parameterFile
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, err
	}
	if !bytes.Equal(file.encode(), b) {
		return nil, errors.New("not in canonical form")
	}
	set, err := SetNamed(file.Set)
	if err != nil {
		return nil, err
	}
	p := &Parameters{Set: set, Plans: file.Plans}
	if err := p.take(file.Figures); err != nil {
		return nil, err
	}
	return p, p.Validate()
}

// Validate says what is wrong with parameters: no set, no plans or unknown ones, a
// figure that is zero (but for one that its file lacks) or out of its bounds. What it accepts
// judges every epoch that is no longer than the horizon.
func (p *Parameters) Validate() error {
	if p.Set == nil || len(p.Plans) == 0 {
		return errors.New("there is no set or no plan")
	}
	for name, limit := range p.Plans {
		plan, err := radio.PlanNamed(name)
		if err != nil || plan.Name != name || limit < -rangeOfLevels || limit > rangeOfLevels {
			return fmt.Errorf("plan %q with %v is not sound", name, limit)
		}
	}
	for _, r := range p.Set.rows {
		v := *r.pointer(&p.Figures)
		if p.lacks[r.name] && v == 0 {
			continue
		}
		if b := boundsOf(&r); v < b.least || v > b.most {
			return fmt.Errorf("%s = %d is out of range: want %d to %d", r.name, v, b.least, b.most)
		}
	}
	return nil
}

// TagLimit is how many tags of a slot count of one station. A set that names no number has
// the protocol's.
func (p *Parameters) TagLimit() int {
	if p.TagsOfSlot == 0 {
		return MaxTags
	}
	return int(p.TagsOfSlot)
}

// DiscoveryLimit is how many discovery beacons a station may announce in an hour. A set that
// names no number has the protocol's.
func (p *Parameters) DiscoveryLimit() int {
	if p.DiscoveriesHour == 0 {
		return DiscoveryRate
	}
	return int(p.DiscoveriesHour)
}

// Table gives the figures of the set in order of name.
func (p *Parameters) Table() []Figure {
	table := make([]Figure, len(p.Set.rows))
	for i, r := range p.Set.rows {
		b := boundsOf(&r)
		table[i] = Figure{r.name, r.unit, r.reason, *r.pointer(&p.Figures), b.least, b.most}
	}
	return table
}
