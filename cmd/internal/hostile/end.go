package hostile

import (
	"maps"
	"sync"

	"hexspot/witness"
)

// End is how something that an attacker did ended for it.
type End string

// The ends, besides the ingest's refusals (RefusedAs).
const (
	NotLetIn       End = "not let in"           // no answer to the connection
	LoginRefused   End = "login refused"        // a CONNACK that says no
	Disconnected   End = "disconnected"         // after the login
	EachTried      End = "each way tried"       // to log in
	TimedOut       End = "timed out"            // before a login: the network has had enough
	FilterRefused  End = "subscription refused" // a SUBACK that says no
	FilterGranted  End = "subscription granted" //
	Acknowledged   End = "acknowledged"         // a PUBACK for an uplink
	Received       End = "a receipt"            // for a report
	HeardFrom      End = "heard others"         // a message that is none of its own
	NotUnderstood  End = "not understood"       // an answer that is none
	notReadAnymore End = "not read"             // for a time the network does not read on
)

// RefusedAs is a report that the ingest refuses for that reason.
func RefusedAs(r witness.RefusalReason) End { return End("refused: " + string(r)) }

// ends are counted.
type ends struct {
	mu    sync.Mutex
	count map[End]int64
}

func (e *ends) add(end End) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.count == nil {
		e.count = make(map[End]int64)
	}
	e.count[end]++
}

func (e *ends) all() map[End]int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.count)
}
