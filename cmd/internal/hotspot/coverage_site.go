package hotspot

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// maxSiteFile is more than a record of MaxSigned bytes in base64.
const maxSiteFile = 8 << 10

// ReadSite reads the site that a station has signed, the line that `hexspot site
// sign` prints, from a file.
func ReadSite(path string, network radio.Network, station radio.Station) (*witness.Placement, error) {
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
		return nil, fmt.Errorf("the site in %s: %w", path, err)
	}
	return site, nil
}

func parseSite(line string, network radio.Network, station radio.Station) (*witness.Placement, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(line)
	if err != nil {
		return nil, err
	}
	s, err := radio.ParseSigned(raw)
	if err != nil {
		return nil, err
	}
	if s.Kind != radio.KindSite || s.Station != station {
		return nil, fmt.Errorf("a %s record of %s is no site of this station", s.Kind, s.Station)
	}
	if err := s.Verify(network); err != nil {
		return nil, err
	}
	body, err := witness.ParseSite(s.Body)
	if err != nil {
		return nil, err
	}
	terms, err := body.Terms(station)
	if err != nil {
		return nil, err
	}
	antenna := witness.Antenna{Gain: terms.Site.Gain, Loss: terms.Site.Loss}
	return &witness.Placement{Antenna: antenna, Plan: terms.Site.Plan, DataOnly: terms.Site.DataOnly}, nil
}

// checkSite says how the antenna of the configuration differs from the site's: what
// is radiated then is not what is judged.
func (a Antenna) checkSite(p *witness.Placement) error {
	if a.Gain() == p.Gain && a.Loss() == p.Loss {
		return nil
	}
	return fmt.Errorf("antenna gain %v and loss %v of the site are not the configuration's, %v and %v", p.Gain, p.Loss, a.Gain(), a.Loss())
}
