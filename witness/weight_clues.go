package witness

import "slices"

// clues works out the clues about each station and each link, and lays them down.
func (w *weigher) clues() error {
	drafts, closed := w.book.shelves(), w.newClosed()
	err := w.eachDrawer(func() hand {
		stations, links := newTray(drafts), newTray(w.out.links)
		var usual map[uint32]map[uint32]usualOf
		g := gatherer{w: w, each: func(k *ofStation) error {
			closed.add(k.station, k.facts)
			stations.begin().add(int64(k.station)).addClues(w.stationClues(k))
			if err := stations.put(w.drawer(k.station)); err != nil {
				return err
			}
			return w.linkClues(k, usual[k.station], links)
		}}
		return hand{func(drawer int) (err error) {
			if usual, err = w.ground.usualIn(drawer); err != nil {
				return err
			}
			if err := eachItem(w.facts, drawer, g.take); err != nil {
				return err
			}
			return g.give()
		}, func() error { return emptyAll(stations, links) }}
	})
	if err != nil {
		return err
	}
	return inTurn(func() error { return w.finish(drafts, closed) }, drafts.Clear)
}

// finish adds to the clues about stations those that follow from more than their own ways.
func (w *weigher) finish(drafts Shelf, closed *closed) error {
	return w.eachDrawer(func() hand {
		stations := newTray(w.out.stations)
		return hand{func(drawer int) error { return w.finishDrawer(drafts, closed, drawer, stations) }, stations.empty}
	})
}

func (w *weigher) finishDrawer(drafts Shelf, closed *closed, drawer int, stations *tray) error {
	twins, alone, err := w.twinsOf(drawer) // who has twins need not have ways
	if err != nil {
		return err
	}
	lay := func(s uint32, clues []Clue) error {
		if c, ok := twins[s]; ok {
			clues = append(clues, c)
		}
		if c, ok := closed.clue(s); ok {
			clues = append(clues, c)
		}
		return w.layStation(s, clues, stations)
	}
	layBefore := func(s uint32) error {
		for ; len(alone) > 0 && alone[0] < s; alone = alone[1:] {
			if err := lay(alone[0], nil); err != nil {
				return err
			}
		}
		return nil
	}
	var clues []Clue
	err = eachItem(drafts, drawer, func(f *itemFields) error {
		s := f.number()
		if err := layBefore(s); err != nil {
			return err
		}
		if len(alone) > 0 && alone[0] == s {
			alone = alone[1:]
		}
		clues = f.clues(clues[:0])
		return lay(s, clues)
	})
	if err != nil {
		return err
	}
	_, end := w.stationsOf(drawer)
	return layBefore(end)
}

// layStation lays down the clues about a station.
func (w *weigher) layStation(s uint32, clues []Clue, stations *tray) error {
	if w.shown[s] {
		clues = slices.DeleteFunc(clues, func(c Clue) bool { return wordsOfClue(c.Name).presence })
	}
	w.out.least[s] = int16(leastWeight(clues))
	if len(clues) == 0 {
		return nil
	}
	stations.begin().add(int64(s)).addClues(clues)
	return stations.put(w.drawer(s))
}
