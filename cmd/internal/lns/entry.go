package lns

import (
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/radio"
)

// Purpose says what a downlink is for.
type Purpose uint8

// The purposes of downlinks.
const (
	JoinAccept Purpose = iota
	Acknowledge
	Application // with application data, which may acknowledge too
)

// String gives the purpose in words.
func (p Purpose) String() string {
	return [...]string{JoinAccept: "Join accept", Acknowledge: "Acknowledgement", Application: "Data"}[min(p, Application)]
}

// Fate is where a downlink stands.
type Fate uint8

// The fates. The last two must not happen: a gateway said nothing.
const (
	Open       Fate = iota
	Refused         // no item was accepted
	Emitted         // accepted, and on the air in full
	Failed          // accepted, not emitted, and reported
	Unanswered      // commanded, and not answered in time
	Silent          // accepted, and not reported in time
)

// String gives the fate in a word.
func (f Fate) String() string {
	return [...]string{
		Open: "open", Refused: "refused", Emitted: "emitted", Failed: "failed", Unanswered: "unanswered", Silent: "silent",
	}[min(f, Silent)]
}

// Entry is a downlink in the ledger.
type Entry struct {
	Command   Command
	Device    lorawan.EUI64
	Purpose   Purpose
	Commanded time.Duration
	Answered  time.Duration // if Statuses is not nil
	Statuses  []radio.TxStatus
	Report    *Report // nil before it came
	Ended     time.Duration
	Fate      Fate

	deadline time.Duration
}

// Accepted is the item that the gateway took, false if none.
func (e Entry) Accepted() (Item, bool) {
	i := e.accepted()
	if i < 0 {
		return Item{}, false
	}
	return e.Command.Items[i], true
}

func (e Entry) accepted() int {
	for i, s := range e.Statuses {
		if s == radio.TxOK {
			return i
		}
	}
	return -1
}

// wellFormed says whether statuses can answer a command of so many items: one
// each, at most one of them OK.
func wellFormed(statuses []radio.TxStatus, items int) bool {
	ok := 0
	for _, s := range statuses {
		if s == radio.TxOK {
			ok++
		}
	}
	return len(statuses) == items && ok <= 1
}
