package hotspot

import (
	"errors"
	"fmt"

	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/radio"
)

// CoverageConfig says whether the hotspot takes part in proof of coverage.
type CoverageConfig struct {
	Enabled bool   `toml:"enabled"`
	Site    string `toml:"site"`    // file with the line that `hexspot site sign` or `hexnet site sign` printed
	Status  string `toml:"status"`  // socket that `hexspot status` asks
	Control string `toml:"control"` // socket that `hexspot discover` asks

	Checkpoints string `toml:"checkpoints"` // directory of the network's checkpoints and of evidence
}

// Where things are when the configuration does not say.
const (
	DefaultSite    = "/var/lib/hexspot/site"
	DefaultStatus  = "/run/hexspot/status.sock"
	DefaultControl = "/run/hexspot/control.sock"

	DefaultCheckpoints = "/var/lib/hexspot/checkpoints"
)

// checkCoverage says what proof of coverage lacks: one network that knows the
// station, and a disk.
func (c Config) checkCoverage() error {
	if !c.Coverage.Enabled {
		return nil
	}
	var faults []error
	if _, err := coverageOutput(c.Outputs); err != nil {
		faults = append(faults, fmt.Errorf("coverage: %w", err))
	}
	if c.Spool.Path == spool.Off {
		faults = append(faults, errors.New("coverage: it needs the spool, which is off: a beacon is written down before it is sent"))
	}
	return errors.Join(faults...)
}

// coverageOutput is the number of the output whose network is covered.
func coverageOutput(outputs []mqtt.Config) (int, error) {
	found := -1
	for i, o := range outputs {
		switch {
		case !o.StationLogin:
		case found >= 0:
			return 0, errors.New("more than one [[output]] has station_login = true: a station covers one network")
		default:
			found = i
		}
	}
	if found < 0 {
		return 0, errors.New("no [[output]] has station_login = true: that is the network to cover")
	}
	_, err := radio.ParseNetwork(outputs[found].Network)
	return found, err
}
