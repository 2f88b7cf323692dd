package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hexspot/cmd/internal/hotspot"
	"hexspot/cmd/internal/network"
	"hexspot/cmd/internal/proof"
	"hexspot/cmd/internal/town"
	"hexspot/gateway/spool"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

// coverRules is the rule set of a town's network.
const coverRules = "hexspot-1"

// cover is proof of coverage in a town: who is published where, what attackers do, what
// is judged, and the proof of it.
type cover struct {
	id         radio.Network
	network    *network.Network
	data       network.Data
	schedule   witness.Schedule
	parameters *witness.Parameters
	plan       radio.Plan
	foreign    radio.Network // another network, of which the town's knows

	hotspots []*published // in the town's order
	forger   *published   // has a site, and no hotspot
	byEUI    map[radio.EUI]*published
	sites    witness.Epoch // the first in which they count

	proof  *proof.Coverage
	record *town.Covering
	foes   *foes
	court  *court

	skipped      map[radio.Station]map[string]uint64 // beacons, before all were there
	endFoes      func()                              // waits for the end of the attacks; may be called again
	online, last witness.Slot                        // from where on all hotspots could send, and the first slot that is not judged
}

// coverConfig is the network's side of a town's proof of coverage.
func (t Town) coverConfig() network.CoverageConfig {
	if !t.covers() {
		return network.CoverageConfig{}
	}
	return network.CoverageConfig{Enabled: true, Timing: "demo", Registered: true, OtherNetworks: []string{foreignNetwork().String()}, Schedule: t.schedule}
}

// covers says whether there is a network of ours that can be proven something.
func (t Town) covers() bool { return t.Coverage && t.Broker == "" }

// foreignNetwork is that of a key that is written here: nobody's.
func foreignNetwork() radio.Network {
	return radio.Network{0xf0, 0x4e, 0x16, 0x4e, 0x11, 0x5a, 0x57, 0x00}
}

// timing is the network's.
func (t Town) timing() (witness.Schedule, error) {
	if t.schedule != nil {
		return *t.schedule, nil
	}
	return witness.ScheduleNamed("demo")
}

// newCover enters the town's sites into the network's book and prepares everybody. Dir is
// where hotspots keep their things.
func newCover(ctx context.Context, t Town, p places, at meetingPoint, dir string) (*cover, error) {
	set, err := witness.SetNamed(coverRules)
	if err != nil {
		return nil, err
	}
	c := &cover{
		id: at.network.ID(), network: at.network, data: at.data, parameters: witness.DefaultParameters(set), plan: p.plan,
		foreign: foreignNetwork(), byEUI: map[radio.EUI]*published{},
	}
	if c.schedule, err = t.timing(); err != nil {
		return nil, err
	}
	if err := c.publish(ctx, p, dir); err != nil {
		return nil, fmt.Errorf("entering the town's sites: %w", err)
	}
	stands := map[radio.Station]proof.Stand{}
	for _, h := range c.hotspots {
		stands[h.station] = proof.Stand{X: h.place.X, Y: h.place.Y, Gain: roofGain}
	}
	c.proof = proof.NewCoverage(c.id, c.schedule.Timing, stands)
	if c.record, err = c.newRecord(); err != nil {
		return nil, err
	}
	if c.foes, err = newFoes(c, p); err != nil {
		return nil, err
	}
	c.court = newCourt(c)
	return c, nil
}

// newRecord is what the page is made of.
func (c *cover) newRecord() (*town.Covering, error) {
	set := c.parameters.Set
	config := town.CoveringConfig{Network: c.id, Rules: set, Timing: c.schedule.Timing, Sites: c.sites}
	for _, h := range c.everybody() {
		place, err := h.onMap()
		if err != nil {
			return nil, err
		}
		place.Foe = h == c.forger
		config.Places = append(config.Places, town.StationPlace{Station: h.station, Gain: roofGain, Place: place})
	}
	return town.NewCovering(config), nil
}

// everybody is who has a site.
func (c *cover) everybody() []*published { return append(slices.Clone(c.hotspots), c.forger) }

// equip gives a hotspot what it needs to take part: a disk and its signed site.
func (c *cover) equip(p *hotspot.Parts, eui radio.EUI) {
	h := c.byEUI[eui]
	p.Key = h.key
	p.Spool = spool.Config{Path: filepath.Join(h.dir, "spool.db")}
	p.Coverage = hotspot.CoverageConfig{Enabled: true, Site: h.siteFile()}
}

// published is a station with a site.
type published struct {
	key     keys.Key
	station radio.Station
	eui     radio.EUI
	name    string
	dir     string
	at
}

func newPublished(eui radio.EUI, where at, dir string) (*published, error) {
	key, err := keys.Generate(keys.Ed25519)
	if err != nil {
		return nil, err
	}
	words := key.Station().Words()
	p := &published{key: key, station: key.Station(), eui: eui, name: strings.Join(words[:], " "), dir: filepath.Join(dir, eui.String()), at: where}
	return p, os.MkdirAll(p.dir, 0o700)
}

func (p *published) siteFile() string { return filepath.Join(p.dir, "site") }
