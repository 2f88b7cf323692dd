package simulate

import (
	"cmp"
	"math"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// The SX1302: what it makes of a level.
const (
	snrTop    = 12.5 // its SNR saturates
	snrNoise  = 0.7  // standard deviation of its SNR
	snrStep   = 0.25
	levelStep = 1.0
)

// snrLimit is the least SNR that is decoded, by spreading factor from 8 on.
var snrLimit = [...]float64{-10, -12.5, -15}

// hear gives what is reported of one beacon: of each station the strongest
// reception, by station.
func (d *day) hear(k int) []heard {
	s := &d.sent[k]
	list := d.from(nil, s.by, k)
	if second := d.world.second[s.by]; second >= 0 {
		list = d.from(list, second, k)
	}
	slices.SortFunc(list, func(a, b heard) int {
		return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(strength(b), strength(a)))
	})
	list = slices.CompactFunc(list, func(a, b heard) bool { return a.by == b.by })
	for _, h := range list {
		if again, ok := d.replayed(h); ok {
			list = append(list, again)
		}
	}
	return list
}

// from appends what is heard of one of the beaconer's radios.
func (d *day) from(list []heard, sender, k int) []heard {
	w := d.world
	window := int(d.sent[k].slot % w.timing.EpochSlots / w.timing.WindowSlots)
	for _, p := range w.paths[sender] {
		if !d.awake(w.radios[p.to].station, window) {
			continue
		}
		if h, ok := d.receive(sender, k, p); ok {
			list = append(list, h)
		}
	}
	return list
}

func strength(h heard) radio.DBm {
	if h.seen.HasSignalRSSI {
		return h.seen.SignalRSSI
	}
	return h.seen.ChannelRSSI
}

// receive is one frame on one path, false if it is not decoded.
func (d *day) receive(sender, k int, p path) (heard, bool) {
	w, s := d.world, &d.sent[k]
	from, to := &w.radios[sender], &w.radios[p.to]
	frame := p.salt.of(uint64(s.slot)).of(uint64(s.by))
	loss := max(float64(p.best), float64(p.loss)+float64(p.fade)*frame.normal())
	level := d.power(from, s, p.fake) - loss + to.gain
	if p.fake {
		level += w.stations[to.station].site.Gain.Float() - w.stations[to.station].site.Loss.Float() - to.gain
	}
	own := frame.of(uint64(p.to))
	noise := to.noise + 0.8*own.of('n').normal()
	if level-noise < snrLimit[s.drawn.SF-8] {
		return heard{}, false
	}
	level += to.hearOff
	noise += to.hearOff
	if to.inject != 0 {
		level, noise = to.inject+0.15*own.of('j').normal(), to.inject-9
	}
	o := d.observation(k, level, noise, own)
	o.HasSignalRSSI = w.stations[to.station].signal
	if !o.HasSignalRSSI {
		o.SignalRSSI = 0
	}
	return heard{
		by: to.station, on: k, seen: o,
		sent: from.second || w.stations[from.station].lies, lie: to.second || w.stations[to.station].lies,
	}, true
}

// power is the EIRP really radiated.
func (d *day) power(from *box, s *sent, fake bool) float64 {
	site := &d.world.stations[from.station].site
	conducted := s.reports[0].body.Conducted.Float()
	if fake {
		return conducted + site.Gain.Float() - site.Loss.Float()
	}
	if from.steady != 0 {
		return from.steady
	}
	return conducted + from.gain + from.sendOff + from.boost
}

// observation is what the chip says of a level over noise, in dBm.
func (d *day) observation(k int, level, noise float64, own chance) witness.Observation {
	s := &d.sent[k]
	snr := min(level-noise+snrNoise*own.of('q').normal(), snrTop+0.5*own.of('t').normal())
	channel := 10 * math.Log10(math.Pow(10, level/10)+math.Pow(10, noise/10))
	end := witness.Millis(witness.Modulation(s.drawn.SF).TimeOnAir(witness.FrameSize).Milliseconds())
	at := s.reports[0].body.Sent + end + witness.Millis(30*own.of('c').normal())
	return witness.Observation{
		Frame:     witness.Frame{Type: witness.FrameBeacon, Mark: s.mark, Tag: s.tag},
		Frequency: s.drawn.Frequency, SF: uint32(s.drawn.SF),
		ChannelRSSI: radio.LevelOf(round(channel, levelStep)), SignalRSSI: radio.LevelOf(round(level, levelStep)),
		SNR: radio.RatioOf(round(snr, snrStep)), Offset: radio.Hertz(400 * own.of('z').normal()),
		Counter: uint32(at * 1000), Heard: at, Copies: 1,
	}
}

func round(v, step float64) float64 { return math.Round(v/step) * step }

// replayed is an old frame that a replaying station reports again in a later slot.
func (d *day) replayed(h heard) (heard, bool) {
	s := &d.world.stations[h.by]
	if s.kind != Replay || d.world.chance.of('r').of(uint64(h.by)).of(uint64(d.sent[h.on].slot)).uniform() > 0.1 {
		return heard{}, false
	}
	h.lie = true
	h.seen.Heard += 30 * d.world.timing.Slot
	if h.seen.Heard >= witness.Millis(d.epoch+1)*witness.Millis(d.world.timing.EpochSlots)*d.world.timing.Slot {
		return heard{}, false
	}
	return h, true
}
