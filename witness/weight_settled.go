package witness

import (
	"io"
	"slices"

	"hexspot/radio"
)

// SettledLinks are the state after an epoch and its weights, on shelves. It is not safe for
// concurrent use, and gives everything as often as it is asked.
type SettledLinks struct {
	before   *LinkState // nil: there are weights
	names    []radio.Station
	after    afterState
	stations Shelf   // their clues, in order
	links    Shelf   // their own clues, in order
	least    []int16 // weight that the clues of a station leave
}

// keep lays what is known of a station's ways and pairs into its drawer. Twins are with
// the first of both.
func (s *settling) keep(from, to uint32, p *pair) error {
	drawer := s.drawer(from)
	put := func(kind int, numbers ...int64) error {
		return s.item.begin().add(int64(from), int64(to)).add(numbers...).put(s.after.shelves[kind], drawer)
	}
	var err error
	if w := &p.ways[0]; w.known {
		err = put(stateWays, slices.Concat(w.sums[0].list(), w.sums[1].list())...)
	}
	if n := &p.near[0]; err == nil && n.known {
		err = put(stateNear, slices.Concat(n.sums[0].list(), n.sums[1].list())...)
	}
	if err == nil && p.twins != [2]TwinSums{} {
		err = put(stateTwins, slices.Concat(p.twins[0].list(), p.twins[1].list())...)
	}
	if w := &p.shown[0]; err == nil && w.known {
		kept := w.kept()
		err = put(stateShown, kept[:]...)
	}
	return err
}

// entries gives the entries of a kind in a drawer, in order.
func (l *SettledLinks) entries(kind, drawer int, each func(stateEntry) error) error {
	type entry struct {
		from, to uint32
		sums     []int64
	}
	var list []entry
	size := 2 * len(stateNumbers(kind))
	err := eachItem(l.after.shelves[kind], drawer, func(f *itemFields) error {
		e := entry{sums: make([]int64, size)}
		e.from, e.to = f.number(), f.number()
		f.read(e.sums)
		list = append(list, e)
		return nil
	})
	slices.SortFunc(list, func(a, b entry) int {
		if a.from != b.from {
			return int(a.from) - int(b.from)
		}
		return int(a.to) - int(b.to)
	})
	for i := range list {
		if err != nil {
			break
		}
		e := &list[i]
		err = each(stateEntry{kind, l.names[e.from], l.names[e.to], e.sums})
	}
	return err
}

// eachEntry gives the whole state after the epoch, in the order of its text.
func (l *SettledLinks) eachEntry(each func(stateEntry) error) error {
	for kind := range stateKinds {
		for drawer := range Drawers {
			if err := l.entries(kind, drawer, each); err != nil {
				return err
			}
		}
	}
	return nil
}

// state is the state after the epoch, in memory.
func (l *SettledLinks) state() (LinkState, error) {
	if l.before != nil {
		return *l.before, nil
	}
	after := newLinkState(l.after.generation)
	err := l.eachEntry(func(e stateEntry) error {
		after.enter(e)
		return nil
	})
	return after, err
}

// WriteState writes the state after the epoch, as LinkState.AppendText does.
func (l *SettledLinks) WriteState(w io.Writer) error {
	if l.before != nil {
		return l.before.WriteText(w)
	}
	out := textSink{w: w}
	out.generation(l.after.generation)
	if err := l.eachEntry(out.entry); err != nil {
		return err
	}
	return out.flush()
}

// entry writes a line of a state.
func (s *textSink) entry(e stateEntry) error {
	s.b = e.appendText(s.b)
	s.line()
	return s.err
}

// WriteWeights writes all weights with their evidence, as Weights.AppendText does.
func (l *SettledLinks) WriteWeights(w io.Writer) error {
	out := textSink{w: w}
	err := l.eachStation(func(s uint32, clues []Clue) error {
		out.station(l.names[s], clues)
		return out.err
	})
	if err == nil {
		err = l.eachLink(func(a, b uint32, clues []Clue) error {
			weight := min(leastWeight(clues), int64(l.least[a]), int64(l.least[b]))
			out.link(Twins{l.names[a], l.names[b]}, uint64(weight), clues)
			return out.err
		})
	}
	if err != nil {
		return err
	}
	return out.flush()
}

// Weights are those of the subjects that are wanted, in memory. Link, Blame and Weakest
// are right as far as there are all subjects of which a clue leaves less than the whole.
func (l *SettledLinks) Weights(wanted func(Subject, []Clue) bool) (*Weights, error) {
	w := &Weights{stations: map[radio.Station][]Clue{}, links: map[Twins][]Clue{}}
	err := l.eachStation(func(s uint32, clues []Clue) error {
		if name := l.names[s]; wanted(StationSubject(name), clues) {
			w.stations[name] = slices.Clone(clues)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = l.eachLink(func(a, b uint32, clues []Clue) error {
		if link := (Twins{l.names[a], l.names[b]}); wanted(Subject(link), clues) {
			w.links[link] = slices.Clone(clues)
		}
		return nil
	})
	return w, err
}

// Lessened says that a clue leaves less than the whole: the weights that anything follows
// from.
func Lessened(clues []Clue) bool { return leastWeight(clues) < whole }

func (l *SettledLinks) eachStation(each func(s uint32, clues []Clue) error) error {
	if l.before != nil {
		return nil
	}
	var clues []Clue
	return eachOf(l.stations, func(f *itemFields) error {
		s := f.number()
		clues = f.clues(clues[:0])
		return each(s, clues)
	})
}

func (l *SettledLinks) eachLink(each func(a, b uint32, clues []Clue) error) error {
	if l.before != nil {
		return nil
	}
	var clues []Clue
	return eachOf(l.links, func(f *itemFields) error {
		a := f.number()
		b := f.number()
		clues = f.clues(clues[:0])
		return each(a, b, clues)
	})
}

// eachOf reads all drawers.
func eachOf(s Shelf, each func(*itemFields) error) error {
	for drawer := range Drawers {
		if err := eachItem(s, drawer, each); err != nil {
			return err
		}
	}
	return nil
}

// clueNames are the names by their numbers on shelves.
var clueNames = [...]ClueName{
	ClueSlope, ClueFading, ClueAnswers, ClueBalance, ClueDistance, ClueBeyond, ClueElsewhere, ClueAround, ClueTwins, ClueOwner, ClueClosed,
}

func (i *item) addClues(clues []Clue) *item {
	for _, c := range clues {
		i.add(int64(slices.Index(clueNames[:], c.Name)), c.Reports, c.Value, c.None, c.Full, c.Weight)
	}
	return i
}

func (f *itemFields) clues(clues []Clue) []Clue {
	for len(f.rest) > 0 {
		var v [6]int64
		f.read(v[:])
		clues = append(clues, Clue{clueNames[v[0]], v[1], v[2], v[3], v[4], v[5]})
	}
	return clues
}
