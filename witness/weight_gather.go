package witness

// ofStation is what is known of a station in one pass: its pairs in the order of partners, and
// their ways in that of eachWay. It is good until the next one.
type ofStation struct {
	station uint32
	pairs   []pairFact
	facts   []wayFact
}

// gatherer gathers what follows each other of one station.
type gatherer struct {
	w    *weigher
	each func(*ofStation) error
	now  ofStation
}

// take takes a fact; those of a station follow each other.
func (g *gatherer) take(f *itemFields) error {
	p := f.pairFact()
	if len(g.now.pairs) > 0 && g.now.station != p.station {
		if err := g.give(); err != nil {
			return err
		}
	}
	g.now.station, g.now.pairs = p.station, append(g.now.pairs, p)
	return nil
}

// give gives the last station, if there is one.
func (g *gatherer) give() error {
	if len(g.now.pairs) == 0 {
		return nil
	}
	if err := g.w.ctx.Err(); err != nil {
		return err
	}
	g.now.facts = g.now.facts[:0]
	eachWay(g.now.pairs, func(p *pairFact, way int) { g.now.facts = append(g.now.facts, g.w.fact(p, way)) })
	err := g.each(&g.now)
	g.now.pairs = g.now.pairs[:0]
	return err
}

// eachStation has what is known of each station looked at, in order within a drawer.
func (w *weigher) eachStation(hire func() (each func(*ofStation) error, end func() error)) error {
	return w.eachDrawer(func() hand {
		each, end := hire()
		g := gatherer{w: w, each: each}
		return hand{func(drawer int) error {
			if err := eachItem(w.facts, drawer, g.take); err != nil {
				return err
			}
			return g.give()
		}, end}
	})
}

// sortFacts puts the facts in the order of stations and their partners, and pools the ways of
// each station.
func (w *weigher) sortFacts() error {
	sorted := w.book.shelves()
	err := w.eachDrawer(func() hand {
		var c contents
		g := gatherer{w: w, each: w.sumUp}
		return hand{work: func(drawer int) error {
			if err := c.read(w.facts, drawer, byPair); err != nil {
				return err
			}
			if err := c.copyTo(sorted, drawer); err != nil {
				return err
			}
			err := c.each(func(_ uint64, f *itemFields) error { return g.take(f) })
			if err != nil {
				return err
			}
			return g.give()
		}}
	})
	if err != nil {
		return err
	}
	was := w.facts
	w.facts = sorted
	return was.Clear()
}
