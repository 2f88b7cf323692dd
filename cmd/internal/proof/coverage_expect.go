package proof

import (
	"fmt"
	"math"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// How far a report may be from what the chip did. Levels are those of the SX1302: SNR in
// quarters of a dB, RSSI in whole dB.
const (
	hostSlack   = 250 * time.Millisecond // of instants that a host works out from its clock and the chip's counter
	heldUp      = 2 * time.Second        // of the same on a machine that was held up while it read the counter
	rssiSlack   = 1.01                   // dB
	snrSlack    = 0.13                   // dB
	cellSlack   = 30.0                   // metres: two published cells of resolution 12, each 14 m
	levelFits   = 1.2                    // dB: of a level against a limit that is worked out another way
	nearest     = 300.0                  // metres; these are the defaults of rule set hexspot-1
	farthest    = 100_000.0
	overFree    = 3.0 // dB
	noiseLow    = -130.0
	noiseHigh   = -75.0
	noiseToldTo = 5.0 // dB: above this SNR nothing is said of noise
)

// floors are the least levels that can be decoded, dBm.
var floors = map[radio.SpreadingFactor]float64{8: -137, 9: -139.5, 10: -142}

// misreported names each value of a beacon's report that is not the chip's.
func (j *coverageJudgement) misreported(e emission, r beaconRecord) (list []string) {
	differ := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	m, _ := e.sent.Modulation.(radio.LoRa)
	if r.station != e.station {
		differ("reported by %s", name(r.station))
	}
	if slot := j.slot(e.sent.StartAt); r.Slot != slot {
		differ("reported in slot %d, sent in %d", r.Slot, slot)
	}
	if off := math.Abs(float64(r.Frequency) - float64(e.sent.Frequency)); off > synthesizerStep || r.SF != uint32(m.SF) {
		differ("reported %v at SF%d, sent %v at SF%d", r.Frequency, r.SF, e.sent.Frequency, m.SF)
	}
	if math.Abs((r.Conducted - e.sent.Conducted).Float()) > levelSlack {
		differ("reported %v conducted, sent %v", r.Conducted, e.sent.Conducted)
	}
	if off := r.Sent.Time().Sub(e.sent.StartAt); j.misdated(off) {
		differ("reported %v off the start", off)
	}
	return list
}

// misdated says whether a report's instant is further off than a machine can excuse, and
// counts what is excused.
func (j *coverageJudgement) misdated(off time.Duration) bool {
	if off.Abs() > hostSlack && off.Abs() <= heldUp {
		j.Misdated++
	}
	return off.Abs() > heldUp
}

// misheard names each value of an observation that is not what the chip took; of several
// copies any may stand there.
func (j *coverageJudgement) misheard(first Taking, o observation) []string {
	faults := differences(first, o)
	if off := o.Heard.Time().Sub(first.At); j.misdated(off) && o.Copies == 1 {
		faults = append(faults, fmt.Sprintf("reported %v off the end of the frame", off))
	}
	for _, t := range j.taken[o.Frame.Tag] {
		if o.Copies > 1 && t.Station == first.Station && len(differences(t, o)) == 0 {
			return nil
		}
	}
	return faults
}

func differences(t Taking, o observation) (list []string) {
	differ := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if off := math.Abs(float64(o.Frequency) - float64(t.Frequency)); off > synthesizerStep || o.SF != uint32(t.SF) {
		differ("reported %v at SF%d, taken %v at SF%d", o.Frequency, o.SF, t.Frequency, t.SF)
	}
	if math.Abs((o.ChannelRSSI-t.RSSI).Float()) > rssiSlack || math.Abs((o.SNR-t.SNR).Float()) > snrSlack {
		differ("reported %v, SNR %v, taken %v, SNR %v", o.ChannelRSSI, o.SNR, t.RSSI, t.SNR)
	}
	return list
}

// events are when stations were on one side of a good event, first of all.
type events struct {
	beaconed, witnessed map[radio.Station]witness.Slot
}

func (e events) add(beaconer, hearer radio.Station, k witness.Slot) {
	earliest(e.beaconed, beaconer, k)
	earliest(e.witnessed, hearer, k)
}

func earliest(of map[radio.Station]witness.Slot, s radio.Station, k witness.Slot) {
	if was, ok := of[s]; !ok || k < was {
		of[s] = k
	}
}

// findEvents works out who took part in good events: the beacon and a witness of it hold
// when looked at alone.
func (j *coverageJudgement) findEvents(honest []emission) {
	j.events = events{map[radio.Station]witness.Slot{}, map[radio.Station]witness.Slot{}}
	for _, e := range honest {
		k := j.slot(e.sent.StartAt)
		v := j.c.verdicts[e.frame.Tag]
		if j.beaconAlone(e, v) != "" {
			continue
		}
		heard := map[radio.Station]bool{}
		for _, t := range j.taken[e.frame.Tag] {
			if heard[t.Station] || t.By != Honest {
				continue
			}
			heard[t.Station] = true
			if o, ok := j.c.first(e.frame.Tag, t.Station); ok && j.witnessAlone(e, t, o, v) == "" {
				j.events.add(e.station, t.Station, k)
			}
		}
	}
}

func (c *Coverage) first(tag witness.Tag, s radio.Station) (observation, bool) {
	for _, o := range c.observed[tag] {
		if o.station == s {
			return o, true
		}
	}
	return observation{}, false
}

// beaconAlone is why a beacon that was sent as it should be fails the first pass.
func (j *coverageJudgement) beaconAlone(e emission, v said) witness.Fault {
	k := j.slot(e.sent.StartAt)
	records := j.c.beacons[e.frame.Tag]
	switch {
	case k < j.end.Sites:
		return "unknown" // its site counts from the next epoch on
	case j.claims(v.Beacons, e.station, "value_late") && j.valueLate(k):
		return "value_late"
	case j.claims(v.Beacons, e.station, "outside_slot") && len(records) > 0 && !j.c.timing.InSlot(records[0].Sent, k, 0):
		return "outside_slot" // it was dated by a machine that was held up
	case len(records) > 0 && records[0].at >= j.c.timing.CaseCloses(k):
		return "too_late"
	}
	return ""
}

// claims says whether a verdict gives a station's first report this reason.
func (j *coverageJudgement) claims(list []witness.Judged, s radio.Station, reason witness.Fault) bool {
	for i := range list {
		if list[i].Station == s {
			return list[i].Reason == reason
		}
	}
	return false
}

// valueLate says that the proof's own client, too, learnt the slot's entropy about when
// emissions of the slot might have begun, or later. A network that was held up between
// publishing it and looking at the clock says that it was late, and is not far off.
func (j *coverageJudgement) valueLate(k witness.Slot) bool {
	at, ok := j.c.values[k]
	latest := (j.c.timing.Start(k) + j.c.timing.Lead).Time()
	if published, told := j.c.published[k]; ok && told {
		says := published.Time()
		if says.After(latest) && says.Sub(at).Abs() <= heldUp {
			return true
		}
	}
	return !ok || at.Add(hostSlack).After(latest)
}

// witnessAlone is why an honest observation fails the first pass. Geometry and levels
// are those of the air; a limit that they come close to may fall either way.
func (j *coverageJudgement) witnessAlone(e emission, t Taking, o observation, v said) witness.Fault {
	switch {
	case j.beaconAlone(e, v) != "":
		return witness.FaultBeacon
	case o.at >= j.c.timing.CaseCloses(j.slot(e.sent.StartAt)):
		return "too_late"
	}
	for _, limit := range j.limits(e, t, o) {
		said := j.claims(v.Witnesses, t.Station, limit.fault)
		if limit.over > limit.slack || said && limit.over > -limit.slack {
			return limit.fault
		}
	}
	return ""
}

// limit is a rule with a figure: by how much it is broken, and how exactly that is known
// here.
type limit struct {
	fault       witness.Fault
	over, slack float64
}

// limits are the rules of geometry and level in their order.
func (j *coverageJudgement) limits(e emission, t Taking, o observation) []limit {
	from, to := j.c.stands[e.station], j.c.stands[t.Station]
	metres := math.Hypot(from.X-to.X, from.Y-to.Y)
	list := []limit{
		{"too_near", nearest + cellSlack - metres, cellSlack},
		{"too_far", metres - farthest, cellSlack},
	}
	if !o.HasSignalRSSI {
		return list
	}
	signal, snr := o.SignalRSSI.Float(), o.SNR.Float()
	free := 20*math.Log10(max(metres-cellSlack, 10)) + 20*math.Log10(float64(t.Frequency)) - 147.55
	strongest := e.sent.Conducted.Float() + from.Gain.Float() - free + to.Gain.Float() + overFree
	list = append(list,
		limit{"too_strong", signal - strongest, levelFits},
		limit{"too_weak", floors[t.SF] - signal, levelFits})
	if snr < noiseToldTo {
		list = append(list, limit{"noise", max(noiseLow-(signal-snr), signal-snr-noiseHigh), levelFits})
	}
	return list
}

// beaconReason is what a beacon's verdict must be.
func (j *coverageJudgement) beaconReason(e emission, v said) witness.Fault {
	alone := j.beaconAlone(e, v)
	if alone != "" || !v.final || j.before(j.events.witnessed, e.station, v) {
		return alone
	}
	return "not_witnessing"
}

// witnessReason is what a witness's verdict must be.
func (j *coverageJudgement) witnessReason(e emission, t Taking, o observation, v said) witness.Fault {
	if v.final && j.beaconReason(e, v) != "" {
		return witness.FaultBeacon
	}
	alone := j.witnessAlone(e, t, o, v)
	if alone != "" || !v.final || j.before(j.events.beaconed, t.Station, v) {
		return alone
	}
	return "not_witnessed"
}

// before says whether a station's first event is no later than the verdict's slot.
func (j *coverageJudgement) before(of map[radio.Station]witness.Slot, s radio.Station, v said) bool {
	first, ok := of[s]
	return ok && uint64(first) <= v.Slot
}
