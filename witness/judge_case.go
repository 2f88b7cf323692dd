package witness

import (
	"bytes"
	"cmp"

	"hexspot/coverage"
	"hexspot/radio"
)

// Case is what is known of one tag when it is judged: its slot, the reports that
// open it and those that observed it. All times are Unix milliseconds.
type Case struct {
	Tag    [18]byte
	Mark   [4]byte // of the slot
	Slot   uint64
	Window uint64 // number of the beacon window the slot is in
	Start  int64  // of the slot
	End    int64  // of the slot, the start of the next
	Close  int64  // reports received from here on are too late
	// Late says that all reports of the case came when their epoch was frozen: they
	// are judged where they landed, and nothing but that is said of them.
	Late bool

	Value ValueFacts

	Beacons   []BeaconFacts  // usually one; none: the tag was never opened
	Witnesses []WitnessFacts // in any order
}

// ValueFacts is what the entropy log says of the value of a case's slot.
type ValueFacts struct {
	Known     bool
	Published int64
	Latest    int64 // when it had to be published
}

// BeaconFacts is a beacon report with what the network knows of its station.
type BeaconFacts struct {
	Station radio.Station
	ID      [32]byte // record id
	Receive int64
	Site    SiteFacts

	Frequency radio.Hertz
	SF        uint32 // as stated, whatever stands there
	Conducted radio.DBm
	Sent      int64

	Opens  bool        // its signature verifies and gives the tag
	Drawn  *DrawnFacts // nil: the value or the plan is unknown
	Denied bool

	// What BeaconIndex says of the station's other reports.
	OthersInWindow int   // beacon reports of the same window, whatever their slot
	Before         int64 // when the one before was received, negative: none
}

// DrawnFacts is what the entropy had a station do.
type DrawnFacts struct {
	Due       uint64 // slot of this window
	Frequency radio.Hertz
	SF        radio.SpreadingFactor
	EIRP      radio.DBm
	Start     int64 // of the emission
}

// WitnessFacts is one observation with what the network knows of its station.
type WitnessFacts struct {
	Station radio.Station
	ID      [32]byte // of the record it came in
	Index   uint32   // its place there
	Receive int64
	Site    SiteFacts

	Mark        [4]byte
	Frequency   radio.Hertz
	SF          uint32 // as stated, whatever stands there
	ChannelRSSI radio.DBm
	SignalRSSI  *radio.DBm // nil: the chip does not give it
	SNR         radio.DB
	Heard       int64   // end of the frame
	Fine        *uint64 // GPS ns; nil: not locked to PPS

	Denied     bool // the station
	DeniedPair bool // the station together with the beaconer
}

// SiteFacts is what is published of a station for the epoch of the case.
type SiteFacts struct {
	Known   bool // the station is registered
	Full    bool // not data-only
	Located bool // it has a site; without one the rest is empty

	Owner    coverage.Account
	Cell     coverage.Hex
	Position coverage.Position
	Slack    coverage.Millimetres
	Gain     radio.DB
	Loss     radio.DB
	Plan     string
}

// SiteFactsOf are the facts of a station with a site. The error is that of a cell
// no site can have.
func SiteFactsOf(s coverage.Site) (SiteFacts, error) {
	slack, err := coverage.Slack(s.Cell)
	if err != nil {
		return SiteFacts{}, err
	}
	return SiteFacts{
		Known: true, Full: !s.DataOnly, Located: true, Owner: s.Owner, Cell: s.Cell,
		Position: s.Center, Slack: slack, Gain: s.Gain, Loss: s.Loss, Plan: s.Plan,
	}, nil
}

// compareBeacons orders reports that open one tag: one that really does first, then
// by arrival.
func compareBeacons(a, b BeaconFacts) int {
	if a.Opens != b.Opens {
		if a.Opens {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.Receive, b.Receive), bytes.Compare(a.ID[:], b.ID[:]))
}

// compareWitnesses is the order of arrival, (receive_ms, id, index).
func compareWitnesses(a, b *WitnessFacts) int {
	return cmp.Or(cmp.Compare(a.Receive, b.Receive), bytes.Compare(a.ID[:], b.ID[:]), cmp.Compare(a.Index, b.Index))
}
