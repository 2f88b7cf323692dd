package verify

import (
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// openAll verifies the openings of the beacon reports of groups, after those of the part's
// groups before them.
func (r *run) openAll(groups []namedGroup, opens opened) opened {
	start := time.Now()
	var batch radio.Batch
	var asked []int
	flush := func() {
		for i, right := range batch.Verify() {
			opens[asked[i]] = right
		}
		asked = asked[:0]
	}
	for _, g := range groups {
		for i := range g.beacons {
			b := &g.beacons[i]
			opens = append(opens, false)
			value, known := r.factory.values.at(b.body.Slot)
			if !known || g.late {
				continue
			}
			lot := witness.Lot{Network: r.in.Network, Station: b.station, Entropy: value.Entropy}
			batch.Add(b.station, witness.OpeningMessage(lot, b.body.Slot), b.body.Signature)
			if asked = append(asked, len(opens)-1); len(asked) == together {
				flush()
			}
		}
	}
	flush()
	r.signing.Add(int64(time.Since(start)))
	return opens
}
