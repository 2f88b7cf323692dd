package simulate

import "math"

// The physics, in dB and metres.
const (
	reference  = 100.0   // free space up to here, the area's exponent beyond
	lossAt100m = 71.2    // free space at 868 MHz
	floorMean  = -117.0  // thermal noise of 125 kHz and a noise figure of 6 dB
	capEIRP    = 16.0    // EU868
	maxLoss    = 175.0   // no antenna and no rate gets over this
	unheard    = 110_000 // beyond this nothing is worked out
)

func freeSpace(metres float64) float64 { return lossAt100m + 20*math.Log10(max(metres, 1)/reference) }

// ground is the propagation of an area.
type ground struct {
	exponent float64 // of the path loss, 2 to 4.5
	shadow   float64 // standard deviation of its log-normal part, 4 to 12 dB
}

// median is the loss over a distance that half of the paths exceed: log-distance,
// and past the radio horizon 1 dB a kilometre.
func (g ground) median(metres, horizon float64) float64 {
	loss := lossAt100m + 10*g.exponent*math.Log10(max(metres, reference)/reference)
	if metres < reference {
		loss = freeSpace(metres)
	}
	return loss + max(0, metres-horizon)/1000
}

// horizon is how far two antennas of these heights see, with a radius of the earth of
// 4/3.
func horizon(a, b float64) float64 { return 4120 * (math.Sqrt(a) + math.Sqrt(b)) }

// path is the link from a sending radio to a hearing one.
type path struct {
	to   int32
	loss float32 // between isotropic antennas, shadowing and obstacles at both ends included
	best float32 // no frame gets more: free space and 1 dB
	fade float32 // standard deviation from frame to frame
	fake bool    // nothing is on the air: the report is drawn
	salt chance  // of what is drawn from frame to frame
}

// between works out the path between two radios, false if it carries nothing.
func (w *world) between(a, b int) (path, bool) {
	ra, rb := &w.radios[a], &w.radios[b]
	if ra.cable >= 0 || rb.cable >= 0 {
		return w.wire(a, b)
	}
	d := ra.at.to(rb.at)
	if d > unheard {
		return path{}, false
	}
	salt := w.chance.of('p').pair(ra.antenna, rb.antenna)
	if ra.antenna == rb.antenna { // a splitter's isolation
		return path{to: int32(b), loss: 25, best: 20, fade: 0.1, salt: salt}, true
	}
	g := ground{(ra.ground.exponent + rb.ground.exponent) / 2, (ra.ground.shadow + rb.ground.shadow) / 2}
	free := freeSpace(d)
	loss := max(free, g.median(d, horizon(ra.height, rb.height))+g.shadow*salt.of('s').normal()+ra.obstacle+rb.obstacle)
	if loss > maxLoss {
		return path{}, false
	}
	fade := salt.of('f').between(1.2, 5)
	return path{to: int32(b), loss: float32(loss), best: float32(free - 1), fade: float32(fade), salt: salt}, true
}

// wire is the path between radios in one room, behind one combiner.
func (w *world) wire(a, b int) (path, bool) {
	if w.radios[a].cable != w.radios[b].cable {
		return path{}, false
	}
	salt := w.chance.of('w').pair(a, b)
	room := w.chance.of('w').of(uint64(w.radios[a].cable))
	loss := float32(room.between(108, 125) + salt.normal())
	return path{to: int32(b), loss: loss, best: loss - 3, fade: 0.15, salt: salt}, true
}
