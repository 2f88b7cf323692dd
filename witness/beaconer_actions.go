package witness

import (
	"fmt"

	"hexspot/radio"
)

// BeaconerAction is what a Beaconer wants done.
type BeaconerAction interface {
	fmt.Stringer
	beaconerAction()
}

// SignOpening asks to sign a message with the station's key (radio.SignMessage).
// Answer: OpeningSigned or Failed.
type SignOpening struct {
	ID      uint32
	Slot    Slot
	Message []byte
}

// SpoolOpening asks to put the opening on disk before its beacon is emitted: the
// report without what only the emission shows. The tag is the station's own, to be
// ignored when heard. Answer: RecordSpooled or Failed.
type SpoolOpening struct {
	ID     uint32
	Beacon Beacon
	Tag    Tag
}

// SpoolDiscovery asks to sign and spool the announcement of a discovery beacon.
// Answer: RecordSpooled or Failed.
type SpoolDiscovery struct {
	ID        uint32
	Discovery Discovery
}

// Submit asks to hand a frame to the downlink queue with the lowest priority, as
// soon as possible. It must have ended by Latest. Answer: Answered, and if it was
// accepted Ended.
type Submit struct {
	ID       uint32
	Downlink radio.Downlink
	Latest   Millis
}

// SpoolReport asks to sign and spool the report of a beacon that was emitted; the
// opening on disk has had its purpose then.
type SpoolReport struct {
	ID     uint32
	Beacon Beacon
}

// DiscoveryEnded tells what became of a discovery beacon that was announced. Sent is
// the start of its emission, 0 if there was none.
type DiscoveryEnded struct {
	Discovery Discovery
	Outcome   Outcome
}

func (SignOpening) beaconerAction()    {}
func (SpoolOpening) beaconerAction()   {}
func (SpoolDiscovery) beaconerAction() {}
func (Submit) beaconerAction()         {}
func (SpoolReport) beaconerAction()    {}
func (DiscoveryEnded) beaconerAction() {}

// String says what is to be signed.
func (a SignOpening) String() string {
	return fmt.Sprintf("%d: sign the opening of slot %d", a.ID, a.Slot)
}

// String says what is to be spooled.
func (a SpoolOpening) String() string {
	return fmt.Sprintf("%d: spool the opening of slot %d, tag %s", a.ID, a.Beacon.Slot, a.Tag)
}

// String says what is to be spooled.
func (a SpoolDiscovery) String() string {
	d := a.Discovery
	return fmt.Sprintf("%d: announce a discovery beacon in slot %d, %v SF%d", a.ID, d.Slot, d.Frequency, d.SF)
}

// String says what is to be sent.
func (a Submit) String() string {
	d := a.Downlink
	return fmt.Sprintf("%d: submit %x, %v %v %v, to end by %d", a.ID, d.PHYPayload, d.Frequency, d.Modulation, d.EIRP, a.Latest)
}

// String says what is reported.
func (a SpoolReport) String() string {
	r := a.Beacon
	return fmt.Sprintf("%d: report the beacon of slot %d, %v SF%d, %v conducted, sent at %d", a.ID, r.Slot, r.Frequency, r.SF, r.Conducted, r.Sent)
}

// String tells what became of it.
func (a DiscoveryEnded) String() string { return "tell the owner: " + a.Outcome.String() }
