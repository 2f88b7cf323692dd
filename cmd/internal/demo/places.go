package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"hexspot/cmd/internal/device"
	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
	"hexspot/radio/ether"
)

// A town's measures: with them most devices are heard by one to four hotspots.
const (
	landEach  = 3000.0 // metres: radius of the land that there is for each hotspot
	reach     = 3500.0 // metres: no device is further from some hotspot
	tries     = 12     // places of which a hotspot takes the one that is furthest from others
	roofGain  = radio.DB(200)
	classCOf  = 10  // one device of so many is of class C
	confirmed = 0.3 // share of uplinks that ask for an acknowledgement
	answers   = 0.1 // share of uplinks that are answered with data

	sendPeriod = 20 * time.Second
	sendToC    = 60 * time.Second // to each device of class C
	joinsFrom  = 5 * time.Second
	joinEach   = 1500 * time.Millisecond // for each device of a hotspot: one that accepts it in RX2 is busy for 2 s
	// linkMargin is how far above sensitivity a network keeps a device: fading of
	// 2 dB takes it all in one of 30,000 frames.
	linkMargin = 8.0 // dB
	// deviceEIRP is what devices send with, or the region's limit if that is less.
	deviceEIRP radio.DBm = 1400
	// noise is a concentrator's in 125 kHz: -174 dBm/Hz and 3 dB.
	noise = -120.0 // dBm
)

// places is who is where in a town, and what each device is like. The same seed
// gives the same.
type places struct {
	plan     radio.Plan
	air      ether.Config
	hotspots []roof
	devices  []dweller
}

// roof is where a hotspot is.
type roof struct {
	eui     radio.EUI
	station ether.Station
}

// dweller is a device and where it is.
type dweller struct {
	station ether.Station
	config  device.Config
	best    radio.DBm // median level at the hotspot that hears it best
	heard   int       // by how many hotspots, on median
}

// newPlaces draws a town.
func newPlaces(t Town) (places, error) {
	plan, err := radio.PlanNamed(t.Region)
	if err != nil {
		return places{}, err
	}
	p := places{plan: plan, air: ether.Config{Seed: t.Seed}}
	p.raise(t)
	return p, p.settle(t)
}

// raise puts hotspots on roofs, not too close to each other.
func (p *places) raise(t Town) {
	r, radius := source(t.Seed, "roof", 0), landEach*math.Sqrt(float64(t.Hotspots))
	for i := range t.Hotspots {
		s := ether.Station{Name: fmt.Sprintf("hotspot %d", i), Place: within(r, radius), Gain: roofGain, Concentrator: true}
		for range tries {
			if place := within(r, radius); p.nearest(place) > p.nearest(s.Place) {
				s.Place = place
			}
		}
		p.hotspots = append(p.hotspots, roof{recordedEUI(fmt.Sprintf("town %d %d", t.Seed, i)), s})
	}
}

// nearest is the distance to the next hotspot.
func (p *places) nearest(to ether.Place) float64 {
	least := math.Inf(1)
	for _, h := range p.hotspots {
		least = min(least, h.station.Place.To(to))
	}
	return least
}

// within is a random place in a circle.
func within(r *rand.Rand, radius float64) ether.Place {
	d, angle := radius*math.Sqrt(r.Float64()), 2*math.Pi*r.Float64()
	return ether.Place{X: math.Round(d * math.Cos(angle)), Y: math.Round(d * math.Sin(angle))}
}

// settle puts devices near hotspots, and gives each the fastest rate that its best
// link carries, as a network server would.
func (p *places) settle(t Town) error {
	air, err := ether.New(p.air)
	if err != nil {
		return err
	}
	for _, h := range p.hotspots {
		air.Add(h.station)
	}
	for i := range t.Devices {
		r := source(t.Seed, "device", i)
		near, off := p.hotspots[r.IntN(len(p.hotspots))].station.Place, within(r, reach)
		d := dweller{station: ether.Station{Name: fmt.Sprintf("device %d", i), Place: ether.Place{X: near.X + off.X, Y: near.Y + off.Y}}}
		d.config = p.deviceConfig(t, i, r)
		p.tune(&d, air)
		p.devices = append(p.devices, d)
	}
	return nil
}

func (p *places) deviceConfig(t Town, number int, r *rand.Rand) device.Config {
	c := device.Config{
		Credentials: otaa.CredentialsOf(t.Seed, uint32(number)), Plan: p.plan, EIRP: deviceEIRP, Period: sendPeriod,
		Confirmed: confirmed, Seed: r.Uint64(),
		JoinSpread: joinsFrom + time.Duration(t.Devices/t.Hotspots)*joinEach,
	}
	for _, f := range p.plan.MultiSF {
		if most, ok := p.plan.MaxEIRP(f); ok {
			c.EIRP = min(c.EIRP, most)
		}
	}
	if number%classCOf == classCOf-1 {
		c.Class = device.ClassC
	}
	return c
}

// tune chooses the rate.
func (p *places) tune(d *dweller, air *ether.Ether) {
	id, levels := air.Add(d.station), make([]radio.DBm, len(p.hotspots))
	for i := range p.hotspots {
		levels[i] = d.config.EIRP + radio.DBm(air.Path(id, ether.ID(i)))
		if i == 0 || levels[i] > d.best {
			d.best = levels[i]
		}
	}
	var sf radio.SpreadingFactor
	d.config.Rate, sf = p.fastest(d.best.Float() - linkMargin)
	for _, level := range levels {
		if level.Float() >= sensitivity(sf) {
			d.heard++
		}
	}
}

// fastest is the fastest rate of 125 kHz that a level carries, or else the slowest.
func (p *places) fastest(level float64) (number int, sf radio.SpreadingFactor) {
	for n, rate := range p.plan.Uplink {
		m, ok := rate.(radio.LoRa)
		if _, answered := otaa.AnswerRate(p.plan, rate); !ok || !answered || m.SF < 7 {
			continue
		}
		carried, faster := level >= sensitivity(m.SF), m.SF < sf
		if sf == 0 || carried && faster || level < sensitivity(sf) && m.SF > sf {
			number, sf = n, m.SF
		}
	}
	return number, sf
}

func sensitivity(sf radio.SpreadingFactor) float64 { return noise + sf.LeastSNR().Float() }

// secondRate is the data rate of RX2 that devices are told when they join: SF9 rather
// than a slower one, which would hold a hotspot for seconds. 0: the region's.
func secondRate(plan radio.Plan) int {
	usual, _ := plan.DataRate(radio.Down, plan.RX2.DataRate)
	slow, ok := usual.(radio.LoRa)
	for n, rate := range plan.Downlink {
		if m, fits := rate.(radio.LoRa); ok && fits && m.SF == 9 && slow.SF > 9 && m.Bandwidth == slow.Bandwidth {
			return n
		}
	}
	return 0
}

// source gives each actor of a town random numbers of its own, so that one more
// device changes nothing about the others.
func source(seed uint64, kind string, number int) *rand.Rand {
	var salt uint64
	for _, c := range []byte(kind) {
		salt = salt<<8 | uint64(c)
	}
	return rand.New(rand.NewPCG(seed, salt<<16^uint64(number)))
}
