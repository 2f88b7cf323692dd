package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// builder makes a country.
type builder struct {
	*world
	random *rand.Rand
	owners int
	wrong  error // the first site that could not be
}

// The country.
const (
	countrySize = 300_000.0 // metres each way
	ofTown      = 45        // stations a town
	villagers   = 0.03      // share of stations in villages far from towns
)

func (b *builder) between(low, high float64) float64 { return low + (high-low)*b.random.Float64() }

func (b *builder) build() error {
	n := b.config.Hotspots
	for range max(2, n/ofTown) {
		b.towns = append(b.towns, b.town(b.between(2_000, 8_000)))
	}
	b.stations = make([]station, n)
	b.second = make([]int, n)
	for i := range b.stations {
		b.stations[i] = station{kind: Honest, group: -1}
		b.second[i] = -1
	}
	b.settle()
	if err := b.cheat(); err != nil {
		return err
	}
	for i := range b.stations {
		b.publish(i)
	}
	return b.wrong
}

func (b *builder) town(radius float64) town {
	return town{
		middle: place{b.between(-0.5, 0.5) * countrySize, b.between(-0.5, 0.5) * countrySize}, radius: radius,
		ground: ground{b.between(2, 4.5), b.between(4, 12)}, noise: b.between(0, 8),
	}
}

// settle puts every station into a town or a village, with owners of one to five
// stations each.
func (b *builder) settle() {
	villages := 0
	for i := 0; i < len(b.stations); {
		if villages < int(villagers*float64(len(b.stations))) {
			size := min(3+b.random.IntN(4), len(b.stations)-i)
			village := b.town(b.between(800, 2_000))
			for range size {
				b.place(i, village)
				i++
			}
			villages += size
			continue
		}
		b.place(i, b.towns[b.random.IntN(len(b.towns))])
		i++
	}
}

// place puts an honest station somewhere in a town.
func (b *builder) place(i int, t town) {
	at := t.middle.moved(t.radius*math.Sqrt(b.random.Float64()), b.between(0, 2*math.Pi))
	s := &b.stations[i]
	s.claim = at
	s.key = KeyOf(b.config.Seed, i)
	s.signal = b.random.Float64() < 0.95
	for level := radio.DBm(0); level <= 2700; level += 100 {
		s.levels = append(s.levels, level)
	}
	gain, cable := []float64{1.2, 2, 3, 4, 5.8, 8}[b.random.IntN(6)], b.between(0, 2)
	s.site = coverage.Site{Owner: b.owner(), Gain: radio.RatioOf(gain), Loss: radio.RatioOf(cable), Plan: b.plan.Name}
	b.radios = append(b.radios, box{
		station: i, at: at, antenna: i, cable: -1, height: b.between(4, 20),
		gain:    gain - cable + 0.5*b.random.NormFloat64(),
		sendOff: 0.6 * b.random.NormFloat64(), hearOff: 0.8 * b.random.NormFloat64(),
		noise: floorMean + t.noise + 1.5*b.random.NormFloat64(), obstacle: 8 + 4*b.random.NormFloat64(),
		ground: t.ground, sends: true, hears: true,
	})
}

// owner is now and then the one before.
func (b *builder) owner() coverage.Account {
	if b.owners == 0 || b.random.Float64() < 0.7 {
		b.owners++
	}
	return b.account()
}

func (b *builder) account() (a coverage.Account) {
	a[0], a[1], a[2], a[19] = byte(b.owners>>16), byte(b.owners>>8), byte(b.owners), 1
	return a
}

// publish gives a station its site.
func (b *builder) publish(i int) {
	s := &b.stations[i]
	resolution := coverage.FinestSite
	switch u := b.random.Float64(); {
	case u < 0.05:
		resolution = 8
	case u < 0.15:
		resolution = 10
	}
	lat, lng := s.claim.degrees()
	cell, err := coverage.HexAt(lat, lng, resolution)
	if err == nil {
		s.site, err = coverage.NewSite(s.site.Owner, cell, s.site.Gain, s.site.Loss, s.site.Plan)
	}
	if err == nil {
		s.facts, err = witness.SiteFactsOf(s.site)
	}
	if err == nil {
		s.id, err = radio.StationOf(s.key.Public())
	}
	if err != nil && b.wrong == nil {
		b.wrong = fmt.Errorf("station %d: %w", i, err)
	}
}
