package witness

// whole is a full weight.
const whole = 10_000

// ClueName says what a clue is about.
type ClueName string

// The clues. Those of a station bear on all its links.
const (
	ClueSlope     ClueName = "power_slope"     // of a link, or of what a station sends or hears
	ClueFading    ClueName = "fading"          // of a link, or of what a station hears
	ClueAnswers   ClueName = "answers"         // of a link, or of what a station claims to hear
	ClueBalance   ClueName = "loss_difference" // of a station: loss out less loss in
	ClueDistance  ClueName = "distance"        // of a station: loss beside that of its partners' links
	ClueBeyond    ClueName = "beyond_reach"    // of a link
	ClueElsewhere ClueName = "elsewhere"       // of a station: share of links past reach
	ClueAround    ClueName = "heard_around"    // of a station
	ClueOther     ClueName = "other_place"     // of a station
	ClueTwins     ClueName = "one_antenna"     // of a station
	ClueOwner     ClueName = "shared_owner"    // of a link
	ClueClosed    ClueName = "closed_cluster"  // of a station
)

// Clue is one figure about a link or a station with its limits: at None or past it a
// link has no weight, at Full its whole weight, in proportion between.
type Clue struct {
	Name    ClueName
	Reports int64 // what the figure was made from
	Value   int64
	None    int64
	Full    int64
	Weight  int64 // 0 to 10000
}

// clueOf gives a figure its weight. Full may be above or below None.
func clueOf(name ClueName, reports, value int64, r ramp) Clue {
	way, span := value-r.none, r.full-r.none
	if span < 0 {
		way, span = -way, -span
	}
	weight := int64(whole)
	if span > 0 {
		weight = min(max(way, 0), span) * whole / span
	}
	return Clue{name, reports, value, r.none, r.full, weight}
}

// ramp is where a clue leaves no weight and where it leaves all.
type ramp struct{ none, full int64 }
