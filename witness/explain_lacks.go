package witness

// lack says why a rule could not be evaluated: an earlier rule of the report that was not
// passed, or else a fact that was missing.
type lack struct {
	after []Fault
	or    string
}

const (
	nothingDrawn = "nothing was drawn for the station: the plan of the beacon or the value of the slot is not known"
	noSignal     = "the chip gives no signal RSSI, and RSSI + SNR is never put in its place"
)

// lacks are by rule; what the same rule lacks in either kind of report is the same.
var lacks = map[Fault]lack{
	"data_only":    {[]Fault{"unknown"}, "the station has no site in this epoch"},
	"no_site":      {[]Fault{"unknown"}, "the station has no site in this epoch"},
	"no_plan":      {[]Fault{"no_site"}, "the station has no site"},
	"not_due":      {[]Fault{"no_plan", "range"}, nothingDrawn},
	"opening":      {[]Fault{"value_late"}, "the value of the slot is not known"},
	"channel":      {[]Fault{"no_plan", "range"}, nothingDrawn},
	"rate":         {[]Fault{"no_plan"}, nothingDrawn},
	"too_loud":     {[]Fault{"no_plan", "range"}, "the station has no site with a plan"},
	"outside_slot": {[]Fault{"no_plan", "range"}, nothingDrawn},
	"too_late":     {[]Fault{"range"}, "a time is outside the protocol's bounds"},
	"plan":         {[]Fault{"no_site"}, "the beaconer has no site"},
	"mark":         {nil, "the value of the slot is not known"},
	"too_near":     {[]Fault{"no_site"}, "the beaconer has no site"},
	"too_far":      {[]Fault{"no_site"}, "the beaconer has no site"},
	"too_strong":   {[]Fault{"range", "no_site", "too_far"}, noSignal},
	"too_weak":     {[]Fault{"range", "rate"}, noSignal},
	"noise":        {[]Fault{"range"}, "the chip gives no signal RSSI, or an SNR of 5 dB and more, which says nothing about noise"},
	"fine_time":    {[]Fault{"range", "no_site"}, "the report has no fine time, or fewer than two others of other owners have"},

	"not_witnessing": {nil, secondPass},
	"not_witnessed":  {nil, secondPass},

	"own_positions": {nil, "the station shows no positions of its own, and need not"},
	"both_ways":     {nil, "no appointed station was needed"},
	"weight":        {nil, "an earlier rule failed"},

	"invalid_capability":         {[]Fault{"gateway_not_found"}, "the station has no site in this epoch"},
	"not_asserted":               {[]Fault{"gateway_not_found"}, "the station has no site in this epoch"},
	"invalid_region":             {[]Fault{"not_asserted"}, "the beaconer has no site"},
	"below_min_distance":         {[]Fault{"not_asserted"}, "the beaconer has no site"},
	"max_distance_exceeded":      {[]Fault{"not_asserted"}, "the beaconer has no site"},
	"gateway_no_valid_witnesses": {nil, secondPass},
	"gateway_no_valid_beacons":   {nil, secondPass},
}

const secondPass = "it looks at the whole epoch, which has not been gone through yet"

// why is the reason in words. passed says what became of the report's other rules.
func (l lack) why(passed func(Fault) bool) string {
	for _, rule := range l.after {
		if !passed(rule) {
			return "rule " + string(rule) + " was not passed"
		}
	}
	return l.or
}
