package gateway

import (
	"context"

	"hexspot/radio"
)

// Command asks a gateway to transmit one frame, in one of several ways.
type Command struct {
	ID       uint32           // the network's number of the downlink, echoed in Answer and Report
	Items    []radio.Downlink // in order of preference (RX1, RX2); at most one is emitted
	Priority Priority
	// Latest is when a downlink without an instant of its own must have ended at
	// the latest; none: it starts within 10 s. A beacon with an instant and a Latest
	// may start later than that instant.
	Latest radio.Timestamp
}

// Priority orders what competes for the same time.
type Priority uint8

// The priorities, lowest first.
const (
	PriorityBeacon   Priority = iota // proof of coverage: gives way to everything
	PriorityDownlink                 // of a network
)

// Answer tells a network what becomes of its command, at once.
type Answer struct {
	ID       uint32
	Statuses []radio.TxStatus // one for each item: OK, refused, or IGNORED if not tried
}

// Accepted is the number of the item that was taken, false if none was.
func (a Answer) Accepted() (item int, ok bool) {
	for i, s := range a.Statuses {
		if s == radio.TxOK {
			return i, true
		}
	}
	return 0, false
}

// Status is that of the command: OK if an item was taken, else how the last one was
// refused.
func (a Answer) Status() radio.TxStatus {
	if _, ok := a.Accepted(); ok {
		return radio.TxOK
	}
	if n := len(a.Statuses); n > 0 {
		return a.Statuses[n-1]
	}
	return radio.TxInternalError
}

// Report tells a network how an accepted command ended.
type Report struct {
	ID       uint32
	Item     int            // that was accepted
	Downlink radio.Downlink // as the network asked for it
	EIRP     radio.DBm      // really used
	Emission radio.Emission
}

// Submission is a command and whom to tell about it. Each accepted command is
// answered once and reported once, each refused one is answered once. Neither
// function may block.
type Submission struct {
	Command Command
	Answer  func(Answer)
	Report  func(Report)
}

// Sender is one transmit chain of a radio.
type Sender interface {
	// Now is the present value of the radio's counter, none while it does not run.
	Now() radio.Timestamp
	// Send loads a frame, waits until its emission has ended and tells how. The end
	// of ctx aborts it. A Sender holds one frame at a time.
	Send(ctx context.Context, t radio.Transmission) radio.Emission
}
