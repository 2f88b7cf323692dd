package verify

import (
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// Facts are what a network knows besides its records.
type Facts struct {
	Network radio.Network
	Timing  witness.Timing
	Sites   func(radio.Station, witness.Epoch) witness.SiteFacts
	Denials Denials

	Parameters *witness.Parameters // channel plans with their caps, tags of a slot
}

// factory makes cases of groups.
type factory struct {
	Facts
	plans  map[string]radio.Plan // with the caps of the parameter set
	values valueSource
}

func newFactory(f Facts, values valueSource) (*factory, error) {
	made := &factory{Facts: f, plans: map[string]radio.Plan{}, values: values}
	for name, limit := range f.Parameters.Plans {
		plan, err := radio.PlanNamed(name)
		if err != nil {
			return nil, err
		}
		plan.BeaconMaxEIRP = limit
		made.plans[name] = plan
	}
	return made, nil
}

// opened is what is known of whether beacon reports open their tags.
type opened []bool

// cases are those of a group, by slot: usually one, with every observation; of several beacon
// reports for one tag each slot has its case, and the observations are with the report
// that opens the tag, else with the first. Opens are by beacon report.
func (f *factory) cases(name groupName, g *group, opens opened) []witness.Case {
	if len(g.beacons) == 0 {
		c := f.frame(name, f.orphanSlot(name, g))
		f.addHeard(&c, g.heard, radio.Station{}, name)
		return []witness.Case{c}
	}
	var list []witness.Case
	for _, i := range f.order(g, opens) {
		b := &g.beacons[i]
		at := slices.IndexFunc(list, func(c witness.Case) bool { return c.Slot == uint64(b.body.Slot) })
		if at < 0 {
			at = len(list)
			list = append(list, f.frame(name, b.body.Slot))
		}
		list[at].Beacons = append(list[at].Beacons, f.beacon(name, b, opens[i]))
	}
	f.addHeard(&list[0], g.heard, list[0].Beacons[0].Station, name)
	slices.SortFunc(list, compareCases)
	return list
}

// order has first the report that decides: one that opens the tag, then by arrival.
func (f *factory) order(g *group, opens opened) []int {
	order := make([]int, len(g.beacons))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if opens[a] != opens[b] {
			if opens[a] {
				return -1
			}
			return 1
		}
		return g.beacons[a].compare(g.beacons[b].origin)
	})
	return order
}

// orphanSlot is the slot of a tag that nobody opened: that in which it was heard by the
// first observation, within the epoch it is reported for.
func (f *factory) orphanSlot(name groupName, g *group) witness.Slot {
	first := slices.MinFunc(g.heard, heardReport.compare)
	from, to := f.Timing.Slots(name.own)
	return min(max(f.Timing.SlotAt(first.body.Heard), from), to-1)
}

// frame is a case without reports.
func (f *factory) frame(name groupName, k witness.Slot) witness.Case {
	t := f.Timing
	value, known := f.values.at(k)
	if value.timing != (witness.Timing{}) {
		t = value.timing
	}
	c := witness.Case{
		Tag: name.tag, Slot: uint64(k), Window: t.Window(k), Late: name.late,
		Start: int64(t.Start(k)), End: int64(t.End(k)), Close: int64(t.CaseCloses(k)),
	}
	c.Value.Latest = c.Start + int64(t.Lead)
	if known {
		c.Mark = witness.MarkOf(f.Network, value.Entropy)
		c.Value.Known, c.Value.Published = true, int64(value.published)
	}
	return c
}

func (f *factory) beacon(name groupName, b *beaconReport, opens bool) witness.BeaconFacts {
	site := f.Sites(b.station, name.own)
	facts := witness.BeaconFacts{
		Station: b.station, ID: b.id, Receive: int64(b.receive), Site: site,
		Frequency: b.body.Frequency, SF: b.body.SF, Conducted: b.body.Conducted, Sent: int64(b.body.Sent),
		Opens: opens, Drawn: f.drawn(b, site.Plan), Denied: f.Denials.station(b.station), Before: -1,
	}
	if b.related.known {
		facts.OthersInWindow, facts.Before = b.related.others, b.related.before
	}
	return facts
}

// drawn is what the entropy had the station do, nil if values or plan are unknown.
func (f *factory) drawn(b *beaconReport, planName string) *witness.DrawnFacts {
	plan, ok := f.plans[planName]
	value, known := f.values.at(b.body.Slot)
	if !ok || !known {
		return nil
	}
	k0 := value.timing.WindowStart(b.body.Slot)
	first, known := f.values.at(k0)
	if !known {
		return nil
	}
	lot := witness.Lot{Network: f.Network, Station: b.station, Entropy: first.Entropy}
	due := first.timing.DueSlot(k0, lot)
	lot.Entropy = value.Entropy
	d, err := value.timing.DrawBeacon(b.body.Slot, lot, plan)
	if err != nil {
		return nil
	}
	return &witness.DrawnFacts{Due: uint64(due), Frequency: d.Frequency, SF: d.SF, EIRP: d.EIRP, Start: int64(d.Start)}
}

func (f *factory) addHeard(c *witness.Case, heard []heardReport, beaconer radio.Station, name groupName) {
	c.Witnesses = make([]witness.WitnessFacts, len(heard))
	for i := range heard {
		c.Witnesses[i] = f.witness(&heard[i], beaconer, name)
	}
}

func (f *factory) witness(h *heardReport, beaconer radio.Station, name groupName) witness.WitnessFacts {
	o := &h.body
	w := witness.WitnessFacts{
		Station: h.station, ID: h.id, Index: h.index, Receive: int64(h.receive), Site: f.Sites(h.station, name.own),
		Mark: o.Frame.Mark, Frequency: o.Frequency, SF: o.SF, ChannelRSSI: o.ChannelRSSI, SNR: o.SNR,
		Heard: int64(o.Heard), Denied: f.Denials.station(h.station), DeniedPair: f.Denials.pair(h.station, beaconer),
	}
	if o.HasSignalRSSI {
		signal := o.SignalRSSI
		w.SignalRSSI = &signal
	}
	if o.HasFine {
		fine := uint64(o.Fine)
		w.Fine = &fine
	}
	return w
}
