package ether

import (
	"fmt"

	"hexspot/radio"
)

// None, as Shadowing or Fading, means that there is none of it.
const None radio.DB = -1

// Config is the radio weather of a place: log-distance path loss with log-normal
// shadowing. The zero value is a town of low houses at 868 MHz.
type Config struct {
	Seed uint64

	Exponent  float64  // of distance beyond Reference, 1.5 to 6; zero: 3.5
	Reference float64  // metres, up to which free space is assumed; zero: 100
	Loss      radio.DB // at Reference; zero: 85.50 dB
	Shadowing radio.DB // standard deviation over pairs of places, stays for a pair; zero: 7 dB
	Fading    radio.DB // standard deviation over frames; zero: 2 dB
}

// The zero Config: 120.5 dB at one kilometre and 35 dB a decade.
const (
	defaultExponent           = 3.5
	defaultReference          = 100
	defaultLoss      radio.DB = 8550
	defaultShadowing radio.DB = 700
	defaultFading    radio.DB = 200
	mostSpread       radio.DB = 2000
)

// Validate refuses what no place on Earth is like.
func (c Config) Validate() error {
	c = c.withDefaults()
	switch {
	case !(c.Exponent >= 1.5 && c.Exponent <= 6):
		return fmt.Errorf("ether: path loss exponent %v: want 1.5 to 6", c.Exponent)
	case !(c.Reference >= 1 && c.Reference <= 10_000):
		return fmt.Errorf("ether: reference distance %v m: want 1 to 10000", c.Reference)
	case c.Loss < 0 || c.Loss > 20_000:
		return fmt.Errorf("ether: loss at the reference distance %v: want 0 to 200 dB", c.Loss)
	case !validSpread(c.Shadowing):
		return fmt.Errorf("ether: shadowing %v: want None, or up to 20 dB", c.Shadowing)
	case !validSpread(c.Fading):
		return fmt.Errorf("ether: fading %v: want None, or up to 20 dB", c.Fading)
	}
	return nil
}

func validSpread(d radio.DB) bool { return d == None || d > 0 && d <= mostSpread }

func (c Config) withDefaults() Config {
	if c.Exponent == 0 {
		c.Exponent = defaultExponent
	}
	if c.Reference == 0 {
		c.Reference = defaultReference
	}
	if c.Loss == 0 {
		c.Loss = defaultLoss
	}
	if c.Shadowing == 0 {
		c.Shadowing = defaultShadowing
	}
	if c.Fading == 0 {
		c.Fading = defaultFading
	}
	return c
}

// spread is a standard deviation in dB as a number.
func spread(d radio.DB) float64 { return max(d.Float(), 0) }
