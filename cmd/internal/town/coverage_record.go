package town

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"hexspot/cmd/internal/proof"
	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/witness"
)

// How many beacons are kept, and shown.
const (
	beaconsMost  = 96
	beaconsShown = 36
	epochsShown  = 6
)

// Covering keeps what a snapshot needs of proof of coverage. It is safe for several
// goroutines.
type Covering struct {
	config CoveringConfig
	set    *witness.Set

	mu      sync.Mutex
	places  map[radio.Station]*StationPlace
	beacons []*flight // oldest first
	byTag   map[witness.Tag]*flight
	attacks map[proof.Source]*Attack
	relayed map[relayed]bool // heard first from somebody who sent it again
	relays  map[relayed]bool // of them, those that were counted
	value   *Entropy
	counts  CoverageCounts
	faults  map[string]int
	epochs  map[witness.Epoch]*Epoch
	first   witness.Epoch
	resent  Attack
	foreign Attack
}

// CoveringConfig is what is known before anything happens.
type CoveringConfig struct {
	Network radio.Network
	Rules   *witness.Set
	Timing  witness.Timing
	Sites   witness.Epoch // the first in which the places count
	Places  []StationPlace
}

// StationPlace is a place with its station.
type StationPlace struct {
	Station radio.Station
	Gain    radio.DB // of its antenna less the cable
	Place
}

// flight is a beacon with what is needed to judge it.
type flight struct {
	Beacon
	by      proof.Source
	station radio.Station // of a hotspot, or of the attacker that reports it
	closed  bool
	tally   tally // of its verdict, once closed
	links   map[radio.Station]*Link
}

type relayed struct {
	tag     witness.Tag
	station radio.Station
}

// NewCovering begins a record.
func NewCovering(c CoveringConfig) *Covering {
	r := &Covering{
		config: c, set: c.Rules, places: map[radio.Station]*StationPlace{}, byTag: map[witness.Tag]*flight{},
		attacks: map[proof.Source]*Attack{}, relayed: map[relayed]bool{}, relays: map[relayed]bool{}, faults: map[string]int{}, epochs: map[witness.Epoch]*Epoch{},
		resent: attackWords["resent"], foreign: attackWords["foreign_report"],
	}
	for _, p := range c.Places {
		r.places[p.Station] = &p
	}
	for _, by := range proof.Sources {
		a := attackWords[by.String()]
		r.attacks[by] = &a
	}
	return r
}

// Emitted notes a beacon that a hotspot's chip has sent.
func (r *Covering) Emitted(s radio.Station, t emulator.Transmission) {
	frame, err := witness.ParseFrame(t.Payload)
	if err != nil || t.Aborted {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	place := r.places[s]
	if place == nil {
		return
	}
	place.Sent++
	r.counts.Emitted++
	b := r.flight(frame.Tag, t.StartAt)
	b.station, b.Hotspot = s, place.EUI
	b.MHz, b.SF, b.EIRP = mhz(t.Frequency), sf(t.Modulation), (t.Conducted + radio.DBm(place.Gain)).Float()
}

func mhz(f radio.Hertz) float64 { return float64(f) / float64(radio.MHz) }

// flight is the row of a tag, made if need be. A chip may take a frame before it is told
// that it was sent.
func (r *Covering) flight(tag witness.Tag, at time.Time) *flight {
	if b := r.byTag[tag]; b != nil {
		return b
	}
	t := r.config.Timing
	k := t.SlotAt(witness.MillisOf(at))
	b := &flight{links: map[radio.Station]*Link{}}
	b.Beacon = Beacon{
		Tag: tag.String(), Slot: uint64(k), Epoch: uint64(t.Epoch(k)), At: at, Closes: t.CaseCloses(k).Time(),
		Stage: OnAir, State: Off, Word: "Sealed",
	}
	r.byTag[tag] = b
	r.beacons = append(r.beacons, b)
	if len(r.beacons) > beaconsMost {
		for known, old := range r.byTag {
			if old == r.beacons[0] {
				delete(r.byTag, known)
			}
		}
		r.beacons = slices.Delete(r.beacons, 0, 1)
	}
	return b
}

// Attacked notes a frame that an attacker sends.
func (r *Covering) Attacked(by proof.Source, s radio.Station, name string, frame witness.Frame, at time.Time, d witness.Drawn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attacks[by].Sent++
	if by == proof.StaleReplay || by == proof.Relay {
		return // the frame is a hotspot's
	}
	b := r.flight(frame.Tag, at)
	b.by, b.station, b.Attack, b.Hotspot = by, s, by.String(), name
	b.MHz, b.SF, b.EIRP = mhz(d.Frequency), uint8(d.SF), d.EIRP.Float()
	if by == proof.ForeignBeacon {
		b.Word = "Not ours"
	}
}

// Took notes a beacon that a chip has taken.
func (r *Covering) Took(t proof.Taking) {
	frame, err := witness.ParseFrame(t.Payload)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	place := r.places[t.Station]
	if place == nil {
		return
	}
	if t.By != proof.Honest {
		r.attacks[t.By].Taken++
	} else {
		place.Heard++
		r.counts.Taken++
	}
	if t.By == proof.StaleReplay {
		if b := r.byTag[frame.Tag]; b != nil && b.station == t.Station {
			r.attacks[t.By].add("own", dropWords["own"])
		}
		return
	}
	b := r.flight(frame.Tag, t.At)
	if b.links[t.Station] != nil {
		return
	}
	if t.By == proof.Relay {
		r.relayed[relayed{frame.Tag, t.Station}] = true
	}
	l := &Link{Hotspot: place.EUI, RSSI: t.RSSI.Float(), SNR: t.SNR.Float(), State: Off, Word: "Reported, sealed", Rules: []Figure{}}
	if t.By == proof.ForeignBeacon {
		l.Word, l.Words = "Dropped", dropWords["mark"]
	}
	b.links[t.Station] = l
}

// Value notes a slot's entropy that came.
func (r *Covering) Value(v witness.Value, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.value != nil && r.value.Slot >= uint64(v.Slot) {
		return
	}
	late := at.Sub(r.config.Timing.Start(v.Slot).Time())
	r.value = &Entropy{Slot: uint64(v.Slot), At: at, Late: late.Milliseconds(), Hex: v.Entropy.String()[:16]}
}

// Reported notes a report in the journal.
func (r *Covering) Reported() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.Reports++
}

// Resent notes the answers to a record that was sent twice.
func (r *Covering) Resent(first, second witness.Receipt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resent.Sent++
	if first == second {
		r.resent.Taken++
	}
}

// Foreign notes the answer to a report for another network.
func (r *Covering) Foreign(reason witness.RefusalReason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.foreign.Sent++
	r.foreign.add(cmp.Or(string(reason), "taken"), cmp.Or(refusalWords[reason], "Taken"))
}

// add counts a fate.
func (a *Attack) add(code, words string) {
	for i := range a.Fates {
		if a.Fates[i].Code == code {
			a.Fates[i].Count++
			return
		}
	}
	a.Fates = append(slices.Clip(a.Fates), Reason{code, words, 1})
}
