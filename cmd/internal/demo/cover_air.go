package demo

import (
	"hexspot/cmd/internal/proof"
	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/radio/ether"
)

// enter puts the attackers into the air and listens to what becomes of beacons there.
func (c *cover) enter(air *emulator.Air, e *ears) {
	c.foes.enter(air)
	e.beacons = func(hotspot radio.EUI, x ether.Arrival, frame emulator.Frame, good bool) bool {
		by, foe := c.foes.source(x.Signal.From)
		if _, chip := e.hotspots[x.Signal.From]; !foe && (!chip || !proof.IsBeacon(x.Signal.Payload)) {
			return false
		}
		if good {
			c.took(hotspot, by, x, frame, air)
		}
		return true
	}
}

// took notes a beacon that a hotspot's chip has taken.
func (c *cover) took(hotspot radio.EUI, by proof.Source, x ether.Arrival, frame emulator.Frame, air *emulator.Air) {
	m, _ := frame.Modulation.(radio.LoRa)
	t := proof.Taking{
		Station: c.byEUI[hotspot].station, By: by, Payload: frame.Payload, Frequency: frame.Frequency, SF: m.SF,
		RSSI: frame.RSSI, SNR: frame.SNR, At: air.When(x.End),
	}
	c.proof.Took(t)
	c.record.Took(t)
}

// sent notes a beacon that a hotspot's chip has sent.
func (c *cover) sent(hotspot radio.EUI, t emulator.Transmission) {
	h := c.byEUI[hotspot]
	c.proof.Sent(h.station, t)
	c.record.Emitted(h.station, t)
	c.foes.overhear(hotspot, t)
}
