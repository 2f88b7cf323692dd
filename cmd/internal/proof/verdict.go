package proof

import (
	"fmt"
	"time"
)

// Fault is a kind of thing that must not happen.
type Fault string

// The faults.
const (
	Unreadable    Fault = "unreadable"     // a message that says nothing
	Repeated      Fault = "repeated"       // the same command number twice
	Unanswered    Fault = "unanswered"     // a command without an answer
	AnsweredTwice Fault = "answered_twice" // or more
	BadAnswer     Fault = "bad_answer"     // no status for each item, or more than one accepted
	Unasked       Fault = "unasked"        // an answer or a report without a command, or to a refused one
	Silent        Fault = "silent"         // accepted and no report
	ReportedTwice Fault = "reported_twice" // or more
	BadReport     Fault = "bad_report"     // of another item than the accepted one, or of unlike content
	NotEmitted    Fault = "not_emitted"    // reported as emitted, and the chip sent nothing
	Unreported    Fault = "unreported"     // the chip sent what no report tells of
	Altered       Fault = "altered"        // the chip sent something else than was commanded or reported
	Mistimed      Fault = "mistimed"       // not at the microsecond that the uplink and the delay make
	DutyCycle     Fault = "duty_cycle"     // more time on the air than an hour allows
)

// Verdict is what became of all downlinks.
type Verdict struct {
	Commanded     int            `json:"commanded"`
	Accepted      int            `json:"accepted"`
	First         int            `json:"accepted_rx1"`
	Second        int            `json:"accepted_rx2"`
	AtOnce        int            `json:"accepted_immediate"`
	Refused       int            `json:"refused"`        // commands of which no item was accepted
	RefusedBy     map[string]int `json:"refused_by"`     // of them, the status of the first item
	PassedOver    map[string]int `json:"passed_over"`    // items refused before another was accepted
	Emitted       int            `json:"emitted"`        // reported, and seen at the chip
	FailedBy      map[string]int `json:"failed_by"`      // accepted, not emitted, reported: by outcome
	Causes        map[string]int `json:"failure_causes"` // the same in words
	Transmissions int            `json:"transmissions"`  // in the chips' transcripts
	Airtime       time.Duration  `json:"airtime_ns"`     // of them
	Timed         int            `json:"timed"`          // emissions whose instant was compared with their uplink's

	Faults map[Fault]int `json:"faults"`
	Texts  []string      `json:"fault_texts,omitempty"` // the first few

	Leads []time.Duration `json:"-"` // reported for emissions
}

// textsMost is how many faults are kept in words; all are counted.
const textsMost = 20

func newVerdict() *Verdict {
	return &Verdict{RefusedBy: map[string]int{}, PassedOver: map[string]int{}, FailedBy: map[string]int{}, Causes: map[string]int{}, Faults: map[Fault]int{}}
}

func (v *Verdict) fault(f Fault, format string, args ...any) {
	v.Faults[f]++
	if len(v.Texts) < textsMost {
		v.Texts = append(v.Texts, fmt.Sprintf("%s: %s", f, fmt.Sprintf(format, args...)))
	}
}

// Clean says that nothing happened that must not.
func (v *Verdict) Clean() bool { return len(v.Faults) == 0 }

// Failed is how many were accepted, not emitted, and reported.
func (v *Verdict) Failed() int {
	n := 0
	for _, count := range v.FailedBy {
		n += count
	}
	return n
}

// FirstShare is the share of RX1 in what was accepted for class A, false if nothing
// was.
func (v *Verdict) FirstShare() (float64, bool) {
	if v.First+v.Second == 0 {
		return 0, false
	}
	return float64(v.First) / float64(v.First+v.Second), true
}
