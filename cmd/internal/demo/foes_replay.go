package demo

import (
	"math"
	"time"

	"hexspot/cmd/internal/proof"
	"hexspot/radio"
	"hexspot/radio/ether"
	"hexspot/witness"
)

// relayPoint is where a beacon is sent again: beside the hotspot that hears its sender
// worst, so faintly that nobody else hears it.
type relayPoint struct {
	place ether.Place
	eirp  radio.DBm
}

// How a frame is sent again beside a hotspot: louder there than it can have come from its
// sender, and no louder than need be.
const (
	relayOff    = 1.0  // metres
	relayOver   = 10.0 // dB over what physics allows
	relayApart  = 2000 // metres at least between sender and hotspot
	loudest     = 21.0 // dBm: a beacon's EIRP with both antennas' gain and the rule's margin
	wavelengths = 868e6
)

// relayPoints chooses one for each hotspot that is far enough from another one.
func relayPoints(p places) (map[radio.EUI]relayPoint, error) {
	air, err := ether.New(p.air)
	if err != nil {
		return nil, err
	}
	for _, h := range p.hotspots {
		air.Add(h.station)
	}
	relay := air.Add(ether.Station{Name: sourceName(proof.Relay), Gain: roofGain})
	points := map[radio.EUI]relayPoint{}
	for i, from := range p.hotspots {
		at, found := worst(p, air, i)
		if !found {
			continue
		}
		beside := p.hotspots[at].station.Place
		point := relayPoint{place: ether.Place{X: beside.X + relayOff, Y: beside.Y}}
		air.Move(relay, point.place)
		metres := beside.To(from.station.Place)
		limit := loudest - 20*math.Log10(metres) - 20*math.Log10(wavelengths) + 147.55
		point.eirp = radio.LevelOf(limit+relayOver) - radio.DBm(air.Path(relay, ether.ID(at)))
		points[from.eui] = point
	}
	return points, nil
}

// worst is the hotspot that hears another one worst, false if all are close.
func worst(p places, air *ether.Ether, from int) (at int, found bool) {
	for i, h := range p.hotspots {
		if h.station.Place.To(p.hotspots[from].station.Place) < relayApart {
			continue
		}
		if !found || air.Path(ether.ID(from), ether.ID(i)) < air.Path(ether.ID(from), ether.ID(at)) {
			at, found = i, true
		}
	}
	return at, found
}

// seize does with a hotspot's beacon what is to be done in its window: sends it again at
// once from elsewhere, and keeps it to be sent again later.
func (f *foes) seize(o overheard) error {
	k := f.schedule.SlotAt(witness.MillisOf(o.StartAt))
	if err := f.relay(o, k); err != nil {
		return err
	}
	if f.stale == nil && f.once(proof.StaleReplay, k) {
		f.stale = &o
	}
	return nil
}

// relay sends a beacon again if that still ends in its slot.
func (f *foes) relay(o overheard, k witness.Slot) error {
	point, ok := f.relays[o.from]
	start := time.Now().Add(promptly)
	if !ok || start.Add(o.Duration).After(f.schedule.End(k).Time()) || !f.once(proof.Relay, k) {
		return nil
	}
	f.air.Move(f.ids[proof.Relay], point.place)
	return f.again(proof.Relay, o, point.eirp, start)
}

// replay sends a beacon again when its mark is none that anybody takes any more.
func (f *foes) replay(k witness.Slot) error {
	if f.stale == nil {
		return nil
	}
	if !tooOld(f.schedule.Timing, f.slotAt(f.stale.StartAt), k) {
		return nil
	}
	o := *f.stale
	f.stale = nil
	return f.again(proof.StaleReplay, o, f.plan.BeaconMaxEIRP, time.Now().Add(f.schedule.Lead.Duration()))
}

// tooOld says that no hotspot looks for a slot's mark any more in another slot.
func tooOld(t witness.Timing, of, now witness.Slot) bool {
	return t.Start(now) > t.End(of)+witness.MarkSlack
}

// again sends what a hotspot sent.
func (f *foes) again(by proof.Source, o overheard, eirp radio.DBm, start time.Time) error {
	m, ok := o.Modulation.(radio.LoRa)
	frame, err := witness.ParseFrame(o.Payload)
	if !ok || err != nil {
		return err
	}
	f.tell(by, frame, witness.Drawn{}, start)
	return f.transmit(by, o.Payload, o.Frequency, m.SF, eirp, start)
}
