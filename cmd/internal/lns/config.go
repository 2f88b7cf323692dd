package lns

import (
	"errors"
	"fmt"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// Config says whom a server serves. Zero values mean the defaults named; there must
// be a plan.
type Config struct {
	Plan      radio.Plan
	Devices   []Registration
	Network   lorawan.NetID
	Seed      uint64
	Collect   time.Duration // how long it waits for further gateways, default 200 ms
	RXDelay   uint8         // seconds to RX1, default 1, at most 15
	Downlinks float64       // share of uplinks that are answered with application data, 0 to 1
	ClassC    time.Duration // mean time between downlinks to a class C device, default 30 s
	RX2Rate   int           // number of the downlink data rate of RX2 that devices are told when they join; default the region's
}

// Registration is a device that may join.
type Registration struct {
	Credentials otaa.Credentials
	ClassC      bool
}

const (
	defaultCollect = 200 * time.Millisecond
	defaultClassC  = 30 * time.Second
	maxDevices     = 1 << 16
)

func (c Config) withDefaults() Config {
	if c.Collect == 0 {
		c.Collect = defaultCollect
	}
	if c.RXDelay == 0 {
		c.RXDelay = 1
	}
	if c.ClassC == 0 {
		c.ClassC = defaultClassC
	}
	if c.RX2Rate == 0 {
		c.RX2Rate = c.Plan.RX2.DataRate
	}
	return c
}

// Validate says what a server cannot do.
func (c Config) Validate() error {
	switch {
	case c.Plan.IsZero():
		return errors.New("a network server needs a region")
	case len(c.Devices) > maxDevices:
		return fmt.Errorf("%d devices: want at most %d", len(c.Devices), maxDevices)
	case c.Collect < 0 || c.Collect > time.Second:
		return fmt.Errorf("collecting for %v: want at most 1s", c.Collect)
	case c.RXDelay > 15:
		return fmt.Errorf("RX1 after %d s: want 1 to 15", c.RXDelay)
	case !(c.Downlinks >= 0 && c.Downlinks <= 1):
		return fmt.Errorf("a share of %v downlinks: want 0 to 1", c.Downlinks)
	case c.ClassC < 0:
		return fmt.Errorf("a downlink every %v: want more than 0", c.ClassC)
	}
	for _, number := range []int{c.Plan.RX2.DataRate, c.withDefaults().RX2Rate} {
		if _, err := c.second(number); err != nil {
			return err
		}
	}
	return nil
}

// second is a data rate for RX2.
func (c Config) second(number int) (radio.LoRa, error) {
	m, _ := c.Plan.DataRate(radio.Down, number)
	rate, ok := m.(radio.LoRa)
	if !ok || number < 0 || number > 15 {
		return radio.LoRa{}, fmt.Errorf("RX2 of %s with data rate %d, which is no LoRa", c.Plan.Name, number)
	}
	return rate, nil
}
