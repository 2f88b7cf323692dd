package witness

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimeVectors(t *testing.T) {
	v := loadVectors(t).Time
	for name, row := range v.Timings {
		want := Timing{
			Millis(row.Slot.int()), Slot(row.Window.uint()), Slot(row.Guard.uint()), Slot(row.Epoch.uint()),
			Millis(row.Lead.int()), Millis(row.Spread.int()), Millis(row.Report.int()), Millis(row.Hold.int()),
		}
		if got := scheduleNamed(t, name).Timing; got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	for _, c := range v.Cases {
		timing := scheduleNamed(t, c.Timing).Timing
		k := timing.SlotAt(Millis(c.At.int()))
		e := timing.Epoch(k)
		first, end := timing.Slots(e)
		got := []uint64{
			uint64(k), uint64(timing.Start(k)), timing.Window(k), uint64(timing.WindowStart(k)),
			uint64(e), uint64(first), uint64(end), uint64(timing.CaseCloses(k)), uint64(timing.Freezes(e)),
		}
		for i, want := range []number{c.Slot, c.SlotStart, c.Window, c.WindowFirst, c.Epoch, c.EpochFirst, c.EpochEnd, c.Closes, c.Freezes} {
			if got[i] != want.uint() {
				t.Errorf("%s %v: figure %d is %d, want %d", c.Timing, c.At, i, got[i], want.uint())
			}
		}
	}
	if len(v.Timings) != 2 || len(v.Cases) == 0 {
		t.Error("no vectors")
	}
}

func TestHeardInSlotVectors(t *testing.T) {
	v := loadVectors(t).HeardInSlot
	for _, c := range v {
		timing := scheduleNamed(t, c.Timing).Timing
		if got := timing.InSlot(Millis(c.Heard.int()), Slot(c.Slot.uint()), ClockSlack); got != c.OK {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if len(v) == 0 {
		t.Error("no vectors")
	}
}

func TestAnchorAhead(t *testing.T) {
	for name, want := range map[string]Millis{"default": 3_600_000, "demo": 20_000} {
		if got := scheduleNamed(t, name).AnchorAhead; got != want {
			t.Errorf("%s: %d", name, got)
		}
	}
	if _, err := ScheduleNamed("other"); err == nil {
		t.Error("there are timings of any name")
	}
}

func TestInEpoch(t *testing.T) {
	timing := scheduleNamed(t, "demo").Timing // an epoch is 60 s
	for _, c := range []struct {
		at Millis
		ok bool
	}{{54_999, false}, {55_000, true}, {60_000, true}, {119_999, true}, {124_999, true}, {125_000, false}} {
		if got := timing.InEpoch(c.at, 1, ClockSlack); got != c.ok {
			t.Errorf("%d: %v", c.at, got)
		}
	}
	if timing.SlotAt(-1) != 0 {
		t.Error("a time before 1970 is not in slot 0")
	}
}

func TestLogEpoch(t *testing.T) {
	timing := scheduleNamed(t, "demo").Timing // epochs of 60 s, 10 s for reports
	for _, c := range []struct {
		received Millis
		want     Epoch
	}{{0, 1}, {129_999, 1}, {130_000, 2}, {200_000, 3}} {
		if got := timing.LogEpoch(1, c.received); got != c.want {
			t.Errorf("received at %d: epoch %d, want %d", c.received, got, c.want)
		}
	}
}

func TestScheduleRefuses(t *testing.T) {
	for field, spoil := range map[string]func(*Schedule){
		"slot_ms":     func(s *Schedule) { s.Slot = 0 },
		"epoch_slots": func(s *Schedule) { s.EpochSlots = 360 * 1000 },
		"anchor_ms":   func(s *Schedule) { s.AnchorAhead = 24 * 3_600_000 * 16 },
	} {
		s := scheduleNamed(t, "default")
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(&s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%v, want a fault of %s", err, field)
		}
	}
}

func TestTimingRefuses(t *testing.T) {
	cases := []struct {
		field string
		spoil func(*Timing)
	}{
		{"slot_ms", func(t *Timing) { t.Slot = 0 }},
		{"slot_ms", func(t *Timing) { t.Slot = 1 << 22 }},
		{"window_slots", func(t *Timing) { t.WindowSlots = 0 }},
		{"guard_slots", func(t *Timing) { t.GuardSlots = t.WindowSlots - 1 }},
		{"guard_slots", func(t *Timing) { t.GuardSlots = 1<<64 - 1 }},
		{"epoch_slots", func(t *Timing) { t.EpochSlots++ }},
		{"epoch_slots", func(t *Timing) { t.EpochSlots = 0 }},
		{"lead_ms", func(t *Timing) { t.Lead = t.Slot }},
		{"spread_ms", func(t *Timing) { t.Spread = 0 }},
		{"spread_ms", func(t *Timing) { t.Spread = t.Slot }},
		{"report_ms", func(t *Timing) { t.Report = 0 }},
		{"hold_ms", func(t *Timing) { t.Hold = -1 }},
	}
	for _, c := range cases {
		timing := scheduleNamed(t, "default").Timing
		if err := timing.Validate(); err != nil {
			t.Fatal(err)
		}
		c.spoil(&timing)
		if err := timing.Validate(); err == nil || !strings.HasPrefix(err.Error(), c.field) {
			t.Errorf("%+v: %v, want a fault of %s", timing, err, c.field)
		}
	}
}

func TestTimeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		timing := schedules[rapid.SampledFrom([]string{"default", "demo"}).Draw(t, "timing")].Timing
		at := Millis(rapid.Int64Range(0, 1<<45).Draw(t, "at"))
		k := timing.SlotAt(at)
		from, to := timing.Slots(timing.Epoch(k))
		switch {
		case at < timing.Start(k) || at >= timing.End(k):
			t.Fatal("the time is not in its slot")
		case k < from || k >= to:
			t.Fatal("the slot is not in its epoch")
		case timing.WindowStart(k) < from || timing.Window(timing.WindowStart(k)) != timing.Window(k):
			t.Fatal("the window is not the slot's")
		case timing.CaseCloses(k) > timing.Freezes(timing.Epoch(k)):
			t.Fatal("a case closes after its epoch froze")
		case MillisOf(at.Time()) != at || at.Duration() != time.Duration(at)*time.Millisecond:
			t.Fatal("the time changes on its way")
		}
	})
}

// TestLastEpoch: up to it no time of an epoch overflows, whatever the lengths are.
func TestLastEpoch(t *testing.T) {
	for _, c := range []struct {
		slot  Millis
		slots Slot
		want  Epoch
	}{{60_000, 1440, 763_549_741}, {2_000, 32, 1<<35 - 1}, {maxSlotLength - 1, 1<<32 - 1, 256}, {maxSlotLength - 1, 3, 366_503_875_925}} {
		timing := Timing{Slot: c.slot, EpochSlots: c.slots, Report: 1<<32 - 1}
		last := timing.LastEpoch()
		from, to := timing.Slots(last)
		if last != c.want || from >= maxSlot || timing.Freezes(last) <= timing.Start(from) || timing.Start(from) < 0 || to <= from {
			t.Errorf("%d slots of %d ms: last %d, freezes %d", c.slots, c.slot, last, timing.Freezes(last))
		}
	}
}
