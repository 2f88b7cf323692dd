package witness

import "hexspot/radio"

// BeaconerEvent is what happens to a Beaconer.
type BeaconerEvent interface{ apply(*step) }

// PlanSet says which channel plan holds and which conducted levels the radio is
// calibrated for. The zero Plan is none.
type PlanSet struct {
	Plan   radio.Plan
	Levels []radio.DBm
}

// SiteSet says what site the station has signed; nil: none that can be read.
type SiteSet struct{ Site *Placement }

// RegistrySet is what the network says of the station's site in its registry: without a
// site, that it has none. The zero RegistrySet is that it has said nothing.
type RegistrySet struct {
	Known bool
	Site  *Placement
}

// ClockSet says whether the host trusts its clock.
type ClockSet struct{ Trusted bool }

// ClockMoved says that the host's clock was set: it shows so much more than time has passed.
// The pauses between discovery beacons and the demand for them go by time that has passed.
type ClockMoved struct{ By Millis }

// ValueSeen says that a value has come, which the chains have accepted.
type ValueSeen struct {
	Slot  Slot
	Fresh bool // published just now, not retained from before
}

// OpeningSigned answers SignOpening.
type OpeningSigned struct {
	ID        uint32
	Signature radio.Signature
}

// RecordSpooled says that what SpoolOpening or SpoolDiscovery gave is on disk.
type RecordSpooled struct{ ID uint32 }

// Failed says that signing or spooling has failed.
type Failed struct {
	ID    uint32
	Cause string // in words
}

// Answered is the downlink queue's answer to Submit.
type Answered struct {
	ID     uint32
	Status radio.TxStatus
}

// Ended is how an accepted Submit ended.
type Ended struct {
	ID       uint32
	Emission radio.Emission
	Sent     Millis // start of emission by the host clock, if there was one
}

// DiscoverUntil is the owner's demand for discovery beacons until a time. A time
// that is past ends it.
type DiscoverUntil struct{ Time Millis }

func (e PlanSet) apply(s *step)       { s.plan, s.levels = e.Plan, e.Levels }
func (e SiteSet) apply(s *step)       { s.site = e.Site }
func (e RegistrySet) apply(s *step)   { s.registry = e }
func (e ClockSet) apply(s *step)      { s.clock.set = e.Trusted }
func (e ClockMoved) apply(s *step)    { s.discover.move(e.By) }
func (e DiscoverUntil) apply(s *step) { s.discover.until = e.Time }

func (e ValueSeen) apply(s *step) {
	if s.timed {
		s.clock.see(s.now, s.timing.Start(e.Slot), e.Fresh)
	}
}

// flying is the flight of that number in that stage, nil if there is none.
func (s *step) flying(id uint32, at flightStage) *flight {
	if f := s.flight; f != nil && f.id == id && f.stage == at {
		return f
	}
	return nil
}

func (e OpeningSigned) apply(s *step) {
	if f := s.flying(e.ID, flightSigning); f != nil {
		f.signature, f.frame = e.Signature, BeaconFrame(f.lot, e.Signature)
		f.stage = flightSpooling
		s.want(SpoolOpening{f.id, f.beacon(), f.frame.Tag})
	}
}

func (e RecordSpooled) apply(s *step) {
	if f := s.flying(e.ID, flightSpooling); f != nil {
		f.stage = flightReady
	}
}

func (e Failed) apply(s *step) {
	if f := s.flight; f != nil && f.id == e.ID && f.stage < flightReady {
		s.land(Faulty, e.Cause)
	}
}

func (e Answered) apply(s *step) {
	if s.flying(e.ID, flightSubmitted) == nil {
		return
	}
	switch e.Status {
	case radio.TxOK:
	case radio.TxDutyCycleOverflow:
		s.land(DutyCycle, "")
	default:
		s.land(Refused, e.Status.String())
	}
}

func (e Ended) apply(s *step) {
	if f := s.late(e.ID); f != nil {
		s.overdue = nil
		if e.Emission.Outcome == radio.Emitted { // others have heard it
			s.report(f, e)
		}
		return
	}
	f := s.flying(e.ID, flightSubmitted)
	if f == nil {
		return
	}
	switch e.Emission.Outcome {
	case radio.Emitted:
		s.emitted(f, e)
	case radio.Blocked:
		s.land(ChannelBusy, e.Emission.Cause)
	default:
		s.land(NotEmitted, e.Emission.Cause)
	}
}

func (s *step) emitted(f *flight, e Ended) {
	f.show(e)
	s.land(0, "")
	if f.frame.Type == FrameBeacon {
		s.want(SpoolReport{f.id, f.beacon()})
	}
}

// report has a beacon reported that was given up before the radio said that it was sent.
func (s *step) report(f *flight, e Ended) {
	f.show(e)
	if s.skipped[NoAnswer]--; s.skipped[NoAnswer] == 0 {
		delete(s.skipped, NoAnswer)
	}
	s.last = Outcome{f.frame.Type, f.drawn.Slot, 0, ""}
	s.want(SpoolReport{f.id, f.beacon()})
}

// show fills in what only the emission shows.
func (f *flight) show(e Ended) {
	f.conducted, f.counter, f.sent = e.Emission.Conducted, uint32(e.Emission.Start.Micros), e.Sent
}
