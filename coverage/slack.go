package coverage

import "fmt"

// The resolutions a site may be published at.
const (
	FinestSite   = 12
	CoarsestSite = 8
)

// slacks say how far from its cell's centre a station may stand, by resolution
// (protocol hexspot/1, "Station").
var slacks = [...]Millimetres{
	12: 14 * Metre,
	11: 37 * Metre,
	10: 99 * Metre,
	9:  261 * Metre,
	8:  691 * Metre,
}

// Slack is how far from the centre of its published cell a station may stand.
// Cells of other resolutions than 12 to 8 are an error.
func Slack(h Hex) (Millimetres, error) {
	if r := h.Resolution(); !h.Valid() || r < CoarsestSite || r > FinestSite {
		return 0, fmt.Errorf("cell %v: a site has a cell of resolution %d to %d", h, FinestSite, CoarsestSite)
	}
	return slacks[h.Resolution()], nil
}
