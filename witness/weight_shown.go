package witness

import "hexspot/radio"

// Presence and answers that the evidence of appeals shows enter the weights as further
// facts. They are kept under a way: of a station to itself for its presence at its place,
// of a sender and a hearer for frames of the hearer that others heard beside the sender.
// The number is of frames. It is the largest of any appeal, not a sum: the same records
// may come again.

// Show books what the evidence of an appeal shows.
func (b *LinkBook) Show(w Way, frames int64) { b.shown[w] = max(b.shown[w], frames) }

// keepShown enters the epoch's in the running generation.
func (b *LinkBook) keepShown(after LinkState) {
	for w, frames := range b.shown {
		kept := after.Shown[w]
		kept[0] = max(kept[0], frames)
		after.Shown[w] = kept
	}
}

// shownFrames is how many frames are shown of a way.
func (s LinkState) shownFrames(w Way) int64 {
	kept := s.Shown[w]
	return max(kept[0], kept[1])
}

// isPresent says that others heard a station at its place: what doubts that is no clue any
// more. That it is not elsewhere as well, it does not say.
func (w *weigher) isPresent(s radio.Station) bool {
	return w.p.ExhibitFrames > 0 && w.state.shownFrames(Way{s, s}) >= w.p.ExhibitFrames
}

// withoutDoubts leaves out the clues that presence answers.
func (w *weigher) withoutDoubts() {
	for s, clues := range w.out.stations {
		if !w.isPresent(s) {
			continue
		}
		var left []Clue
		for _, c := range clues {
			if !wordsOfClue(c.Name).presence {
				left = append(left, c)
			}
		}
		w.out.stations[s] = left
	}
}
