package network

import (
	"errors"
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// CoverageConfig is the section of proof of coverage; the zero one leaves it out.
type CoverageConfig struct {
	Enabled       bool     `toml:"enabled"`
	Timing        string   `toml:"timing"`         // "default", which is the default, or "demo"; never changed in a network
	Registered    bool     `toml:"registered"`     // take reports only of stations with a site in the book
	OtherNetworks []string `toml:"other_networks"` // whose reports are refused as such: 16 hexadecimal digits each

	// Schedule, if it is there, takes the place of Timing: a network that lasts for
	// minutes may have epochs of seconds. No file can set it.
	Schedule *witness.Schedule `toml:"-"`
}

// schedule is the row of the protocol's table.
func (c CoverageConfig) schedule() (witness.Schedule, error) {
	if c.Schedule != nil {
		return *c.Schedule, c.Schedule.Validate()
	}
	if c.Timing == "" {
		return witness.ScheduleNamed("default")
	}
	return witness.ScheduleNamed(c.Timing)
}

func (c CoverageConfig) others() (list []radio.Network, err error) {
	for _, text := range c.OtherNetworks {
		n, err := radio.ParseNetwork(text)
		if err != nil {
			return nil, fmt.Errorf("other_networks: %w", err)
		}
		list = append(list, n)
	}
	if len(list) > ingest.MaxOthers {
		return nil, fmt.Errorf("other_networks: %d, at most %d", len(list), ingest.MaxOthers)
	}
	return list, nil
}

// Validate names every wrong value at once.
func (c CoverageConfig) Validate() error {
	_, err := c.schedule()
	if err != nil {
		err = fmt.Errorf("timing: %w", err)
	}
	_, others := c.others()
	return errors.Join(err, others)
}
