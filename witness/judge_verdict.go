package witness

import "hexspot/radio"

// Fault names the first rule that a report failed; empty: it is valid.
type Fault string

// RuleOutcome is what became of one rule.
type RuleOutcome uint8

// The outcomes. A rule is not evaluated where a fact it needs is missing; the
// report then fails an earlier rule, or the rule is one that needs the chip's or
// other stations' help.
const (
	RuleNotEvaluated RuleOutcome = iota
	RulePassed
	RuleFailed
)

// String gives "not evaluated", "passed" or "failed".
func (o RuleOutcome) String() string { return [...]string{"not evaluated", "passed", "failed"}[o] }

// Finding is one rule on one report. The rule's row says the unit. The margin is
// negative by as much as the rule was missed.
type Finding struct {
	Outcome              RuleOutcome
	Value, Limit, Margin int64
}

// Judged is the verdict on one report: a beacon, or one observation.
type Judged struct {
	Station  radio.Station
	ID       [32]byte
	Index    uint32 // of an observation in its record
	Receive  int64
	Findings []Finding // by row of the set's table; none for an orphan
	Reason   Fault
	OfBeacon bool     // the reason is the beacon's own (set helium-2026-05)
	Over     radio.DB // beacon: by how much its EIRP was over the drawn level; noted, no fault
}

// Valid says that no rule failed.
func (j *Judged) Valid() bool { return j.Reason == "" }

// Verdict is the verdict on one case: the reports that open the tag, the decisive
// one first, and the observations by arrival.
type Verdict struct {
	Tag       [18]byte
	Slot      uint64
	Start     int64 // of the slot, Unix ms
	Beacons   []Judged
	Witnesses []Judged
}

// Beacon is the report that decides, nil if nobody opened the tag.
func (v *Verdict) Beacon() *Judged {
	if len(v.Beacons) == 0 {
		return nil
	}
	return &v.Beacons[0]
}

func yes(ok bool) Finding {
	if ok {
		return Finding{RulePassed, 1, 1, 0}
	}
	return Finding{RuleFailed, 0, 1, -1}
}

func atMost(value, limit int64) Finding { return byMargin(value, limit, limit-value) }

func atLeast(value, limit int64) Finding { return byMargin(value, limit, value-limit) }

// within names the nearer of two limits.
func within(value, low, high int64) Finding {
	if value-low < high-value {
		return atLeast(value, low)
	}
	return atMost(value, high)
}

func equal(value, want int64) Finding { return byMargin(value, want, -max(value-want, want-value)) }

func byMargin(value, limit, margin int64) Finding {
	if margin < 0 {
		return Finding{RuleFailed, value, limit, margin}
	}
	return Finding{RulePassed, value, limit, margin}
}
