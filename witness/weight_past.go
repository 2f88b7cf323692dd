package witness

import "slices"

// pastWay is a way past reach, and too good, as one of its stations sees it.
type pastWay struct {
	partner uint32
	beyond  int64 // see beyondBoth
	excess  int64
}

// pastOf are those of a station that has any.
type pastOf struct {
	station uint32
	judged  int64 // of all its ways, those that have the figure
	ways    []pastWay
}

// findPast lays down a station's ways past reach.
func (w *weigher) findPast(k *ofStation, past *tray) error {
	found := pastOf{station: k.station}
	for i := range k.facts {
		f := &k.facts[i]
		beyond, judged := w.beyondBoth(k.station, f)
		if !judged {
			continue
		}
		found.judged++
		if beyond < w.p.BeyondFull {
			found.ways = append(found.ways, pastWay{f.partner, beyond, f.excess})
		}
	}
	for _, p := range found.ways {
		past.begin().add(int64(k.station), int64(p.partner), found.judged, p.beyond, p.excess)
		if err := past.put(w.drawer(k.station)); err != nil {
			return err
		}
	}
	w.areas.add(k.station, found.partners())
	return nil
}

// partners are those that the ways lead to, each once.
func (p *pastOf) partners() []uint32 {
	var list []uint32
	for i := range p.ways {
		list = append(list, p.ways[i].partner)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// eachPast gives the ways past reach of each station that has any, with what is usual
// between those around it and those around its partners.
func (w *weigher) eachPast(each func(*pastOf, map[uint32]usualOf) error) error {
	return w.eachDrawer(func() hand {
		return hand{work: func(drawer int) error {
			usual, err := w.ground.usualIn(drawer)
			if err != nil {
				return err
			}
			return w.pastIn(drawer, func(p *pastOf) error { return each(p, usual[p.station]) })
		}}
	})
}

// pastIn gives those of a drawer. They are good until the next ones.
func (w *weigher) pastIn(drawer int, each func(*pastOf) error) error {
	var now pastOf
	give := func() error {
		if len(now.ways) == 0 {
			return nil
		}
		return each(&now)
	}
	err := eachItem(w.past, drawer, func(f *itemFields) error {
		station := f.number()
		if station != now.station {
			if err := give(); err != nil {
				return err
			}
			now = pastOf{station: station, ways: now.ways[:0]}
		}
		p := pastWay{partner: f.number()}
		now.judged, p.beyond = f.next(), f.next()
		p.excess = f.next()
		now.ways = append(now.ways, p)
		return nil
	})
	if err != nil {
		return err
	}
	return give()
}
