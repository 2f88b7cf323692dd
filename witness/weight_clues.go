package witness

import (
	"maps"
	"slices"
)

// clues works out the clues about each station and each link, and lays them down.
func (w *weigher) clues() error {
	drafts := w.book.shelves()
	closed := w.newClosed()
	err := w.eachStation(func(s uint32, facts []wayFact, pairs []pairFact) error {
		for i := range facts {
			facts[i].far = w.farOf(s, &facts[i])
		}
		closed.add(s, facts)
		clues := w.stationClues(s, facts)
		if err := w.item.begin().add(int64(s)).addClues(clues).put(drafts, w.drawer(s)); err != nil {
			return err
		}
		return w.linkClues(s, pairs)
	})
	if err != nil {
		return err
	}
	if err := w.finish(drafts, closed); err != nil {
		return err
	}
	return drafts.Clear()
}

// finish adds to the clues about a station those that follow from more than its own ways.
func (w *weigher) finish(drafts Shelf, closed *closed) error {
	left := maps.Clone(w.twins)
	lay := func(s uint32, clues []Clue) error {
		if c, ok := left[s]; ok {
			clues = append(clues, c)
			delete(left, s)
		}
		if c, ok := closed.clue(s); ok {
			clues = append(clues, c)
		}
		if w.shown[s] {
			clues = slices.DeleteFunc(clues, func(c Clue) bool { return wordsOfClue(c.Name).presence })
		}
		w.out.least[s] = int16(leastWeight(clues))
		if len(clues) == 0 {
			return nil
		}
		return w.item.begin().add(int64(s)).addClues(clues).put(w.out.stations, w.drawer(s))
	}
	var clues []Clue
	alone := slices.Sorted(maps.Keys(left)) // twins, which need not have ways
	layBefore := func(s uint32) error {
		for len(alone) > 0 && alone[0] < s {
			if _, ok := left[alone[0]]; ok {
				if err := lay(alone[0], nil); err != nil {
					return err
				}
			}
			alone = alone[1:]
		}
		return nil
	}
	err := eachOf(drafts, func(f *itemFields) error {
		s := f.number()
		if err := layBefore(s); err != nil {
			return err
		}
		clues = f.clues(clues[:0])
		return lay(s, clues)
	})
	if err != nil {
		return err
	}
	return layBefore(uint32(len(w.names)))
}
