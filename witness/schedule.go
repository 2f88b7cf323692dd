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
