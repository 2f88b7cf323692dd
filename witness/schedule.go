package witness

import "fmt"

// Schedule is the timing of a network and how far ahead it publishes anchors,
// which anchors do not state.
type Schedule struct {
	Timing
	AnchorAhead Millis
}

// maxAhead is the most epochs of anchors that are published at a time besides the
// running one; stations keep MaxRetained.
const maxAhead = MaxRetained / 4

// Validate checks that such a network can be run: its timing, chains of an epoch, and
// not too many of them published at a time.
func (s Schedule) Validate() error {
	if err := s.Timing.Validate(); err != nil {
		return err
	}
	most := Millis(s.EpochSlots) * s.Slot * maxAhead
	return firstFault(
		bound{"epoch_slots", s.EpochSlots <= MaxChain, fmt.Sprintf("at most %d", MaxChain)},
		bound{"anchor_ms", s.AnchorAhead >= 0 && s.AnchorAhead+s.Report <= most, fmt.Sprintf("with report_ms at most %d epochs", maxAhead)},
	)
}

// schedules are the rows of the table in protocol hexspot/1, "Time".
var schedules = map[string]Schedule{
	"default": {Timing{60_000, 360, 60, 1440, 10_000, 40_000, 10_800_000, 1_800_000}, 3_600_000},
	"demo":    {Timing{2_000, 10, 2, 30, 500, 1_000, 10_000, 0}, 20_000},
}

// ScheduleNamed is a row of the protocol's table: "default" or "demo".
func ScheduleNamed(name string) (Schedule, error) {
	s, ok := schedules[name]
	if !ok {
		return Schedule{}, fmt.Errorf("there are no timings %q: default or demo", name)
	}
	return s, nil
}

// Table gives the lengths with their reasons, in the order of the protocol's table.
func (s Schedule) Table() []Figure {
	return []Figure{
		{Name: "slot_ms", Unit: "ms", Reason: "room for a lead, the spread and the longest frame, and for clocks that are seconds off", Value: int64(s.Slot)},
		{Name: "window_slots", Unit: "slots", Reason: "how often a station beacons: a few hundred milliseconds of air in six hours", Value: int64(s.WindowSlots)},
		{Name: "guard_slots", Unit: "slots", Reason: "two beacons of a station are never close, whatever is drawn: one hour of duty cycle each", Value: int64(s.GuardSlots)},
		{Name: "epoch_slots", Unit: "slots", Reason: "whole windows: what is frozen, verified and paid together, a day", Value: int64(s.EpochSlots)},
		{Name: "lead_ms", Unit: "ms", Reason: "the slot's value reaches stations before the earliest emission", Value: int64(s.Lead)},
		{Name: "spread_ms", Unit: "ms", Reason: "without it 1,000 hotspots of one town lose 34 % of their beacons to collisions, with it 0.3 %", Value: int64(s.Spread)},
		{Name: "report_ms", Unit: "ms", Reason: "a hotspot whose connection is away for an hour or two still reports in time", Value: int64(s.Report)},
		{Name: "hold_ms", Unit: "ms", Reason: "many observations under one signature: bytes and processor time", Value: int64(s.Hold)},
		{Name: "anchor_ms", Unit: "ms", Reason: "stations have the next chain's anchor before it begins, also after an outage of some minutes", Value: int64(s.AnchorAhead)},
	}
}
