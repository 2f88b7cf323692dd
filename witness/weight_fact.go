package witness

import (
	"maps"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
)

// wayFact is a way as one of its stations sees it.
type wayFact struct {
	partner  radio.Station
	outward  bool // the station sent
	kin      bool // one owner
	answered bool // there is a way back
	rough    bool // the chip at an end does not give the level of the signal
	sums     WaySums
	spread   spread
	loss     int64 // between isotropic antennas, 0.01 dB; of sums with reports
	excess   int64 // of the loss over free space
	both     mean  // of the excess of this way and the way back
	distance coverage.Millimetres
	far      farness
}

// gather looks at each way between stations of the epoch from both ends.
func (w *weigher) gather() {
	for _, way := range slices.SortedFunc(maps.Keys(w.state.Ways), Way.compare) {
		f, ok := w.factOf(way)
		if !ok {
			continue
		}
		f.partner, f.outward = way.To, true
		w.ways[way.From] = append(w.ways[way.From], f)
		f.partner, f.outward = way.From, false
		w.ways[way.To] = append(w.ways[way.To], f)
	}
}

// sumUp pools the ways of each station.
func (w *weigher) sumUp() {
	for s, facts := range w.ways {
		var all mean
		for i := range facts {
			f := &facts[i]
			if f.sums.Reports > 0 {
				all = mean{all.sum + f.excess, all.n + 1}
			}
			if !f.outward && !f.answered {
				w.heardAlone[s] = w.heardAlone[s].plus(f.spread)
			}
		}
		w.excesses[s] = all
	}
	for s, facts := range w.ways {
		var sent []spread
		for i := range facts {
			if f := &facts[i]; f.outward && !f.answered && !w.isCable(f.partner) {
				sent = append(sent, f.spread)
			}
		}
		w.sentAlone[s] = w.pool(sent)
	}
}

// isCable says that what a station hears without answer comes in over a cable: it
// tells nothing of who sent it.
func (w *weigher) isCable(s radio.Station) bool {
	fading, ok := w.heardAlone[s].fading(w.p.LinkReports)
	return ok && fading < w.p.FadingFull
}

func (w *weigher) factOf(way Way) (wayFact, bool) {
	from, to := w.book.stations[way.From], w.book.stations[way.To]
	if from == nil || to == nil {
		return wayFact{}, false
	}
	d, ok := distance(from.site.Position, to.site.Position)
	if !ok {
		return wayFact{}, false
	}
	f := wayFact{distance: max(d, coverage.Metre), kin: from.site.Owner == to.site.Owner}
	f.rough = from.rough || to.rough
	free := int64(freeSpaceLoss(f.distance, midBand, lossOffset) / centidB)
	f.sums, f.loss = w.lossOf(way, &from.site, &to.site)
	if f.sums.Reports > 0 {
		f.spread = spreadOf(f.sums)
		f.excess = f.loss - free
		f.both = mean{f.excess, 1}
	}
	if back, loss := w.lossOf(way.Back(), &to.site, &from.site); back.Reports > 0 {
		f.answered = true
		f.both = mean{f.both.sum + loss - free, f.both.n + 1}
	}
	return f, true
}

// lossOf is what is known of a way, and its mean loss between isotropic antennas if
// there are reports.
func (w *weigher) lossOf(way Way, from, to *SiteFacts) (WaySums, int64) {
	both := w.state.Ways[way]
	sums := both[0].plus(both[1])
	if sums.Reports == 0 {
		return sums, 0
	}
	return sums, int64(w.p.Plans[from.Plan]) + net(to) - floordiv(sums.Level, sums.Reports)
}

// midBand stands for the frequency of a link's frames: over a whole plan free-space
// loss differs by less than 0.3 dB.
const midBand = 868 * radio.MHz
