package witness

// aroundClue: whether the stations around a place hear it.
func (w *weigher) aroundClue(clues []Clue, s uint32) []Clue {
	a := w.around[s]
	if int64(a.neighbours) < w.p.AroundNeighbours {
		return clues
	}
	return append(clues, clueOf(ClueAround, a.asked, a.share(), ramp{w.p.AroundNone, w.p.AroundFull}))
}

// around is what the neighbours of a station say of it. A neighbour counts once, however
// many beacons it was asked for: what stands between two places stays there.
type around struct {
	asked             int64
	neighbours, heard int32
}

// share is that of the neighbours that heard the station.
func (a around) share() int64 { return atBest(int64(a.heard), int64(a.neighbours)) }

// askNeighbours sums what the neighbours of each station say. Who is not heard by its own
// neighbours is no neighbour: it is left out in a second round.
func (w *weigher) askNeighbours() error {
	first, err := w.answersAround(func(uint32) bool { return true })
	if err != nil {
		return err
	}
	w.around, err = w.answersAround(func(n uint32) bool {
		a := first[n]
		return int64(a.neighbours) < w.p.AroundNeighbours || a.share() >= w.p.AroundFull
	})
	return err
}

func (w *weigher) answersAround(counts func(neighbour uint32) bool) ([]around, error) {
	of := make([]around, len(w.by))
	err := w.eachDrawer(func() hand {
		return hand{work: func(drawer int) error {
			return eachItem(w.after.shelves[stateNear], drawer, func(f *itemFields) error {
				s, neighbour := f.number(), f.number()
				var v [4]int64
				f.read(v[:])
				total := NearSums{v[0] + v[2], v[1] + v[3]}
				if total.Asked < w.p.AroundAsked || !counts(neighbour) {
					return nil
				}
				a := &of[s]
				a.asked += total.Asked
				a.neighbours++
				if total.Answered > 0 {
					a.heard++
				}
				return nil
			})
		}}
	})
	return of, err
}
