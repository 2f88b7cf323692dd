package town

import (
	"cmp"
	"fmt"
	"slices"

	"hexspot/cmd/internal/lns"
	"hexspot/radio"
)

// statusWords say why a hotspot refused.
var statusWords = map[radio.TxStatus]string{
	radio.TxTooLate:           "Came too late",
	radio.TxTooEarly:          "Too far ahead",
	radio.TxCollisionPacket:   "The hotspot sends another frame then",
	radio.TxCollisionBeacon:   "The hotspot sends a beacon then",
	radio.TxFrequency:         "Frequency not allowed here",
	radio.TxPower:             "Power not allowed here",
	radio.TxGPSUnlocked:       "The hotspot has no GPS time",
	radio.TxQueueFull:         "The hotspot's queue was full",
	radio.TxInternalError:     "The radio was not ready",
	radio.TxDutyCycleOverflow: "The sub-band's duty cycle was used up",
}

// outcomeWords say how an accepted downlink ended.
var outcomeWords = map[radio.EmissionOutcome]string{
	radio.Emitted:   "Emitted",
	radio.Aborted:   "Stopped before its end",
	radio.Blocked:   "The channel was busy",
	radio.Missed:    "Reached the radio too late",
	radio.Faulted:   "The radio stopped",
	radio.Displaced: "Gave way to another frame",
	radio.Unusable:  "The radio cannot send that",
}

// reasons sorts counts, most frequent first.
func reasons[K interface {
	~uint8
	fmt.Stringer
}](counts map[K]int, words map[K]string, without K) []Reason {
	list := []Reason{}
	for k, n := range counts {
		if k != without && n > 0 {
			list = append(list, Reason{Code: k.String(), Words: cmp.Or(words[k], "Unknown"), Count: n})
		}
	}
	slices.SortFunc(list, func(a, b Reason) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Code, b.Code)) })
	return list
}

// fateWords are how a downlink ended: state, words, and the field's code.
func fateWords(e lns.Entry) (State, string, string) {
	switch e.Fate {
	case lns.Emitted:
		return OK, "Emitted", radio.Emitted.String()
	case lns.Failed:
		return Warn, outcomeWords[e.Report.Outcome], e.Report.Outcome.String()
	case lns.Refused:
		first := firstRefusal(e.Statuses)
		return Warn, cmp.Or(statusWords[first], "Refused"), first.String()
	case lns.Silent:
		return Bad, "Accepted, then nothing", "SILENT"
	}
	return Bad, "No answer", "UNANSWERED"
}

// firstRefusal is the status of the item that was wanted most.
func firstRefusal(statuses []radio.TxStatus) radio.TxStatus {
	for _, s := range statuses {
		if s != radio.TxIgnored && s != radio.TxOK {
			return s
		}
	}
	return radio.TxIgnored
}
