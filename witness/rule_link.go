package witness

import "hexspot/coverage"

// leastLossDistance is the distance below which free-space loss is not believed:
// closer sites are taken to be that far apart.
const leastLossDistance = 10 * coverage.Metre

// link is the geometry of a beaconer and a witness.
type link struct {
	located bool // both are
	ok      bool // there is a distance
	gap     coverage.Millimetres
	widest  coverage.Millimetres // largest difference of a coordinate
	length  coverage.Millimetres // distance of the centres
}

// linkOf works out how far apart two sites are. The gap is the least distance that
// the slack of their cells allows; it is negative where cells overlap.
func linkOf(b, w *SiteFacts) link {
	if !b.Located || !w.Located {
		return link{}
	}
	l := link{located: true, widest: widest(b.Position, w.Position)}
	l.length, l.ok = distance(b.Position, w.Position)
	l.gap = l.length - b.Slack - w.Slack
	return l
}

// eirp is a beacon's power: what the connector got, the antenna's gain, less the
// cable.
func eirp(b *BeaconFacts) microdB {
	return levelOf(b.Conducted) + levelOf(b.Site.Gain) - levelOf(b.Site.Loss)
}
