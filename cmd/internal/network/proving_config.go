package network

import (
	"cmp"
	"errors"
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// CoverageConfig is the section of proof of coverage; the zero one leaves it out.
type CoverageConfig struct {
	Enabled       bool     `toml:"enabled"`
	Timing        string   `toml:"timing"`         // "default", which is the default, or "demo"; never changed in a network, whose book keeps it
	Registered    bool     `toml:"registered"`     // take reports only of stations with a site in the book
	Book          string   `toml:"book"`           // of sites: sqlite:PATH or postgres://HOST/DATABASE; empty: book.db in the data directory
	OtherNetworks []string `toml:"other_networks"` // whose reports are refused as such: 16 hexadecimal digits each
	Rules         string   `toml:"rules"`          // "hexspot-1", which is the default, or "helium-2026-05"
	Deny          string   `toml:"deny"`           // file of stations and pairs that do not count, below the data directory; default "deny.txt"
	VerifyWorkers int      `toml:"verify_workers"` // goroutines that verify an epoch; default 1
	KeepEpochs    int      `toml:"keep_epochs"`    // whose verdicts are kept; default: those of 30 days
	FirstSites    int      `toml:"first_sites"`    // first sites of stations that one address may send in an hour; default 50
	MostSites     int      `toml:"most_sites"`     // stations with a site; default 1,000,000

	// Schedule, if it is there, takes the place of Timing: a network that lasts for
	// minutes may have epochs of seconds. No file can set it.
	Schedule *witness.Schedule `toml:"-"`
}

// parameters are those of a set of rules, the default of the configuration first, then
// those that earlier epochs may have been anchored with.
func (c CoverageConfig) parameters() ([]*witness.Parameters, error) {
	var list []*witness.Parameters
	for _, name := range [...]string{cmp.Or(c.Rules, ruleSets[0]), ruleSets[0], ruleSets[1]} {
		set, err := witness.SetNamed(name)
		if err != nil {
			return nil, err
		}
		list = append(list, witness.DefaultParameters(set))
	}
	return list, nil
}

// ruleSets are those that a network can have, the default first.
var ruleSets = [...]string{"hexspot-1", "helium-2026-05"}

// keptDays is how long verdicts are kept by default.
const keptDays = 30

// keepEpochs is how many results are kept.
func (c CoverageConfig) keepEpochs(t witness.Timing) int {
	if c.KeepEpochs > 0 {
		return c.KeepEpochs
	}
	const day = 24 * 60 * 60 * 1000
	return int(max(1, keptDays*day/(int64(t.EpochSlots)*int64(t.Slot))))
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
	_, rules := c.parameters()
	if rules != nil {
		rules = fmt.Errorf("rules: %w", rules)
	}
	return errors.Join(err, others, rules, c.checkVerifying())
}

// maxVerifyWorkers is more than a machine that also serves has use for.
const maxVerifyWorkers = 256

func (c CoverageConfig) checkVerifying() error {
	var faults []error
	if c.VerifyWorkers < 0 || c.VerifyWorkers > maxVerifyWorkers {
		faults = append(faults, fmt.Errorf("verify_workers: %d, want 1 to %d, or 0 for the default", c.VerifyWorkers, maxVerifyWorkers))
	}
	if c.KeepEpochs < 0 {
		faults = append(faults, fmt.Errorf("keep_epochs: %d is below zero", c.KeepEpochs))
	}
	if c.FirstSites < 0 || c.FirstSites > mostFirstSites {
		faults = append(faults, fmt.Errorf("first_sites: %d, want 1 to %d, or 0 for %d", c.FirstSites, mostFirstSites, defaultFirstSites))
	}
	if c.MostSites < 0 {
		faults = append(faults, fmt.Errorf("most_sites: %d is below zero", c.MostSites))
	}
	return errors.Join(faults...)
}
