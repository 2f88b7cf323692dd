package witness

// figureBound keeps each product of a figure within 64 bits, unless its own bounds are closer.
const figureBound = 1_000_000_000_000

// bounds are the least and the most that a figure may be.
type bounds struct{ least, most int64 }

// closeBounds are of the figures that the code can compute with in a smaller range only. The
// others are from 1, or -1, to figureBound.
var closeBounds = map[string]bounds{
	"max_selected":       {1, 14},                  // the units of more witnesses are not defined
	"horizon":            {24 * hour, figureBound}, // no epoch may be longer than an event counts
	"tags_of_slot":       {1, 4096},                // kept for each station and slot
	"discoveries_hour":   {1, 3600},                // kept for each station
	"link_epochs":        {1, 1000},                // the sums of two generations stay below mostReports
	"closed_stations":    {1, 4096},                // the sums of a line through the ways of a group
	"slope_doubt":        {1, 10_000},              // times the error of a slope
	"area_ground":        {1, 1_000_000},           // times the pairs of two areas
	"default_scale":      {1, 10_000},              // a scale is at most one
	"provisional_epochs": {1, 1_000_000},           // added to the number of an epoch
}

// boundsOf are those of a row: the sign is that of the default.
func boundsOf(r *row) bounds {
	if b, ok := closeBounds[r.name]; ok {
		return b
	}
	if r.value < 0 {
		return bounds{-figureBound, -1}
	}
	return bounds{1, figureBound}
}
