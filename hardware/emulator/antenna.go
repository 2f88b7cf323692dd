package emulator

import (
	"slices"

	"hexspot/radio"
	"hexspot/radio/ether"
)

// antenna is what joins a chip to an Air.
type antenna struct {
	air     *Air
	chip    *Chip
	id      ether.ID
	gain    radio.DB
	signals [2]ether.SignalID // the latest of each chain; the chip calls one at a time
}

// Join puts a chip into the air at a place, with the gain of its antenna and the
// noise figure of its board. From then on the air hears what the chip emits, with
// the power of the board's gain table, and the chip hears what arrives. It takes the
// place of a Watcher.
func (a *Air) Join(c *Chip, s ether.Station) ether.ID {
	s.Concentrator = true
	n := &antenna{air: a, chip: c, gain: s.Gain}
	a.mu.Lock()
	n.id = a.ether.Add(s)
	a.receivers[n.id] = n
	a.mu.Unlock()
	c.Watch(n)
	return n.id
}

// Began puts an emission of the chip on the air.
func (n *antenna) Began(t Transmission) {
	s := ether.Signal{From: n.id, Chain: uint8(t.Chain), Start: n.air.Since(t.StartAt), Frequency: t.Frequency,
		EIRP: t.Conducted + radio.DBm(n.gain), Payload: t.Payload, Private: t.Private}
	if _, endless := t.Modulation.(Carrier); !endless {
		s.Modulation = t.Modulation
	}
	id, err := n.air.Transmit(s)
	if err != nil {
		n.chip.config.Log.Warn("an emission is not on the air", "chip", n.chip.config.EUI, "error", err)
	}
	n.signals[t.Chain] = id
}

// Cut takes it off again.
func (n *antenna) Cut(t Transmission) {
	n.air.Cut(n.signals[t.Chain], n.air.Since(t.StartAt.Add(t.Duration)))
}

// receive gives the chip what its modems would.
func (n *antenna) receive(x ether.Arrival) error {
	f, ok := n.air.Frame(x)
	if !ok {
		return nil
	}
	return n.chip.TryInject(f)
}

// Frame is what a chip is given of an arrival: a frame that was heard, or damaged one
// that was lost after a modem had locked on it. It is false if there is nothing.
func (a *Air) Frame(x ether.Arrival) (f Frame, ok bool) {
	lost := x.Locked && (x.Fate == ether.Collided || x.Fate == ether.Broken)
	if x.Fate != ether.Heard && !lost {
		return Frame{}, false
	}
	f = Frame{Payload: x.Signal.Payload, Frequency: x.Signal.Frequency, Modulation: x.Signal.Modulation, CRC: radio.CRCOK,
		RSSI: x.RSSI, SNR: min(x.SNR, snrMost), Private: x.Signal.Private, End: a.When(x.End)}
	if lost {
		f.CRC, f.Payload = radio.CRCBad, damaged(f.Payload)
	}
	if !carriesCRC(f.Modulation) {
		f.CRC = radio.CRCNone
	}
	return f, true
}

// snrMost is the largest SNR that concentrators were seen to report.
const snrMost radio.DB = 1300

func damaged(payload []byte) []byte {
	payload = slices.Clone(payload)
	if len(payload) > 0 {
		payload[len(payload)/2] ^= 0x55
	}
	return payload
}

func carriesCRC(m radio.Modulation) bool {
	switch m := m.(type) {
	case radio.LoRa:
		return !m.NoCRC
	case radio.FSK:
		return !m.NoCRC
	}
	return false
}
