package witness

import "hexspot/radio"

// sighting is a frame that was heard, on its way to an observation.
type sighting struct {
	observation Observation
	at          radio.Timestamp // end of the frame
	dated       bool            // Heard is known
}

// sightingOf takes over what the concentrator said.
func sightingOf(frame Frame, e Heard) sighting {
	u := e.Uplink
	s := sighting{at: u.Timestamp, dated: !u.ReceivedAt.IsZero()}
	s.observation = Observation{
		Frame: frame, Frequency: u.Frequency, SF: uint32(u.Modulation.(radio.LoRa).SF), // Screen has looked
		ChannelRSSI: u.RSSI, SNR: u.SNR, Offset: u.FrequencyOffset,
		HasSignalRSSI: u.HasSignalRSSI, Counter: uint32(u.Timestamp.Micros), Copies: 1, HasFine: e.HasFine,
	}
	if u.HasSignalRSSI {
		s.observation.SignalRSSI = u.SignalRSSI
	}
	if e.HasFine {
		s.observation.Fine = e.Fine
	}
	if s.dated {
		s.observation.Heard = MillisOf(u.ReceivedAt)
	}
	return s
}

// date works out when the frame was heard from an instant whose time is known. It
// is false if the concentrator has been started anew since.
func (s *sighting) date(at radio.Timestamp, now Millis) bool {
	ago, ok := at.Sub(s.at)
	if !ok {
		return false
	}
	s.observation.Heard = MillisOf(now.Time().Add(-ago))
	s.dated = true
	return true
}

// strength is what copies are compared by.
func (o Observation) strength() radio.DBm {
	if o.HasSignalRSSI {
		return o.SignalRSSI
	}
	return o.ChannelRSSI
}

// merge makes one observation of two receptions of a tag in a slot: the stronger,
// of equal ones the earlier, with both counted.
func (o Observation) merge(p Observation) Observation {
	copies := o.Copies + p.Copies
	if p.strength() > o.strength() || p.strength() == o.strength() && p.Heard < o.Heard {
		o = p
	}
	o.Copies = copies
	return o
}
