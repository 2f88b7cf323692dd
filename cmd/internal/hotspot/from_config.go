package hotspot

import (
	"fmt"
	"log/slog"
	"strings"

	"hexspot/hardware/keys"
)

// FromConfig makes a hotspot as a configuration says. The station key is made if
// it is not there. Key and spool are this hotspot's alone until Run ends: ErrInUse.
func FromConfig(c Config, log *slog.Logger) (*Hotspot, error) {
	chip, board, err := c.chip()
	if err != nil {
		return nil, err
	}
	open, err := Opener(c.Concentrator.Bus, board, log)
	if err != nil {
		return nil, err
	}
	key, err := keys.LoadOrCreate(c.Station.Key)
	if err != nil {
		return nil, fmt.Errorf("the station key: %w", err)
	}
	held, err := claim(c.Station.Key, c.Spool.Path, c.Concentrator.Bus)
	if err != nil {
		return nil, err
	}
	if c.Region == "" {
		log.Warn("no region is set: receiving only, on the channels of "+listenRegion+
			"; set region in the configuration", "region", "")
	}
	if len(c.Outputs) == 0 {
		log.Warn("no [[output]] is configured: packets are received and counted, but go nowhere")
	}
	words := key.Station().Words()
	log.Info("hotspot starts", "station", key.Station(), "words", strings.Join(words[:], "-"), "plan", chip.Plan.Name, "bus", c.Concentrator.Bus)
	h, err := New(Parts{
		Open: open, Chip: chip, Key: key, Outputs: c.Outputs, Log: log,
		ReceiveOnly: c.Region == "", Antenna: c.Antenna, Transmit: c.Transmit, Commands: c.Commands,
		Spool: c.Spool, Coverage: c.Coverage,
	})
	if err != nil {
		held.release()
		return nil, err
	}
	h.claims = held
	return h, nil
}
