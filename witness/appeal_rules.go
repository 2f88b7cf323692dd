package witness

import "hexspot/coverage"

// appealTable are the rules that appeals are judged by, in order; the first that fails is the
// reason. appealFinders ask them; the last, the weight, is asked when it was worked out again.
var appealTable = []Rule{
	{Name: "below_half", Unit: "yes", Need: "nothing: there is no weight below one half of this station or link"},
	{Name: "undecided", Unit: "clues", Need: "nothing but other reports: evidence of these kinds decides only clues about presence at a place, and about the silence of a link's partner"},
	{Name: "no_site", Unit: "yes", Need: "have the place in question published; it counts from the next epoch"},
	{Name: "useless", Unit: "records", Need: "leave out what is not about these frames: records out of range, of kinds that are no evidence, or beacons that do not open"},
	{Name: "in_time", Unit: "records", Need: "leave out reports of which there is no receipt, or one that the network gave after the case of the slot had closed: what is made afterwards proves nothing"},
	{Name: "own_positions", Unit: "mm", Need: "publish the place at which the station's own receiver was", optional: true},
	{Name: "heard_near", Unit: "frames", Need: "have more frames of the station heard near the place, with positions of who heard them"},
	{Name: "over_time", Unit: "windows", Need: "have them heard in more windows"},
	{Name: "independent", Unit: "owners", Need: "have as many heard by stations of more owners, other than those concerned, or by one that the network appoints"},
	{Name: "both_ways", Unit: "frames", Need: "report what was heard of the discovery beacons of the station that the network appointed", optional: true},
	{Name: "weight", Unit: "0.0001", Need: "better evidence, or other reports: the weight that follows is still below one half"},
}

var appealFinders = [...]func(*AppealFacts, *Parameters) Finding{
	func(f *AppealFacts, _ *Parameters) Finding { return yes(f.Below) },
	func(f *AppealFacts, _ *Parameters) Finding { return atMost(f.Undecided, 0) },
	func(f *AppealFacts, _ *Parameters) Finding { return yes(f.Located) },
	func(f *AppealFacts, _ *Parameters) Finding { return atMost(f.Useless, 0) },
	func(f *AppealFacts, _ *Parameters) Finding { return atMost(f.Late, 0) },
	ownPositions,
	func(f *AppealFacts, p *Parameters) Finding { return atLeast(f.frames(), p.ExhibitFrames) },
	func(f *AppealFacts, p *Parameters) Finding { return atLeast(f.windows(), p.ExhibitWindows) },
	independent,
	bothWays,
}

// asksEvidence is the number of the first rule for which the evidence is looked at. The one
// before asks whether there is anything to appeal against.
const asksEvidence = 1

// ownPositions can only speak against the station: whoever lies about a place can write
// positions as well.
func ownPositions(f *AppealFacts, p *Parameters) Finding {
	if !f.Own {
		return Finding{}
	}
	return atMost(int64(f.Farthest), p.OwnDistance+int64(f.Slack))
}

// independent counts owners; one station that the network has appointed is enough.
func independent(f *AppealFacts, p *Parameters) Finding {
	n := f.owners(p)
	if f.Appointed {
		n = max(n, p.ExhibitOwners)
	}
	return atLeast(n, p.ExhibitOwners)
}

// bothWays asks, where it takes an appointed station, that it was heard, too: a
// transmitter at a place without a receiver is no station.
func bothWays(f *AppealFacts, p *Parameters) Finding {
	if !f.Appointed || f.owners(p) >= p.ExhibitOwners {
		return Finding{}
	}
	return atLeast(f.Hears, 1)
}

// appointed says that stations which the network has appointed heard enough by themselves.
func (f *AppealFacts) appointed(p *Parameters) bool {
	frames := map[Tag]bool{}
	for _, e := range f.Exhibits {
		if e.Appointed {
			frames[e.Tag] = true
		}
	}
	return int64(len(frames)) >= p.ExhibitFrames
}

// owners is how many owners' stations, which nobody appointed, have each heard enough: a
// friend who heard all and a stranger who heard one are not two.
func (f *AppealFacts) owners(p *Parameters) int64 {
	frames := map[coverage.Account]map[Tag]bool{}
	for _, e := range f.Exhibits {
		if e.Appointed {
			continue
		}
		if frames[e.Owner] == nil {
			frames[e.Owner] = map[Tag]bool{}
		}
		frames[e.Owner][e.Tag] = true
	}
	n := int64(0)
	for _, tags := range frames {
		if int64(len(tags)) >= p.ExhibitFrames {
			n++
		}
	}
	return n
}

// frames is how many different ones count.
func (f *AppealFacts) frames() int64 {
	tags := map[Tag]bool{}
	for _, e := range f.Exhibits {
		tags[e.Tag] = true
	}
	return int64(len(tags))
}

func (f *AppealFacts) windows() int64 {
	windows := map[uint64]bool{}
	for _, e := range f.Exhibits {
		windows[e.Window] = true
	}
	return int64(len(windows))
}
