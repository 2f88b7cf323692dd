package hotspot

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// maxSiteFile is more than a change of MaxSiteChange bytes in base64.
const maxSiteFile = 8 << 10

// Site is what a hotspot knows of its place.
type Site struct {
	witness.Placement
	Cell coverage.Hex
	// Change is the change that the owner has signed as well, for the network to enter.
	// Nil: the file holds the station's half only.
	Change []byte
}

// ReadSite reads a site from a file: the line that `hexspot site sign` prints, which the
// station has signed, or the one that `hexnet site sign` makes of it, with the owner's
// signature.
func ReadSite(path string, network radio.Network, station radio.Station) (*Site, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	line, err := io.ReadAll(io.LimitReader(file, maxSiteFile))
	if err != nil {
		return nil, err
	}
	site, err := parseSite(strings.TrimSpace(string(line)), network, station)
	if err != nil {
		return nil, fmt.Errorf("the site in %s (want the line that 'hexspot site sign' or 'hexnet site sign' prints): %w", path, err)
	}
	return site, nil
}

func parseSite(line string, network radio.Network, station radio.Station) (*Site, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(line)
	if err != nil {
		return nil, err
	}
	record, change, err := splitSite(raw)
	if err != nil {
		return nil, err
	}
	if record.Kind != radio.KindSite || record.Station != station {
		return nil, fmt.Errorf("a %s record of %s is no site of this station", record.Kind, record.Station)
	}
	if err := record.Verify(network); err != nil {
		return nil, err
	}
	body, err := witness.ParseSite(record.Body)
	if err != nil {
		return nil, err
	}
	terms, err := body.Terms(station)
	if err != nil {
		return nil, err
	}
	antenna := witness.Antenna{Gain: terms.Site.Gain, Loss: terms.Site.Loss}
	return &Site{witness.Placement{Antenna: antenna, Plan: terms.Site.Plan, DataOnly: terms.Site.DataOnly}, terms.Site.Cell, change}, nil
}

// splitSite tells a change from its record alone. No bytes are both.
func splitSite(raw []byte) (record radio.Signed, change []byte, err error) {
	if c, err := witness.ParseSiteChange(raw); err == nil {
		return c.Record, raw, nil
	}
	record, err = radio.ParseSigned(raw)
	return record, nil, err
}

// checkSite says how the antenna of the configuration differs from the site's: what
// is radiated then is not what is judged.
func (a Antenna) checkSite(p *Site) error {
	if a.Gain() == p.Gain && a.Loss() == p.Loss {
		return nil
	}
	return fmt.Errorf("antenna gain %v and loss %v of the site are not the configuration's, %v and %v", p.Gain, p.Loss, a.Gain(), a.Loss())
}
