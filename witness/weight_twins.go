package witness

import "hexspot/radio"

// twinClues: two stations whose levels of the same frames never part have one
// antenna, and are published as two.
func (w *weigher) twinClues() {
	for t, sums := range w.state.Twins {
		a, b := w.book.stations[t.A], w.book.stations[t.B]
		total := sums[0].plus(sums[1])
		if a == nil || b == nil || total.Frames < max(2, w.p.LinkReports) {
			continue
		}
		variance := (total.ApartApart - muldiv(total.Apart, total.Apart, total.Frames)) / (total.Frames - 1)
		c := clueOf(ClueTwins, total.Frames, variance, ramp{w.p.TwinsNone, w.p.TwinsFull})
		w.keepLeast(t.A, c)
		w.keepLeast(t.B, c)
	}
}

// keepLeast keeps the worst of a station's clues of one name: a station has many
// neighbours.
func (w *weigher) keepLeast(s radio.Station, c Clue) {
	clues := w.out.stations[s]
	for i := range clues {
		if clues[i].Name == c.Name {
			if c.Value < clues[i].Value || c.Value == clues[i].Value && c.Reports < clues[i].Reports {
				clues[i] = c
			}
			return
		}
	}
	w.out.stations[s] = append(clues, c)
}
