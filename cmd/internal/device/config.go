package device

import (
	"errors"
	"fmt"
	"time"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// Class says when a device listens.
type Class uint8

// The classes there are here. Class A listens after its uplinks only, class C
// whenever it does not send.
const (
	ClassA Class = iota
	ClassC
)

// String gives "A" or "C".
func (c Class) String() string {
	if c == ClassC {
		return "C"
	}
	return "A"
}

// Config says what a device is. Zero values mean the defaults named, but for
// credentials and plan, which it must have.
type Config struct {
	Credentials otaa.Credentials
	Plan        radio.Plan
	Class       Class
	Rate        int           // number of an uplink data rate of LoRa at 125 kHz
	EIRP        radio.DBm     // default 14 dBm, or what the region allows if that is less
	Period      time.Duration // mean time between new uplinks, default 20 s, at least 1 s
	Confirmed   float64       // share of uplinks that ask for an acknowledgement, 0 to 1
	JoinSpread  time.Duration // the first join request comes within this, default 10 s
	Seed        uint64        // of the device's own random numbers
}

const (
	defaultEIRP   radio.DBm = 1400
	defaultPeriod           = 20 * time.Second
	defaultSpread           = 10 * time.Second
	shortestPause           = time.Second
)

func (c Config) withDefaults() Config {
	if c.EIRP == 0 {
		c.EIRP = defaultEIRP
		for _, f := range c.Plan.MultiSF {
			if most, ok := c.Plan.MaxEIRP(f); ok {
				c.EIRP = min(c.EIRP, most)
			}
		}
	}
	if c.Period == 0 {
		c.Period = defaultPeriod
	}
	if c.JoinSpread == 0 {
		c.JoinSpread = defaultSpread
	}
	return c
}

// Validate says what a device cannot be.
func (c Config) Validate() error {
	c = c.withDefaults()
	switch {
	case c.Plan.IsZero():
		return errors.New("a device needs a region")
	case c.Class > ClassC:
		return fmt.Errorf("class %d: want A or C", c.Class)
	case c.Period < shortestPause || c.JoinSpread < 0:
		return fmt.Errorf("period %v, join spread %v: want at least %v and 0", c.Period, c.JoinSpread, shortestPause)
	case !(c.Confirmed >= 0 && c.Confirmed <= 1):
		return fmt.Errorf("a share of %v confirmed uplinks: want 0 to 1", c.Confirmed)
	}
	return c.validateRadio()
}

func (c Config) validateRadio() error {
	rate, ok := c.Plan.DataRate(radio.Up, c.Rate)
	if !ok {
		return fmt.Errorf("%s has no uplink data rate %d", c.Plan.Name, c.Rate)
	}
	if _, ok := otaa.AnswerRate(c.Plan, rate); !ok {
		return fmt.Errorf("data rate %d (%v) of %s: want LoRa at 125 kHz", c.Rate, rate, c.Plan.Name)
	}
	for _, f := range c.Plan.MultiSF {
		if _, ok := c.Plan.SubBand(f, c.EIRP); !ok {
			return fmt.Errorf("%v at %v is more than %s allows", c.EIRP, f, c.Plan.Name)
		}
	}
	return nil
}
