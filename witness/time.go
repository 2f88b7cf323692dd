package witness

import "time"

// Millis is a time in Unix milliseconds UTC, or a length of time in
// milliseconds. Division by a slot's length rounds down.
type Millis int64

// MillisOf is the time rounded down to a millisecond.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time is the instant as a time.Time in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// Duration is the length as a time.Duration.
func (m Millis) Duration() time.Duration { return time.Duration(m) * time.Millisecond }

// Slot numbers the slots of a network: slot k begins at k * slot_ms.
type Slot uint64

// Epoch numbers the epochs of a network: epoch e begins with slot e * epoch_slots.
type Epoch uint64

// The bounds of protocol hexspot/1, "Ranges".
const (
	maxSlot  Slot   = 1 << 40
	maxEpoch Epoch  = 1 << 40 // an epoch has one slot at least
	maxTime  Millis = 1 << 53
)

// maxSlotLength (70 minutes) keeps the time of every slot in range from overflowing.
const maxSlotLength Millis = 1 << 22

// Slack of times that two clocks state (protocol hexspot/1, "Reports" and "Verdict").
const (
	MarkSlack  Millis = 2_000 // between hearing a frame and the slot of its mark
	ClockSlack Millis = 5_000 // between a hotspot's clock and the network's
)

// Timing is the lengths that an anchor states (protocol hexspot/1, "Time"). Slot,
// WindowSlots and EpochSlots never change in a network. The zero Timing is not
// usable.
type Timing struct {
	Slot        Millis // length of a slot
	WindowSlots Slot   // in each window a station owes one beacon
	GuardSlots  Slot   // least distance of two beacons of a station
	EpochSlots  Slot   // whole windows
	Lead        Millis // from a slot's start to the earliest emission
	Spread      Millis // emissions start within this
	Report      Millis // after a slot's end in which reports are in time
	Hold        Millis // how long a hotspot may keep observations
}

// Validate checks that the lengths divide as they must, that a window has a slot
// to draw, that emissions start within their slot, and that each length fits the
// 32 bits of an anchor.
func (t Timing) Validate() error {
	return firstFault(
		bound{"slot_ms", t.Slot > 0 && t.Slot < maxSlotLength, "from 1 to 2^22-1"},
		bound{"window_slots", t.WindowSlots > 0 && t.WindowSlots < 1<<32, "from 1 to 2^32-1"},
		bound{"guard_slots", t.GuardSlots < 1<<32 && t.GuardSlots+1 < t.WindowSlots, "at least 2 below window_slots"},
		bound{"epoch_slots", t.EpochSlots > 0 && t.EpochSlots < 1<<32 && t.EpochSlots%max(t.WindowSlots, 1) == 0, "a multiple of window_slots below 2^32"},
		bound{"lead_ms", t.Lead >= 0 && t.Lead < t.Slot, "less than slot_ms"},
		bound{"spread_ms", t.Spread > 0 && t.Spread <= t.Slot-t.Lead, "at least 1, and lead_ms + spread_ms at most slot_ms"},
		bound{"report_ms", t.Report > 0 && t.Report < 1<<32, "from 1 to 2^32-1"},
		bound{"hold_ms", t.Hold >= 0 && t.Hold < 1<<32, "at most 2^32-1"},
	)
}

// SlotAt is the slot at a time; times before 1970 are in slot 0.
func (t Timing) SlotAt(at Millis) Slot { return Slot(max(at, 0) / t.Slot) }

// Start is when a slot begins.
func (t Timing) Start(k Slot) Millis { return Millis(k) * t.Slot }

// End is when a slot ends and the next begins.
func (t Timing) End(k Slot) Millis { return t.Start(k + 1) }

// Window is the number of the window that a slot is in.
func (t Timing) Window(k Slot) uint64 { return uint64(k / t.WindowSlots) }

// WindowStart is the first slot of the window that a slot is in.
func (t Timing) WindowStart(k Slot) Slot { return k - k%t.WindowSlots }

// Epoch is the epoch that a slot is in.
func (t Timing) Epoch(k Slot) Epoch { return Epoch(k / t.EpochSlots) }

// LastEpoch is that of the last slot in range: what begins after it has no time of its own.
func (t Timing) LastEpoch() Epoch { return t.Epoch(maxSlot - 1) }

// Slots are the slots [from, to) of an epoch.
func (t Timing) Slots(e Epoch) (from, to Slot) {
	from = Slot(e) * t.EpochSlots
	return from, from + t.EpochSlots
}

// CaseCloses is when the cases of a slot close: reports received before are in
// time.
func (t Timing) CaseCloses(k Slot) Millis { return t.End(k) + t.Report }

// Freezes is when an epoch up to LastEpoch may freeze: once every high-water mark is at least this.
func (t Timing) Freezes(e Epoch) Millis {
	_, to := t.Slots(e)
	return t.Start(to) + t.Report
}

// SlotsNear are the slots, first and last, that a time may belong to if it is
// known to within slack.
func (t Timing) SlotsNear(at, slack Millis) (first, last Slot) {
	return t.SlotAt(at - slack), t.SlotAt(at + slack)
}

// InSlot says whether a time lies in a slot, allowing slack on both sides.
func (t Timing) InSlot(at Millis, k Slot, slack Millis) bool {
	first, last := t.SlotsNear(at, slack)
	return first <= k && k <= last
}

// InEpoch says whether a time lies in an epoch, allowing slack on both sides.
func (t Timing) InEpoch(at Millis, e Epoch, slack Millis) bool {
	first, last := t.SlotsNear(at, slack)
	return t.Epoch(first) <= e && e <= t.Epoch(last)
}

// LogEpoch is the epoch in whose log a record is booked that belongs to the epoch own
// and was received at a time: its own until that may freeze, else that of the time
// (protocol hexspot/1, "Receipts and the log").
func (t Timing) LogEpoch(own Epoch, received Millis) Epoch {
	if received < t.Freezes(own) {
		return own
	}
	return t.Epoch(t.SlotAt(received))
}
