package emulator

import (
	"hexspot/hardware"
	"hexspot/radio"
)

// conducted is the level that a board's table gives for a setting. A setting that
// is not in it counts as the nearest index with the same amplifier, or with the
// other if there is none: the table is all that is known of the board.
func (p Power) conducted(table []hardware.Gain) radio.DBm {
	best, least := table[0], 1<<16
	for _, g := range table {
		away := int(g.Index) - int(p.Index)
		away = max(away, -away)
		if g.PA != p.Amplifier {
			away += 1 << 8
		}
		if away < least {
			best, least = g, away
		}
	}
	return best.Power
}
