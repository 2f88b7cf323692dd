package witness

import (
	"hexspot/coverage"
	"hexspot/radio"
)

// AppealWorld is what the network knows when it judges the appeals of an epoch.
type AppealWorld struct {
	Network    radio.Network
	Timing     Timing
	Parameters *Parameters
	Epoch      Epoch // of the outcome: that in which the appeals were received
	Site       func(radio.Station) SiteFacts
	Before     Provisions // of the epoch before
	Events     State      // of the epoch before
}

// AppealFacts is what an appeal and its evidence come to. No rule has been asked yet.
type AppealFacts struct {
	Station   radio.Station // that appeals
	ID        [32]byte      // of the appeal's record
	Receive   int64
	Earlier   int64 // appeals of the station in the epoch that came before
	Subject   Subject
	Way       Way // under which the evidence is kept
	Below     bool
	Undecided int64 // clues below one half that no evidence decides
	Useless   int64 // records that are no evidence for this
	Located   bool  // the place in question is published
	Own       bool  // the station's own receiver says where it was
	Farthest  coverage.Millimetres
	Slack     coverage.Millimetres // of the place's cell
	Exhibits  []Exhibit            // frames of the station that others heard
	Appointed bool                 // enough of them are of stations that the network has appointed
	Hears     int64                // frames of that station that the station heard in turn
}

// Exhibit is a frame of the station that appeals, as somebody else heard it near the
// place in question.
type Exhibit struct {
	Tag       Tag
	Slot      Slot
	Window    uint64
	Owner     coverage.Account
	Appointed bool
}

// MostAppeals is how many appeals of a station are judged in an epoch: the first by
// arrival. Looking at one may cost a million hashes.
const MostAppeals = 4

// Facts looks at an appeal whose signatures and evidence were verified. earlier is how many
// of the station the epoch received before it.
func (w *AppealWorld) Facts(f AppealFile, a Appeal, receive Millis, earlier int64) AppealFacts {
	b := newBrief(w, f.Record.Station, a.Partner)
	facts := AppealFacts{
		Station: f.Record.Station, ID: f.Record.ID(w.Network), Receive: int64(receive), Earlier: earlier,
		Subject: a.Subject(f.Record.Station), Way: b.way(), Located: b.place.Located, Slack: b.place.Slack,
	}
	if earlier >= MostAppeals {
		return facts
	}
	var provision Provision
	provision, facts.Below = w.Before[facts.Subject]
	for _, c := range provision.Clues {
		if !decidable(facts.Subject, c.Name) {
			facts.Undecided++
		}
	}
	facts.Useless += b.takeAppointments(f)
	for _, s := range f.Evidence {
		if !b.take(s) {
			facts.Useless++
		}
	}
	facts.Own, facts.Farthest = b.farthestOwn()
	b.exhibits(&facts)
	return facts
}

// decidable says whether evidence bears on a clue: presence at the published place on those
// that doubt it, frames heard beside a partner on its silence.
func decidable(s Subject, clue ClueName) bool {
	if s.IsLink() {
		return clue == ClueAnswers
	}
	return wordsOfClue(clue).presence
}

// brief sorts the evidence of one appeal.
type brief struct {
	w       *AppealWorld
	station radio.Station
	partner radio.Station // zero: the station's own weight
	site    SiteFacts     // of the station
	place   SiteFacts     // that the frames were heard near: its own, or its partner's
	sent    map[Tag]sentFrame
	tracks  map[radio.Station][]Fix
	audits  []Audit
	others  map[Tag]othersFrame // discovery beacons of other stations
	heard   map[radio.Station][]Observation
	values  chainValues
}

// sentFrame is a frame as its own station reports it.
type sentFrame struct {
	slot Slot
	OnAir
}

// othersFrame is a discovery beacon of another station, which may be an appointed one.
type othersFrame struct {
	by   radio.Station
	slot Slot
}

func newBrief(w *AppealWorld, station, partner radio.Station) *brief {
	b := &brief{
		w: w, station: station, partner: partner, site: w.Site(station),
		sent: map[Tag]sentFrame{}, tracks: map[radio.Station][]Fix{}, others: map[Tag]othersFrame{},
		heard: map[radio.Station][]Observation{},
	}
	b.place = b.site
	if !partner.IsZero() {
		b.place = w.Site(partner)
	}
	return b
}

// way is of the station to itself, or of a partner that should have heard the station's
// beacons.
func (b *brief) way() Way {
	if b.partner.IsZero() {
		return Way{b.station, b.station}
	}
	return Way{b.partner, b.station}
}

// take sorts a record in; false if it is no evidence.
func (b *brief) take(s radio.Signed) bool {
	switch s.Kind {
	case radio.KindPositions:
		p, err := ParsePositions(s.Body)
		if err != nil || p.CheckRange() != nil {
			return false
		}
		b.tracks[s.Station] = append(b.tracks[s.Station], p.Fixes...)
		return true
	case radio.KindWitness:
		w, err := ParseBatch(s.Body)
		if err != nil || w.CheckRange() != nil {
			return false
		}
		b.heard[s.Station] = append(b.heard[s.Station], w.Observations...)
		return true
	case radio.KindAudit:
		return true // taken before
	case radio.KindBeacon:
		return s.Station == b.station && b.takeBeacon(s.Body)
	case radio.KindDiscovery:
		return b.takeDiscovery(s.Station, s.Body)
	}
	return false
}

// takeAppointments takes what all else depends on, entropy and audits, and says how many
// of these are of no use.
func (b *brief) takeAppointments(f AppealFile) (useless int64) {
	b.values, useless = chainValuesOf(b.w.Network, f)
	for _, s := range f.Evidence {
		if s.Kind != radio.KindAudit {
			continue
		}
		a, err := ParseAudit(s.Body)
		if err != nil || a.CheckRange() != nil || a.Station == b.station || a.Station == b.partner {
			useless++
			continue
		}
		b.audits = append(b.audits, a)
	}
	return useless
}

// takeBeacon takes a beacon of the station if its signature opens it.
func (b *brief) takeBeacon(body []byte) bool {
	c, err := ParseBeacon(body)
	if err != nil || c.CheckRange() != nil {
		return false
	}
	value, ok := b.values.at(c.Slot)
	if !ok || VerifyOpening(Lot{b.w.Network, b.station, value}, c.Slot, c.Signature) != nil {
		return false
	}
	b.sent[TagOf(c.Signature)] = sentFrame{c.Slot, c.OnAir}
	return true
}

func (b *brief) takeDiscovery(by radio.Station, body []byte) bool {
	d, err := ParseDiscovery(body)
	if err != nil || d.CheckRange() != nil {
		return false
	}
	if by == b.station {
		b.sent[d.Random] = sentFrame{d.Slot, d.OnAir}
		return true
	}
	b.others[d.Random] = othersFrame{by, d.Slot}
	return true
}
