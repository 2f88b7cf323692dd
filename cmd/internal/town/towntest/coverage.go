package towntest

import (
	"crypto/ed25519"
	"time"

	"hexspot/cmd/internal/proof"
	"hexspot/cmd/internal/town"
	"hexspot/coverage"
	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/witness"
)

// slot is the one in which the made-up coverage is looked at; its epoch is the second in
// which the sites count.
const slot witness.Slot = 897_927_667

// Coverage is proof of coverage that works in a made-up town of four hotspots and a
// forger, or has the troubles that changes make.
func Coverage(change func(*town.CoverageFacts)) *town.Coverage {
	c := newCovered()
	c.first()
	c.second()
	facts := town.CoverageFacts{
		Now: c.timing.Start(slot).Time().Add(700 * time.Millisecond), Hotspots: map[radio.Station]town.CoveringHotspot{},
		Refusals: map[witness.RefusalReason]int64{witness.RefusedNetwork: 1},
	}
	for i, s := range c.stations[:4] {
		facts.Hotspots[s] = town.CoveringHotspot{Receipts: uint64(10 + i), Dropped: map[string]uint64{}, Skipped: map[string]uint64{}}
	}
	facts.Hotspots[c.stations[1]] = town.CoveringHotspot{Receipts: 9, Dropped: map[string]uint64{"mark": 2, "own": 1}, Skipped: map[string]uint64{"refused": 1}}
	if change != nil {
		change(&facts)
	}
	return c.record.Snapshot(facts)
}

// CoverageTwice is Coverage whose first epoch is judged once more.
func CoverageTwice() *town.Coverage {
	c := newCovered()
	c.first()
	c.second()
	c.first()
	return c.record.Snapshot(town.CoverageFacts{Now: c.timing.Start(slot).Time()})
}

// NoBeacon is proof of coverage in which nothing has happened yet.
func NoBeacon() *town.Coverage {
	c := newCovered()
	return c.record.Snapshot(town.CoverageFacts{Now: c.timing.Start(slot).Time()})
}

// Early is proof of coverage whose sites do not count yet.
func Early() *town.Coverage {
	c := newCovered()
	from, _ := c.timing.Slots(c.timing.Epoch(slot) - 2)
	c.beacon(0, from+3, nil, 1, 2)
	return c.record.Snapshot(town.CoverageFacts{Now: c.timing.Start(from + 4).Time()})
}

// PassedThrough is proof of coverage that a report for another network went through.
func PassedThrough() *town.Coverage {
	c := newCovered()
	c.record.Foreign("")
	return c.record.Snapshot(town.CoverageFacts{Now: c.timing.Start(slot).Time()})
}

// covered is a made-up record.
type covered struct {
	timing     witness.Timing
	parameters *witness.Parameters
	stations   [5]radio.Station // the last is the forger's
	sites      [5]witness.SiteFacts
	record     *town.Covering
}

// coveredAt are where the stations are, degrees off the first.
var coveredAt = [5][2]float64{{0, 0}, {0.03, 0.02}, {-0.02, 0.05}, {0.05, -0.04}, {0.004, 0.006}}

func newCovered() *covered {
	schedule, err := witness.ScheduleNamed("demo")
	must(err)
	set, err := witness.SetNamed("hexspot-1")
	must(err)
	c := &covered{timing: schedule.Timing, parameters: witness.DefaultParameters(set)}
	config := town.CoveringConfig{Network: radio.Network{0xc2, 0xad}, Rules: set, Timing: c.timing, Sites: c.timing.Epoch(slot) - 1}
	for i := range c.stations {
		c.stations[i], err = radio.StationOf(ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(i))).Public())
		must(err)
		cell, err := coverage.HexAt(45.188+coveredAt[i][0], 5.724+coveredAt[i][1], coverage.FinestSite)
		must(err)
		site, err := coverage.NewSite(coverage.Account{byte(i + 1)}, cell, 200, 0, "EU868")
		must(err)
		c.sites[i], err = witness.SiteFactsOf(site)
		must(err)
		config.Places = append(config.Places, town.StationPlace{Station: c.stations[i], Gain: 200, Place: placeOf(i, c.stations[i], cell)})
	}
	c.record = town.NewCovering(config)
	return c
}

func placeOf(i int, s radio.Station, cell coverage.Hex) town.Place {
	hex, err := cell.Parent(8)
	must(err)
	x, y := coveredAt[i][1]*78_500, coveredAt[i][0]*111_200
	p := town.Place{EUI: eui(i).String(), Station: s.String(), Name: names[i], Cell: cell.String(), X: x, Y: y, Hex: hex.String(), Foe: i == 4}
	for _, corner := range [][2]float64{{530, 0}, {265, 459}, {-265, 459}, {-530, 0}, {-265, -459}, {265, -459}} {
		p.Outline = append(p.Outline, [2]float64{x + corner[0], y + corner[1]})
	}
	return p
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// first is the epoch before, which was verified.
func (c *covered) first() {
	from, _ := c.timing.Slots(c.timing.Epoch(slot) - 1)
	c.judge(c.beacon(1, from+2, nil, 0), &town.Settled{})
	c.judge(c.beacon(0, from+5, nil, 1, 2), &town.Settled{
		Counted: map[radio.Station]bool{c.stations[1]: true}, Weights: map[radio.Station]float64{c.stations[1]: 0.8},
		Beacon: 0.2, Shares: map[radio.Station]float64{c.stations[1]: 0.8},
	})
	c.record.Verified(c.timing.Epoch(slot)-1, 2, 2, 3, 1, "5e23424d769ce834fb5269137eae953e4702831d553d8389ef639d18e2ca3c7f")
}

// second is the epoch that runs, with all attacks.
func (c *covered) second() {
	from, _ := c.timing.Slots(c.timing.Epoch(slot))
	c.record.Value(witness.Value{Slot: slot, Entropy: witness.Entropy{0xfc, 0xd8}}, c.timing.Start(slot).Time().Add(4*time.Millisecond))
	c.judge(c.beacon(3, from, []proof.Source{proof.Relay}, 0, 1, 2), nil)
	forged := c.forge(proof.FalseOpening, from+1, 1)
	forged.Beacons = []witness.BeaconFacts{c.facts(4, forged)}
	c.judge(forged, nil)
	c.judge(c.forge(proof.RandomTag, from, 2), nil)
	c.forge(proof.ForeignBeacon, slot-1, 1)
	c.record.Attacked(proof.StaleReplay, c.stations[4], "forger", witness.Frame{}, c.timing.Start(slot).Time(), witness.Drawn{})
	for _, i := range [2]int{1, 3} {
		c.record.Took(proof.Taking{Station: c.stations[i], By: proof.StaleReplay, Payload: c.frame(3, from).Append(nil), At: c.timing.Start(slot).Time()})
	}
	c.record.Resent(witness.Receipt{Index: 7}, witness.Receipt{Index: 7})
	c.record.Foreign(witness.RefusedNetwork)
	c.beacon(2, slot-1, nil, 0, 3)
	for range 9 {
		c.record.Reported()
	}
}

func (c *covered) frame(i int, k witness.Slot) witness.Frame {
	return witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{byte(i), byte(k), byte(k >> 8)}}
}

// beacon has a hotspot send, and others hear it, the last of them from an attacker if
// there is one; it gives the case.
func (c *covered) beacon(i int, k witness.Slot, by []proof.Source, heard ...int) *witness.Case {
	at := c.timing.Start(k).Time().Add(640 * time.Millisecond)
	frame := c.frame(i, k)
	c.record.Emitted(c.stations[i], emulator.Transmission{
		Frequency: 868_100 * radio.KHz, Modulation: witness.Modulation(10), Payload: frame.Append(nil), Conducted: 1400, StartAt: at,
	})
	one := c.caseOf(frame, k)
	one.Beacons = []witness.BeaconFacts{c.facts(i, one)}
	for n, h := range heard {
		source, level := proof.Honest, radio.DBm(-11_000-900*radio.DBm(n))
		if len(by) > 0 && n == len(heard)-1 {
			source, level = by[0], -6000
			c.record.Attacked(source, c.stations[4], "forger", frame, at, witness.Drawn{})
		}
		c.hear(one, h, source, frame, level)
	}
	return one
}

// forge has the forger send, and a hotspot hear it.
func (c *covered) forge(by proof.Source, k witness.Slot, heard int) *witness.Case {
	frame := witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{0xee, byte(by), byte(k)}}
	at := c.timing.Start(k).Time().Add(time.Second)
	c.record.Attacked(by, c.stations[4], eui(4).String(), frame, at, witness.Drawn{Frequency: 867_500 * radio.KHz, SF: 9, EIRP: 1300})
	one := c.caseOf(frame, k)
	c.hear(one, heard, by, frame, -10_200)
	return one
}

func (c *covered) caseOf(frame witness.Frame, k witness.Slot) *witness.Case {
	start := int64(c.timing.Start(k))
	return &witness.Case{
		Tag: frame.Tag, Slot: uint64(k), Window: c.timing.Window(k), Start: start, End: int64(c.timing.End(k)), Close: int64(c.timing.CaseCloses(k)),
		Value: witness.ValueFacts{Known: true, Published: start + 2, Latest: start + int64(c.timing.Lead)},
	}
}

func (c *covered) facts(i int, one *witness.Case) witness.BeaconFacts {
	return witness.BeaconFacts{
		Station: c.stations[i], Receive: one.Start + 1200, Site: c.sites[i], Frequency: 868_100 * radio.KHz, SF: 10, Conducted: 1400, Sent: one.Start + 640,
		Opens: i != 4, Drawn: &witness.DrawnFacts{Due: one.Slot, Frequency: 868_100 * radio.KHz, SF: 10, EIRP: 1600, Start: one.Start + 640},
	}
}

func (c *covered) hear(one *witness.Case, i int, by proof.Source, frame witness.Frame, level radio.DBm) {
	at := witness.Millis(one.Start + 1011)
	c.record.Took(proof.Taking{
		Station: c.stations[i], By: by, Payload: frame.Append(nil), Frequency: 868_100 * radio.KHz, SF: 10, RSSI: level, SNR: 250, At: at.Time(),
	})
	one.Witnesses = append(one.Witnesses, witness.WitnessFacts{
		Station: c.stations[i], Receive: one.Start + 1300, Site: c.sites[i], Frequency: 868_100 * radio.KHz, SF: 10,
		ChannelRSSI: level, SignalRSSI: &level, SNR: 250, Heard: int64(at),
	})
}

func (c *covered) judge(one *witness.Case, final *town.Settled) {
	v := witness.Judge(one, c.parameters)
	c.record.Judged(one, &v, final)
}
