package simulate

import "hexspot/witness"

// cases are what a network knows of the epoch: facts as a judge wants them. The
// second result says of each observation what is false of it, in the order of the
// case's.
func (d *day) cases() ([]witness.Case, [][]falsity) {
	cases, lies := make([]witness.Case, len(d.sent)), make([][]falsity, len(d.sent))
	for k := range d.sent {
		cases[k] = d.caseOf(k)
	}
	for i := range d.heard {
		h := &d.heard[i]
		c := &cases[h.on]
		c.Witnesses = append(c.Witnesses, d.witnessFacts(h))
		lies[h.on] = append(lies[h.on], falsity{h.sent, h.lie})
	}
	return cases, lies
}

func (d *day) caseOf(k int) witness.Case {
	t, s := d.world.timing, &d.sent[k]
	start := t.Start(s.slot)
	c := witness.Case{
		Tag: s.tag, Mark: s.mark, Slot: uint64(s.slot), Window: t.Window(s.slot),
		Start: int64(start), End: int64(t.End(s.slot)), Close: int64(t.End(s.slot) + t.Report),
		Value: witness.ValueFacts{Known: true, Published: int64(start) + revealDelay, Latest: int64(start + t.Lead)},
	}
	if s.hidden {
		return c
	}
	for i := range s.reports {
		r := &s.reports[i]
		c.Beacons = append(c.Beacons, witness.BeaconFacts{
			Station: d.world.stations[s.by].id, ID: r.id, Receive: int64(r.receive), Site: d.world.stations[s.by].facts,
			Frequency: r.body.Frequency, SF: r.body.SF, Conducted: r.body.Conducted, Sent: int64(r.body.Sent), Opens: s.opens,
			Drawn: &witness.DrawnFacts{
				Due: uint64(s.due), Frequency: s.drawn.Frequency, SF: s.drawn.SF, EIRP: s.drawn.EIRP, Start: int64(s.drawn.Start),
			},
		})
	}
	return c
}

func (d *day) witnessFacts(h *heard) witness.WitnessFacts {
	s, o := &d.world.stations[h.by], &h.seen
	f := witness.WitnessFacts{
		Station: s.id, ID: h.id, Index: h.index, Receive: int64(h.receive), Site: s.facts, Mark: o.Frame.Mark,
		Frequency: o.Frequency, SF: o.SF, ChannelRSSI: o.ChannelRSSI, SNR: o.SNR, Heard: int64(o.Heard),
	}
	if o.HasSignalRSSI {
		f.SignalRSSI = &o.SignalRSSI
	}
	return f
}

// falsity is which end of an observation is not what its station publishes.
type falsity struct{ beaconer, hearer bool }
