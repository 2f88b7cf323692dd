package network

import (
	_ "embed"
	"errors"
	"fmt"

	"hexspot/cmd/internal/settings"
	"hexspot/gateway/broker"
)

// DefaultText is the commented default configuration. Decoded, it equals the
// zero Config but for what it spells out.
//
//go:embed hexnet.toml
var DefaultText string

// Config is the file of `hexnet serve`, useful at zero.
type Config struct {
	Broker  broker.Config `toml:"broker"`
	Journal JournalConfig `toml:"journal"`

	Coverage CoverageConfig `toml:"coverage"`
	API      APIConfig      `toml:"api"`
}

// Load reads and checks a configuration; an empty path is the default one.
func Load(path string) (Config, error) {
	var c Config
	if path == "" {
		return c, nil
	}
	if err := settings.Read(path, &c); err != nil {
		return Config{}, err
	}
	if err := c.Validate(); err != nil {
		return Config{}, fmt.Errorf("the configuration %s: %w", path, err)
	}
	return c, nil
}

// Validate names every wrong value at once.
func (c Config) Validate() error {
	var faults []error
	if err := c.Broker.Validate(); err != nil {
		faults = append(faults, fmt.Errorf("broker: %w", err))
	}
	if err := c.Journal.Validate(); err != nil {
		faults = append(faults, fmt.Errorf("journal: %w", err))
	}
	if err := c.Coverage.Validate(); err != nil {
		faults = append(faults, fmt.Errorf("coverage: %w", err))
	}
	if err := c.API.Validate(); err != nil {
		faults = append(faults, fmt.Errorf("api: %w", err))
	}
	if c.API.Listen != "" && !c.Coverage.Enabled {
		faults = append(faults, errors.New("api: listen is set, but all that is served there is of proof of coverage: set coverage.enabled"))
	}
	return errors.Join(faults...)
}
