package hotspot

import (
	"errors"
	"fmt"
	"log/slog"

	"hexspot/cmd/internal/settings"
	"hexspot/gateway/exec"
	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/hardware"
	"hexspot/radio"
)

// Config is the file of `hexspot run`.
type Config struct {
	Region       string         `toml:"region"` // empty: receive only
	Concentrator Concentrator   `toml:"concentrator"`
	Antenna      Antenna        `toml:"antenna"`
	Transmit     Transmit       `toml:"transmit"`
	Station      Station        `toml:"station"`
	Spool        spool.Config   `toml:"spool"`
	Coverage     CoverageConfig `toml:"coverage"`
	Commands     exec.Commands  `toml:"commands"` // what networks may have run; empty: nothing
	Log          Log            `toml:"log"`
	Outputs      []mqtt.Config  `toml:"output"`
}

// Concentrator says where the radio is and what it is.
type Concentrator struct {
	Bus           string `toml:"bus"`
	Board         string `toml:"board"`
	Firmware      string `toml:"firmware"`
	Public        *bool  `toml:"public"` // nil: true
	FineTimestamp bool   `toml:"fine_timestamp"`
}

// Station says where the station key is.
type Station struct {
	Key string `toml:"key"`
}

// Log says how much to say.
type Log struct {
	Level slog.Level `toml:"level"` // zero: info
}

// Where things are when the configuration does not say.
const (
	DefaultPath     = "/etc/hexspot/hexspot.toml"
	DefaultKey      = "/var/lib/hexspot/station.key"
	DefaultFirmware = "/var/lib/hexspot/firmware"
	DefaultSpool    = "/var/lib/hexspot/spool.db"
	DefaultBoard    = "corecell"

	// listenRegion is the plan to receive on while no region is set: listening
	// is allowed everywhere.
	listenRegion = "EU868"
)

// Load reads and checks a configuration.
func Load(path string) (Config, error) {
	var c Config
	if err := settings.Read(path, &c); err != nil {
		return Config{}, err
	}
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return Config{}, fmt.Errorf("the configuration %s: %w", path, err)
	}
	return c, nil
}

func (c Config) withDefaults() Config {
	fill(&c.Concentrator.Board, DefaultBoard)
	fill(&c.Concentrator.Firmware, DefaultFirmware)
	fill(&c.Station.Key, DefaultKey)
	fill(&c.Spool.Path, DefaultSpool)
	fill(&c.Coverage.Site, DefaultSite)
	fill(&c.Coverage.Status, DefaultStatus)
	fill(&c.Coverage.Control, DefaultControl)
	fill(&c.Coverage.Checkpoints, DefaultCheckpoints)
	return c
}

func fill(value *string, fallback string) {
	if *value == "" {
		*value = fallback
	}
}

// Validate names every wrong value at once.
func (c Config) Validate() error {
	faults := []error{c.checkRegion(), c.checkBus(), c.Antenna.Validate(), c.checkCoverage()}
	if err := c.Commands.Validate(); err != nil {
		faults = append(faults, fmt.Errorf("commands: %w", err))
	}
	if err := c.Spool.Validate(); err != nil {
		faults = append(faults, fmt.Errorf("spool: %w", err))
	}
	if _, err := hardware.BoardNamed(c.Concentrator.Board); err != nil {
		faults = append(faults, fmt.Errorf("concentrator.board: %w", err))
	}
	for i, output := range c.Outputs {
		if err := output.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("output %d: %w", i+1, err))
		}
	}
	return errors.Join(faults...)
}

func (c Config) checkRegion() error {
	if c.Region == "" {
		return nil
	}
	_, err := radio.PlanNamed(c.Region)
	return err
}

func (c Config) checkBus() error {
	if c.Concentrator.Bus == "" {
		return errors.New(`concentrator.bus is missing, for example bus = "usb:/dev/ttyACM0"`)
	}
	if _, _, err := hardware.ParseBus(c.Concentrator.Bus); err != nil {
		return fmt.Errorf("concentrator.bus: %w", err)
	}
	return nil
}

// plan is the channel plan, one to receive on only if no region is set.
func (c Config) plan() (radio.Plan, error) {
	if c.Region == "" {
		plan, err := radio.PlanNamed(listenRegion)
		return plan.ReceiveOnly(), err
	}
	return radio.PlanNamed(c.Region)
}
