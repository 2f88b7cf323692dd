package witness

// pair is all that is known of two stations: of both ways, the one from the first station
// first.
type pair struct {
	ways  [2]pairWay
	near  [2]pairNear
	shown [2]pairShown
	twins [2]TwinSums
}

// pairWay is one way.
type pairWay struct {
	known bool // there is anything of it in the state
	today bool // it was heard on
	sums  [2]WaySums
	heard windows
}

// pairNear is what the second station says of the first as a neighbour.
type pairNear struct {
	known bool
	asked bool // it is a neighbour
	sums  [2]NearSums
}

// pairShown is what evidence shows of one way.
type pairShown struct {
	known  bool
	before [2]int64 // frames
	frames int64    // in this epoch
}

// kept are the frames of the state.
func (s *pairShown) kept() [2]int64 { return [2]int64{max(s.before[0], s.frames), s.before[1]} }

// take enters something that a book says.
func (p *pair) take(what, way int, f *itemFields, turns int) {
	switch what {
	case saidHeard:
		w := &p.ways[way]
		w.known, w.today = true, true
		w.heard.add(uint64(f.next()))
		if len(f.rest) > 0 {
			drop := f.next()
			w.sums[0].add(drop, f.next())
		}
	case saidTwins:
		apart := f.next()
		p.twins[0] = p.twins[0].plus(TwinSums{1, apart, apart * apart})
	case saidNear:
		p.near[way].known, p.near[way].asked = true, true
	case saidShown:
		w := &p.shown[way]
		w.known, w.frames = true, max(w.frames, f.next())
	default:
		p.takeBefore(what, way, f, turns)
	}
}

// takeBefore enters sums of the state before, as far as they are remembered.
func (p *pair) takeBefore(what, way int, f *itemFields, turns int) {
	var v [2 * waySums]int64
	each := stateNumbers[what-wasWay]
	f.read(v[:2*each])
	for range turns {
		copy(v[each:2*each], v[:each])
		clear(v[:each])
	}
	if v == [len(v)]int64{} {
		return
	}
	for generation := range 2 {
		n := v[generation*each:]
		switch what {
		case wasWay:
			w := &p.ways[way]
			w.known = true
			w.sums[generation] = w.sums[generation].plus(waySumsOf(n))
		case wasNear:
			w := &p.near[way]
			w.known = true
			w.sums[generation] = w.sums[generation].plus(NearSums{n[0], n[1]})
		case wasTwins:
			p.twins[generation] = p.twins[generation].plus(TwinSums{n[0], n[1], n[2]})
		case wasShown:
			p.shown[way].known = true
			p.shown[way].before[generation] += n[0]
		}
	}
}

// reversed is the pair as the second station has it; twins have one order only.
func (p *pair) reversed() pair {
	return pair{
		ways: [2]pairWay{p.ways[1], p.ways[0]}, near: [2]pairNear{p.near[1], p.near[0]}, shown: [2]pairShown{p.shown[1], p.shown[0]},
	}
}

// ask counts, for a way that was heard on, which beacons of the hearer the sender should
// have heard in turn.
func (p *pair) ask(way int, sender, hearer *stationDay, rules *Parameters) {
	w := &p.ways[way]
	total := w.sums[0].plus(w.sums[1])
	if !w.today || total.Reports == 0 || !w.isUsual(sender, hearer) {
		return
	}
	asked, answered := askedOf(sender, hearer, &p.ways[1-way], floordiv(total.Level, total.Reports), rules)
	w.sums[0].Asked += asked
	w.sums[0].Answered += answered
}

// isUsual says that a way's hearer reported more than a third of the sender's beacons while it
// was awake. Of a way that is heard now and then only the lucky frames show their level: it looks
// better than it is.
func (w *pairWay) isUsual(sender, hearer *stationDay) bool {
	heard, missed := 0, 0
	for _, e := range sender.sent {
		if window := uint64(e.window); w.heard.has(window) {
			heard++
		} else if hearer.awake.has(window) {
			missed++
		}
	}
	return 2*heard > missed
}

// askedOf looks at the beacons of a way's hearer: at the sender each would have come
// in as loud, but for antennas and power; over the noise that the sender itself
// reports it should have been decoded with a margin.
func askedOf(sender, hearer *stationDay, back *pairWay, level int64, rules *Parameters) (asked, answered int64) {
	if sender.noises == 0 {
		return 0, 0
	}
	snr := level - net(&hearer.site) + net(&sender.site) - floordiv(sender.noise, sender.noises)
	for _, e := range hearer.sent {
		if !sender.awake.has(uint64(e.window)) || snr-int64(e.drop) < int64(e.limit)+rules.AnswerMargin {
			continue
		}
		asked++
		if back.today && back.heard.has(uint64(e.window)) {
			answered++
		}
	}
	return asked, answered
}

// net is a site's antenna gain less its cable, 0.01 dB.
func net(s *SiteFacts) int64 { return int64(s.Gain) - int64(s.Loss) }

// askNear counts how many beacons of a station a neighbour had to hear, and did.
func (p *pair) askNear(way int, station, neighbour *stationDay) {
	if !p.near[way].asked {
		return
	}
	sums := &p.near[way].sums[0]
	for _, e := range station.sent {
		if !neighbour.awake.has(uint64(e.window)) {
			continue
		}
		sums.Asked++
		if w := &p.ways[way]; w.today && w.heard.has(uint64(e.window)) {
			sums.Answered++
		}
	}
}
