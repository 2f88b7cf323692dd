package witness

// tellTwins: two stations whose levels of the same frames never part have one
// antenna, and are published as two.
func (s *settling) tellTwins(a, b uint32, p *pair) {
	total := p.twins[0].plus(p.twins[1])
	if total.Frames < max(2, s.p.LinkReports) {
		return
	}
	variance := (total.ApartApart - muldiv(total.Apart, total.Apart, total.Frames)) / (total.Frames - 1)
	variance += doubtOfVariance(variance, total.Frames) * s.p.SlopeDoubt / 100 // of few frames it is small by chance
	c := clueOf(ClueTwins, total.Frames, variance, ramp{s.p.TwinsNone, s.p.TwinsFull})
	for _, station := range [...]uint32{a, b} {
		s.keepLeast(station, c)
	}
}

// doubtOfVariance is the standard error of a variance of n normal figures, v sqrt(2 / (n - 1)).
func doubtOfVariance(v, n int64) int64 {
	return muldiv(v, int64(isqrt(uint64(2*whole*whole/(n-1)))), whole)
}

// keepLeast keeps the worst of a station's clues about twins: a station has many
// neighbours.
func (s *settling) keepLeast(station uint32, c Clue) {
	was, ok := s.twins[station]
	if !ok || c.Value < was.Value || c.Value == was.Value && c.Reports < was.Reports {
		s.twins[station] = c
	}
}
