package witness

import "hexspot/radio"

// Bounds of what Discoveries keeps. An announcement is kept until its slot's case
// closes, 63 slots times 20 an hour with the default timing.
const (
	mostAnnounced = 1 << 16 // discovery beacons of all stations
	mostEars      = 256     // stations that are told of for one of them
	mostEarly     = 1 << 14 // observations that wait for their announcement
	mostEarlyEach = 128     // of one station
	earlyFor      = 600_000 // Millis that they wait

	sweepPause Millis = 60_000
)

// Discoveries brings observations of discovery beacons to the stations that had
// announced them, and to nobody else (protocol hexspot/1, "Discovery beacon"). The
// 18 bytes and the slot must fit. An observation may come before its announcement:
// the announcement was written down before the emission, not received. It is not safe
// for use by several goroutines, and remembers nothing over a start.
type Discoveries struct {
	timing    Timing
	announced map[Tag]*announcement
	early     map[Tag][]early
	waiting   int                   // in early
	each      map[radio.Station]int // the same by who heard
	swept     Millis
}

// announcement is a discovery beacon, and who is known to have heard it.
type announcement struct {
	by   radio.Station
	slot Slot
	ears map[radio.Station]bool
}

// early is an observation that came before its announcement.
type early struct {
	HeardBy
	until Millis
}

// Echo is what a station is to be told.
type Echo struct {
	To      radio.Station
	HeardBy HeardBy
}

// NewDiscoveries begins with nothing announced; the timing must be valid.
func NewDiscoveries(t Timing) *Discoveries {
	return &Discoveries{timing: t, announced: map[Tag]*announcement{}, early: map[Tag][]early{}, each: map[radio.Station]int{}}
}

// Announce takes a station's announcement and gives what was heard of the beacon
// already. The first to announce 18 bytes has them.
func (d *Discoveries) Announce(now Millis, by radio.Station, a Discovery) []Echo {
	d.sweep(now)
	if d.announced[a.Random] != nil || len(d.announced) >= mostAnnounced || now >= d.timing.CaseCloses(a.Slot) {
		return nil
	}
	known := &announcement{by: by, slot: a.Slot, ears: map[radio.Station]bool{}}
	d.announced[a.Random] = known
	var echoes []Echo
	for _, e := range d.early[a.Random] {
		echoes = d.echo(echoes, known, e.HeardBy)
	}
	d.dropEarly(a.Random)
	return echoes
}

// Hear takes what a station has observed and gives what of it is to be told to whom.
// Beacons that are no discovery beacons are left out.
func (d *Discoveries) Hear(now Millis, by radio.Station, observations []Observation) []Echo {
	d.sweep(now)
	var echoes []Echo
	for _, o := range observations {
		if o.Frame.Type != FrameDiscovery {
			continue
		}
		h := HeardBy{Station: by, Observation: o}
		if a := d.announced[o.Frame.Tag]; a != nil {
			echoes = d.echo(echoes, a, h)
		} else {
			d.wait(now, h)
		}
	}
	return echoes
}

// echo adds what is to be told of an observation: one of each station, of a frame heard
// in the slot, and none of the sender itself.
func (d *Discoveries) echo(echoes []Echo, a *announcement, h HeardBy) []Echo {
	switch {
	case h.Station == a.by || a.ears[h.Station] || len(a.ears) >= mostEars:
		return echoes
	case !d.timing.InSlot(h.Observation.Heard, a.slot, ClockSlack):
		return echoes
	}
	a.ears[h.Station] = true
	return append(echoes, Echo{a.by, h})
}

// wait keeps an observation for its announcement while there is room.
func (d *Discoveries) wait(now Millis, h HeardBy) {
	if d.waiting >= mostEarly || d.each[h.Station] >= mostEarlyEach {
		return
	}
	tag := h.Observation.Frame.Tag
	d.early[tag] = append(d.early[tag], early{h, now + earlyFor})
	d.each[h.Station]++
	d.waiting++
}

func (d *Discoveries) dropEarly(tag Tag) {
	for _, e := range d.early[tag] {
		d.waiting--
		if d.each[e.Station]--; d.each[e.Station] == 0 {
			delete(d.each, e.Station)
		}
	}
	delete(d.early, tag)
}

// sweep forgets, once a minute, what is over.
func (d *Discoveries) sweep(now Millis) {
	if now < d.swept+sweepPause && now >= d.swept {
		return
	}
	d.swept = now
	for tag, a := range d.announced {
		if now >= d.timing.CaseCloses(a.slot) {
			delete(d.announced, tag)
		}
	}
	for tag, list := range d.early {
		if now >= list[len(list)-1].until { // the latest to come: the others are over as well
			d.dropEarly(tag)
		}
	}
}
