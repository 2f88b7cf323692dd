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
	Before     Provisions                 // of the epoch before
	Events     func(radio.Station) Events // in the state after the epoch before
}

// AppealFacts is what an appeal and its evidence come to. No rule has been asked yet.
type AppealFacts struct {
	Station   radio.Station // that appeals
	ID        [32]byte      // of the appeal's record
	Receive   int64
	Subject   Subject
	Way       Way // under which the evidence is kept
	Below     bool
	Undecided int64 // clues below one half that no evidence decides
	Useless   int64 // records that are no evidence for this
	Late      int64 // records that were not received before their cases closed, or of which it is not shown
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
// arrival. Looking at one may cost a million hashes. Further ones have no outcome.
const MostAppeals = 4

// Facts looks at an appeal whose signatures and evidence were verified. The evidence is not
// looked at if there is nothing to appeal against.
func (w *AppealWorld) Facts(f AppealFile, a Appeal, receive Millis) AppealFacts {
	b := newBrief(w, f.Record.Station, a.Partner)
	facts := AppealFacts{
		Station: f.Record.Station, ID: f.Record.ID(w.Network), Receive: int64(receive),
		Subject: a.Subject(f.Record.Station), Way: b.way(), Located: b.place.Located, Slack: b.place.Slack,
	}
	var provision Provision
	if provision, facts.Below = w.Before[facts.Subject]; !facts.Below {
		return facts
	}
	for _, c := range provision.Clues {
		if !decidable(facts.Subject, c.Name) {
			facts.Undecided++
		}
	}
	facts.Useless += b.takeAppointments(f)
	b.takeReceipts(f)
	for _, s := range f.Evidence {
		if !b.take(s) {
			facts.Useless++
		}
	}
	facts.Late = b.late
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
	heard   map[radio.Station][]heardFrame
	values  chainValues

	received map[radio.RecordID]Millis // by the receipts
	late     int64
}

// sentFrame is a frame as its own station reports it.
type sentFrame struct {
	slot Slot
	OnAir
}

// heardFrame is an observation in a record that was received then.
type heardFrame struct {
	Observation
	received Millis
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
		heard: map[radio.Station][]heardFrame{}, received: map[radio.RecordID]Millis{},
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
		b.takeBatch(s, w)
		return true
	case radio.KindAudit:
		return true // taken before
	case radio.KindBeacon:
		return s.Station == b.station && b.takeBeacon(s)
	case radio.KindDiscovery:
		return b.takeDiscovery(s)
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
func (b *brief) takeBeacon(s radio.Signed) bool {
	c, err := ParseBeacon(s.Body)
	if err != nil || c.CheckRange() != nil {
		return false
	}
	value, ok := b.values.at(c.Slot)
	if !ok || VerifyOpening(Lot{b.w.Network, b.station, value}, c.Slot, c.Signature) != nil {
		return false
	}
	if b.isInTime(s, c.Slot) {
		b.sent[TagOf(c.Signature)] = sentFrame{c.Slot, c.OnAir}
	}
	return true
}

func (b *brief) takeDiscovery(s radio.Signed) bool {
	d, err := ParseDiscovery(s.Body)
	if err != nil || d.CheckRange() != nil {
		return false
	}
	switch {
	case !b.isInTime(s, d.Slot):
	case s.Station == b.station:
		b.sent[d.Random] = sentFrame{d.Slot, d.OnAir}
	default:
		b.others[d.Random] = othersFrame{s.Station, d.Slot}
	}
	return true
}
