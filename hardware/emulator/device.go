package emulator

import (
	"time"

	"hexspot/hardware"
	"hexspot/hardware/corecell"
)

// device is a chip as a CoreCell's microcontroller sees it.
type device struct{ chip *Chip }

// Device is the chip for corecell.Serve: any program that speaks the bridge's
// protocol can use it.
func (c *Chip) Device() corecell.Device { return device{c} }

// SPI runs one frame. A strict chip fails the one that no driver should send.
func (d device) SPI(target hardware.Target, out, in []byte) corecell.Status {
	d.chip.mu.Lock()
	defer d.chip.mu.Unlock()
	if err := d.chip.transfer(time.Now(), target, out, in); err != nil {
		d.chip.config.Log.Warn("refusing an SPI frame", "chip", d.chip.config.EUI, "error", err)
		return corecell.StatusFailed
	}
	return corecell.StatusOK
}

// GPIO follows the pins that power and reset the chip; others do nothing.
func (d device) GPIO(port, pin uint8, high bool) bool {
	switch (corecell.Pin{Port: port, Number: pin}) {
	case corecell.PinPower:
		d.chip.power(high)
	case corecell.PinReset:
		d.chip.hold(high)
	case corecell.PinSX1261Reset:
		if !high {
			d.chip.resetListener()
		}
	}
	return true
}

// Temperature is the board's, as configured.
func (d device) Temperature() (celsius float64, ok bool) { return d.chip.config.Temperature, true }

// power switches the chip's supply; coming back is a reset.
func (c *Chip) power(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on != c.powered {
		c.reset(time.Now())
		c.listener.reset()
	}
	c.powered = on
}

// hold drives the reset line. What the chip is doing ends when it becomes active, a
// transmission too; the chip starts anew when it is released.
func (c *Chip) hold(active bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held != active {
		c.reset(time.Now())
	}
	c.held = active
}
