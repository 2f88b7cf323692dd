package witness

import (
	"fmt"
	"slices"
	"time"

	"hexspot/radio"
)

// SetChip says whether a concentrator runs.
func (b *Beaconer) SetChip(runs bool) { b.chipless = !runs }

// SetSpool says whether what is on disk is known: before it is, nothing can be sent.
func (b *Beaconer) SetSpool(usable bool) { b.diskless = !usable }

// SetLink says whether the network is connected.
func (b *Beaconer) SetLink(online bool) { b.offline = !online }

// spent says that the duty cycle has room for no beacon.
type spent struct {
	full  bool
	until Millis // 0: not known
}

// SetDuty says that no sub-band of the beacon channels has room for a beacon in its duty
// cycle, and until when (0: nobody knows); or that one has.
func (b *Beaconer) SetDuty(full bool, until Millis) { b.spent = spent{full, until} }

// ShortestBeacons are the beacons of a plan that take the least time on air, one for each
// channel: where none of them has room, no beacon has.
func ShortestBeacons(plan radio.Plan) (list []radio.Downlink) {
	for _, f := range plan.BeaconChannels {
		list = append(list, radio.Downlink{
			PHYPayload: make([]byte, FrameSize), Frequency: f, EIRP: plan.BeaconMaxEIRP,
			Modulation: Modulation(slices.Min(rates[:])),
		})
	}
	return list
}

// reason is why no beacon can be sent as things stand: also if what the next one needs
// does not come any more.
func (b *Beaconer) reason(now Millis) Reason {
	if reason := b.refused(now); reason != 0 {
		return reason
	}
	t, _ := b.chains.Timing(now) // is there: not refused
	if _, ok := b.due(t, now); !ok || b.offline || !b.current(t.SlotAt(now)) {
		return b.unheard(NoEntropy)
	}
	if b.spent.full {
		return DutyCycle
	}
	return 0
}

// current says whether the newest value is of this slot or the one before.
func (b *Beaconer) current(k Slot) bool {
	_, this := b.chains.Value(k)
	_, last := b.chains.Value(k - 1)
	return this || last
}

// otherPlan is the site's plan if it is not the radio's: as it was signed, or as the
// registry has it.
func (b *Beaconer) otherPlan() string {
	plans := []string{b.site.Plan}
	if b.registry.Site != nil {
		plans = append(plans, b.registry.Site.Plan)
	}
	for _, plan := range plans {
		if plan != b.plan.Name {
			return plan
		}
	}
	return ""
}

// hasLevel says whether the radio has a level that this antenna radiates within the cap.
func (b *Beaconer) hasLevel() bool {
	_, ok := b.site.ConductedLevel(b.plan.BeaconMaxEIRP, b.plan.BeaconMaxEIRP, b.levels)
	return ok
}

// detail has the figures of a reason.
func (b *Beaconer) detail(r Reason) string {
	switch {
	case r == OtherPlan:
		return fmt.Sprintf("%s, the radio's is %s", b.otherPlan(), b.plan.Name)
	case r == NoLevel && len(b.levels) > 0:
		least := slices.Min(b.levels)
		return fmt.Sprintf("the lowest, %v conducted + %v of gain - %v of loss, radiates %v; the cap is %v",
			least, b.site.Gain, b.site.Loss, b.site.EIRP(least), b.plan.BeaconMaxEIRP)
	case r == DutyCycle && b.spent.until != 0:
		return fmt.Sprintf("there is room again at %s", b.spent.until.Time().Format(time.RFC3339))
	}
	return ""
}
