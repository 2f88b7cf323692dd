package witness

import (
	"time"

	"hexspot/radio"
)

// flightStage is what a frame waits for.
type flightStage uint8

const (
	flightSigning   flightStage = iota + 1 // the opening's signature
	flightSpooling                         // the record that goes first is on disk
	flightReady                            // the start of emission
	flightSubmitted                        // what became of it
)

// flight is the one frame on its way to the air.
type flight struct {
	id        uint32
	frame     Frame
	stage     flightStage
	drawn     Drawn // as it will be sent: EIRP is what the level radiates
	conducted radio.DBm
	counter   uint32          // at the start of emission, once that is known
	sent      Millis          // the same by the host's clock; of a discovery beacon first when it was announced
	lot       Lot             // of a beacon
	signature radio.Signature // of a beacon
}

// launch begins a flight, or says why there can be none.
func (s *step) launch(t FrameType, d Drawn) Reason {
	conducted, ok := s.site.ConductedLevel(d.EIRP, s.plan.BeaconMaxEIRP, s.levels)
	if !ok {
		return NoLevel
	}
	d.EIRP = s.site.EIRP(conducted)
	if !s.fits(d) {
		return SlotOver
	}
	s.flights++
	s.flight = &flight{id: s.flights, frame: Frame{Type: t}, stage: flightSigning, drawn: d, conducted: conducted}
	return 0
}

// fits says whether the frame, sent now or when it is to start, ends in its slot.
func (s *step) fits(d Drawn) bool {
	airtime := Millis((Modulation(d.SF).TimeOnAir(FrameSize) + time.Millisecond - 1) / time.Millisecond)
	return max(s.now, d.Start)+airtime <= s.timing.End(d.Slot)
}

// land ends the flight.
func (s *step) land(reason Reason, detail string) {
	f := s.flight
	s.last = Outcome{f.frame.Type, f.drawn.Slot, reason, detail}
	s.flight = nil
	if f.frame.Type == FrameBeacon && reason != 0 {
		s.skip(reason, 1)
	}
	if f.frame.Type == FrameDiscovery {
		if reason != 0 {
			f.sent = 0
		}
		s.want(DiscoveryEnded{f.discovery(), s.last})
	}
}

// expire ends a flight that was not submitted in its slot, or of which the radio has
// said nothing for a slot more.
func (s *step) expire() {
	f := s.flight
	switch {
	case f == nil:
	case f.stage != flightSubmitted && s.now >= s.timing.End(f.drawn.Slot):
		s.land(SlotOver, "")
	case f.stage == flightSubmitted && s.now >= s.timing.End(f.drawn.Slot+1):
		if f.frame.Type == FrameBeacon {
			s.overdue = f
		}
		s.land(NoAnswer, "")
	}
}

// late is the overdue beacon of that number, nil if there is none.
func (s *step) late(id uint32) *flight {
	if f := s.overdue; f != nil && f.id == id {
		return f
	}
	return nil
}

// submit hands the frame to the downlink queue when its time has come.
func (s *step) submit() {
	f := s.flight
	if f == nil || f.stage != flightReady || s.now < f.drawn.Start {
		return
	}
	if reason := s.blocked(s.now); reason != 0 {
		s.land(reason, "")
		return
	}
	if !s.fits(f.drawn) {
		s.land(SlotOver, "")
		return
	}
	f.stage = flightSubmitted
	s.want(Submit{ID: f.id, Downlink: f.downlink(), Latest: s.timing.End(f.drawn.Slot)})
}

func (f *flight) downlink() radio.Downlink {
	return radio.Downlink{
		PHYPayload: f.frame.Append(nil),
		Frequency:  f.drawn.Frequency,
		EIRP:       f.drawn.EIRP,
		Modulation: Modulation(f.drawn.SF),
	}
}

// onAir is the flight as planned, and as it was once the emission is known.
func (f *flight) onAir() OnAir {
	return OnAir{Frequency: f.drawn.Frequency, SF: uint32(f.drawn.SF), Conducted: f.conducted, Counter: f.counter, Sent: f.sent}
}

func (f *flight) beacon() Beacon {
	return Beacon{Slot: f.drawn.Slot, Signature: f.signature, OnAir: f.onAir()}
}

func (f *flight) discovery() Discovery {
	return Discovery{Slot: f.drawn.Slot, Random: f.frame.Tag, OnAir: f.onAir()}
}
