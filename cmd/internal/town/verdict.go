package town

import (
	"cmp"
	"fmt"
	"strconv"
)

// State is how something stands; it always comes with words.
type State string

// The states.
const (
	OK   State = "ok"
	Warn State = "warn"
	Bad  State = "bad"
	Off  State = "off"
)

// Verdict answers "does it work?".
type Verdict struct {
	State State  `json:"state"`
	Word  string `json:"word"`
	Text  string `json:"text"` // one sentence
}

// enough is the share of accepted downlinks that must be emitted.
const enough = 0.99

// judge looks for trouble first. The problem is what somebody else found, empty if
// nothing.
func (s Snapshot) judge(problem string) Verdict {
	d := s.Downlinks
	switch {
	case problem != "":
		return Verdict{Bad, "Something is wrong", problem}
	case d.Silent+d.Unanswered > 0:
		return Verdict{Bad, "Downlinks lost", fmt.Sprintf("%s ended in silence: %s accepted and not reported, %s not answered.",
			plural(d.Silent+d.Unanswered, "downlink"), number(d.Silent), number(d.Unanswered))}
	case s.Phase == Starting:
		return Verdict{Off, "Starting", fmt.Sprintf("%s of %s receive.", number(s.Receiving), plural(len(s.Hotspots), "hotspot"))}
	case s.Receiving < len(s.Hotspots):
		return Verdict{Warn, "Works, not everywhere", s.deafSentence()}
	case float64(d.Emitted) < enough*float64(d.Emitted+d.Failed):
		return Verdict{Warn, "Downlinks fail", fmt.Sprintf("%s of %s accepted downlinks were not emitted; each has its reason.",
			number(d.Failed), number(d.Emitted+d.Failed))}
	case s.Devices.Joined == 0:
		return Verdict{Off, "Waiting", fmt.Sprintf("All %s receive. No device has joined yet.", plural(len(s.Hotspots), "hotspot"))}
	}
	return Verdict{OK, "Works", fmt.Sprintf("%s of %s joined. %s", number(s.Devices.Joined), plural(s.Devices.Total, "device"), d.sentence())}
}

// deafSentence names the hotspot that does not receive, if it is one.
func (s Snapshot) deafSentence() string {
	if h := s.Hotspots[0]; len(s.Hotspots)-s.Receiving == 1 {
		return fmt.Sprintf("%s does not receive, the other %s do.", cmp.Or(h.Name, h.EUI), number(s.Receiving))
	}
	return fmt.Sprintf("%s of %s receive.", number(s.Receiving), plural(len(s.Hotspots), "hotspot"))
}

// sentence is about downlinks that ended as they should, or nearly all.
func (d Downlinks) sentence() string {
	switch {
	case d.Emitted+d.Failed == 0:
		return "No downlink has been emitted yet."
	case d.Failed == 0:
		return fmt.Sprintf("All %s accepted downlinks that have ended were emitted.", number(d.Emitted))
	}
	return fmt.Sprintf("%s of %s accepted downlinks were emitted; each of the others has its reason.", number(d.Emitted), number(d.Emitted+d.Failed))
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// number has its thousands set apart by a narrow space (U+202F).
func number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}
