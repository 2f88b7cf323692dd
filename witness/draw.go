package witness

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"hexspot/radio"
)

// Lot is what a station's draws at one slot come from.
type Lot struct {
	Network radio.Network
	Station radio.Station
	Entropy Entropy // of the slot
}

// Draw is D(label, k) of protocol hexspot/1, "Draws". Labels are slot, time,
// channel, rate and power.
func (l Lot) Draw(label string) uint64 {
	h := sha256.New()
	h.Write([]byte("hexspot/1/draw/" + label + "\x00"))
	h.Write(l.Network[:])
	h.Write(l.Entropy[:])
	h.Write(l.Station.Bytes())
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// DueSlot is the slot in which a station owes its beacon of the window that starts
// at k0; the lot is that of k0.
func (t Timing) DueSlot(k0 Slot, l Lot) Slot {
	return k0 + 1 + Slot(l.Draw("slot")%uint64(t.WindowSlots-t.GuardSlots-1))
}

// rates and powerSteps are the tables of protocol hexspot/1, "Draws".
var (
	rates      = [...]radio.SpreadingFactor{10, 10, 9, 8}
	powerSteps = [...]radio.DB{0, 0, 300, 600}
)

// Drawn is how a station has to send its beacon.
type Drawn struct {
	Slot      Slot
	Start     Millis // of emission, earliest
	Channel   int    // number in the plan's beacon channels
	Frequency radio.Hertz
	SF        radio.SpreadingFactor
	Step      radio.DB  // below the cap
	EIRP      radio.DBm // the cap less the step
}

var errNoChannels = errors.New("the channel plan has no beacon channels")

// DrawBeacon draws the beacon of a due slot s; the lot is that of s.
func (t Timing) DrawBeacon(s Slot, l Lot, plan radio.Plan) (Drawn, error) {
	n := uint64(len(plan.BeaconChannels))
	if n == 0 {
		return Drawn{}, errNoChannels
	}
	channel := int(l.Draw("channel") % n)
	step := powerSteps[l.Draw("power")%uint64(len(powerSteps))]
	return Drawn{
		Slot:      s,
		Start:     t.Start(s) + t.Lead + Millis(l.Draw("time")%uint64(t.Spread)),
		Channel:   channel,
		Frequency: plan.BeaconChannels[channel],
		SF:        rates[l.Draw("rate")%uint64(len(rates))],
		Step:      step,
		EIRP:      plan.BeaconMaxEIRP - radio.DBm(step),
	}, nil
}

// Modulation is that of every beacon: 125 kHz, 4/5, explicit header, CRC, 8
// symbols of preamble, IQ not inverted because gateways hear nothing else.
func Modulation(sf radio.SpreadingFactor) radio.LoRa {
	return radio.LoRa{SF: sf, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
}
