package witness

import (
	"cmp"
	"io"
	"math/bits"

	"hexspot/radio"
)

// Way is a link in one direction: who sent and who heard.
type Way struct{ From, To radio.Station }

// WaySums are what is kept of one way. Drop is by how much an EIRP was below the
// plan's cap, Level the received level with the drop added, both in 0.01 dB.
//
// Only observations count that would have been decoded at the lowest power step,
// too. Whether one does must not depend on the step that was drawn, or the limit of
// decoding itself would bend the slope.
type WaySums struct {
	Reports                                      int64
	Drop, Level, DropDrop, DropLevel, LevelLevel int64
	// Asked are the beacons of To that From had to hear if the path is the same both
	// ways, Answered those that it reported.
	Asked, Answered int64
}

func (s WaySums) plus(o WaySums) WaySums {
	return WaySums{
		s.Reports + o.Reports, s.Drop + o.Drop, s.Level + o.Level,
		s.DropDrop + o.DropDrop, s.DropLevel + o.DropLevel, s.LevelLevel + o.LevelLevel,
		s.Asked + o.Asked, s.Answered + o.Answered,
	}
}

// put puts the numbers in the order of list.
func (s *WaySums) put(into []int64) {
	into[0], into[1], into[2], into[3] = s.Reports, s.Drop, s.Level, s.DropDrop
	into[4], into[5], into[6], into[7] = s.DropLevel, s.LevelLevel, s.Asked, s.Answered
}

func (s *WaySums) add(drop, level int64) {
	*s = s.plus(WaySums{1, drop, level, drop * drop, drop * level, level * level, 0, 0})
}

// The most that records make of one way: beacons of one station in two generations of epochs, a
// level from the wire less up to four others (cap, power, gain, cable), 0.01 dB.
const (
	mostReports = 1 << 25
	mostLevel   = 1 << 18
)

// check says whether records can make such sums: in number and size, and a product of sums is
// within that of their squares (Cauchy and Schwarz). Within that no figure of a way overflows.
func (s WaySums) check() bool {
	n := s.Reports
	return n >= 0 && n <= mostReports && NearSums{s.Asked, s.Answered}.check() &&
		within64(s.Drop, n*mostLevel) && within64(s.Level, n*mostLevel) &&
		s.DropDrop >= 0 && s.DropDrop <= n*mostLevel*mostLevel && s.LevelLevel >= 0 && s.LevelLevel <= n*mostLevel*mostLevel &&
		productFits(s.Drop, s.Drop, n, s.DropDrop) && productFits(s.Level, s.Level, n, s.LevelLevel) &&
		productFits(s.DropLevel, s.DropLevel, s.DropDrop, s.LevelLevel)
}

func within64(a, limit int64) bool { return -limit <= a && a <= limit }

// productFits says that |a b| <= c d, in 128 bits, for c and d of 0 or more.
func productFits(a, b, c, d int64) bool {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	mostHigh, mostLow := bits.Mul64(uint64(c), uint64(d))
	return high < mostHigh || high == mostHigh && low <= mostLow
}

// Twins are two stations published close to each other, in order.
type Twins struct{ A, B radio.Station }

func twinsOf(a, b radio.Station) (t Twins, swapped bool) {
	if compareStations(a, b) > 0 {
		return Twins{b, a}, true
	}
	return Twins{a, b}, false
}

// TwinSums are of the difference of the levels (0.01 dB) at which two stations heard the
// same frames.
type TwinSums struct{ Frames, Apart, ApartApart int64 }

func (s TwinSums) plus(o TwinSums) TwinSums {
	return TwinSums{s.Frames + o.Frames, s.Apart + o.Apart, s.ApartApart + o.ApartApart}
}

// check is like that of WaySums.
func (s TwinSums) check() bool {
	return s.Frames >= 0 && s.Frames <= mostReports && s.ApartApart >= 0 && s.ApartApart <= s.Frames*mostLevel*mostLevel &&
		productFits(s.Apart, s.Apart, s.Frames, s.ApartApart)
}

// NearSums are how many of a station's beacons a neighbour had to hear, and how many it
// reported.
type NearSums struct{ Asked, Answered int64 }

func (s NearSums) plus(o NearSums) NearSums {
	return NearSums{s.Asked + o.Asked, s.Answered + o.Answered}
}

// check is like that of WaySums.
func (s NearSums) check() bool {
	return s.Answered >= 0 && s.Answered <= s.Asked && s.Asked <= mostReports
}

// LinkState is the evidence that one epoch hands to the next: sums of the running
// generation of epochs and of the one before, the older forgotten. The zero LinkState
// knows nothing. It is never changed.
type LinkState struct {
	Generation uint64
	Ways       map[Way][2]WaySums
	Twins      map[Twins][2]TwinSums
	Near       map[Way][2]NearSums // from a station to a neighbour
	Shown      map[Way][2]int64    // frames that evidence of appeals shows

	lines func() (io.ReadCloser, error) // of a state that is not in memory
}

func (w Way) compare(o Way) int {
	return cmp.Or(w.From.Compare(o.From), w.To.Compare(o.To))
}

func (t Twins) compare(o Twins) int { return Way{t.A, t.B}.compare(Way{o.A, o.B}) }
