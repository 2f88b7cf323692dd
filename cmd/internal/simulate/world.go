package simulate

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// place is metres east and north of the middle of the country.
type place struct{ x, y float64 }

func (p place) to(q place) float64 { return math.Hypot(p.x-q.x, p.y-q.y) }

func (p place) moved(distance, angle float64) place {
	return place{p.x + distance*math.Cos(angle), p.y + distance*math.Sin(angle)}
}

// The middle of the country, and metres a degree there.
const (
	middleLat, middleLng = 45.0, 5.0
	metresLat            = 111_195.0
	metresLng            = 78_627.0
)

func (p place) degrees() (lat, lng float64) {
	return middleLat + p.y/metresLat, middleLng + p.x/metresLng
}

// town is an area with one kind of ground.
type town struct {
	middle place
	radius float64
	ground ground
	noise  float64 // of its air, dB over thermal
}

// box is one radio: a station has one, some cheaters have a second.
type box struct {
	station  int
	at       place
	antenna  int // boxes on one antenna share its paths
	cable    int // room of a cluster, -1: none
	height   float64
	gain     float64 // of the antenna, less the cable
	sendOff  float64 // calibration of the power
	hearOff  float64 // calibration of the RSSI
	noise    float64 // dBm in 125 kHz
	boost    float64 // amplifier that nobody is told of
	steady   float64 // EIRP of a replaying transmitter, 0: as drawn
	inject   float64 // level at which a relay's frames come in, 0: as heard
	obstacle float64
	ground   ground
	sends    bool
	hears    bool
	second   bool // what it does is not what its station publishes
}

// station is a hotspot as published, and as it is.
type station struct {
	kind   Kind
	lies   bool
	group  int
	key    ed25519.PrivateKey
	id     radio.Station
	site   coverage.Site
	facts  witness.SiteFacts
	claim  place // published
	levels []radio.DBm
	signal bool // its chip gives the signal RSSI
	agreed bool // cloned key: only one box reports beacons
	fakes  bool // informed: reports are drawn
	secret bool // informed: hears nobody but its group
}

// world is a country with its stations. It does not change while epochs are made.
type world struct {
	config   Config
	chance   chance
	network  radio.Network
	operator ed25519.PrivateKey
	plan     radio.Plan
	timing   witness.Timing
	towns    []town
	stations []station
	radios   []box
	paths    [][]path // by sending radio
	second   []int    // second radio of a station, -1: none
}

// KeyOf is the key of a seed's station by number; -1 has the network's. There is nothing
// secret about them.
func KeyOf(seed uint64, n int) ed25519.PrivateKey {
	b := binary.BigEndian.AppendUint64([]byte("simulated key"), seed)
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(b, uint64(n)))
	return ed25519.NewKeyFromSeed(sum[:])
}

// newWorld builds the country of a seed.
func newWorld(c Config) (*world, error) {
	schedule, err := witness.ScheduleNamed("default")
	if err != nil {
		return nil, err
	}
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		return nil, err
	}
	w := &world{config: c, chance: chance(c.Seed).of('h'), plan: plan, timing: schedule.Timing, operator: KeyOf(c.Seed, -1)}
	operator, err := radio.StationOf(w.operator.Public())
	if err != nil {
		return nil, err
	}
	w.network = operator.Network()
	b := builder{world: w, random: rand.New(rand.NewPCG(c.Seed, 0x686578))}
	if err := b.build(); err != nil {
		return nil, fmt.Errorf("building the country: %w", err)
	}
	w.link()
	return w, nil
}

// link works out every path that can carry a beacon.
func (w *world) link() {
	w.paths = make([][]path, len(w.radios))
	byEast := make([]int, len(w.radios))
	for i := range byEast {
		byEast[i] = i
	}
	slices.SortFunc(byEast, func(a, b int) int { return cmp.Compare(w.radios[a].at.x, w.radios[b].at.x) })
	for i, a := range byEast {
		for _, b := range byEast[i+1:] {
			if w.radios[b].at.x-w.radios[a].at.x > unheard {
				break
			}
			w.connect(a, b)
		}
	}
	w.pretend()
	for a := range w.paths {
		slices.SortFunc(w.paths[a], func(p, q path) int { return cmp.Compare(p.to, q.to) })
	}
}

func (w *world) connect(a, b int) {
	ra, rb := &w.radios[a], &w.radios[b]
	forth, back := ra.sends && rb.hears, rb.sends && ra.hears
	if !forth && !back || ra.station == rb.station {
		return
	}
	p, ok := w.between(a, b)
	if !ok {
		return
	}
	if forth {
		w.paths[a] = append(w.paths[a], p)
	}
	if back {
		p.to = int32(a)
		w.paths[b] = append(w.paths[b], p)
	}
}
