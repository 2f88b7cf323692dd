package simulate

import (
	"slices"
	"strings"
)

// Kind is what sort of station it is.
type Kind string

// The kinds.
const (
	Honest        Kind = "honest"
	FalseLocation Kind = "false_location"
	Cluster       Kind = "cluster"
	Relay         Kind = "relay"
	Replay        Kind = "replay"
	WrongGain     Kind = "wrong_gain"
	Splitter      Kind = "splitter"
	ClonedKey     Kind = "cloned_key"
	Flooder       Kind = "flooder"
	Informed      Kind = "informed"
)

// habit is how a kind is built.
type habit struct {
	what  string // for documentation
	group int    // how many stations act together
	lies  bool   // everything it reports, and all that is reported of it, is false
	build func(*builder, []int)
}

// habits has a row for each kind of cheater.
var habits = map[Kind]habit{
	FalseLocation: {"stands elsewhere than published, half of them in the country", 1, true, (*builder).falseLocation},
	Cluster:       {"eight radios in one room behind attenuators, published kilometres apart, half of them in a town", 8, true, (*builder).cluster},
	Relay:         {"reports as its own what a receiver in another town hears", 1, false, (*builder).relay},
	Replay:        {"has its beacons sent again from another town in the same slot, and reports old frames again", 1, false, (*builder).replay},
	WrongGain:     {"half: an antenna 6 to 12 dB better than published; half: an amplifier of 8 to 15 dB behind the stated power", 1, true, (*builder).wrongGain},
	Splitter:      {"three radios on one antenna, published 1 to 4 km apart", 3, true, (*builder).splitter},
	ClonedKey:     {"two boxes with one key in two towns; half of them agree on who reports beacons", 1, false, (*builder).clonedKey},
	Flooder:       {"files beacons that are not due and observations of frames nobody sent", 1, false, (*builder).flooder},
	Informed:      {"has read the rules: eight that emit nothing and draw what they report from the honest distribution, half of them in a town, half where nobody else is", 8, true, (*builder).informed},
}

// What says what a kind of cheater does.
func (k Kind) What() string { return habits[k].what }

// Kinds are all kinds of cheaters by name.
func Kinds() []Kind {
	kinds := make([]Kind, 0, len(habits))
	for k := range habits {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

func kindNames() string {
	names := make([]string, 0, len(habits))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
