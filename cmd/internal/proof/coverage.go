package proof

import (
	"sync"
	"time"

	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/witness"
)

// Stand is where a hotspot really is, and what it radiates and hears with.
type Stand struct {
	X, Y float64  // metres
	Gain radio.DB // of the antenna less its cable
}

// Coverage collects what the air knows of beacons, by those who are not judged, and what
// hotspots and network made of them. It is safe for several goroutines.
type Coverage struct {
	network radio.Network
	timing  witness.Timing
	stands  map[radio.Station]Stand

	mu        sync.Mutex
	emissions []emission
	takings   []Taking
	attacks   []attack
	values    map[witness.Slot]time.Time
	published map[witness.Slot]witness.Millis // by the network's own word
	resent    []resent
	foreign   []witness.RefusalReason
	beacons   map[witness.Tag][]beaconRecord
	observed  map[witness.Tag][]observation
	verdicts  map[witness.Tag]said
	broken    []string // records that cannot be read
}

// Source is who put a beacon on the air.
type Source uint8

// The sources: a hotspot as it should, and the attackers of a demonstration.
const (
	Honest        Source = iota
	RandomTag            // right mark, a tag that nobody can open
	FalseOpening         // right mark, a tag whose opening is no signature of its station
	StaleReplay          // a frame of an earlier slot
	Relay                // a frame of this slot, from elsewhere
	ForeignBeacon        // the mark of another network
)

// Sources are the attackers.
var Sources = [...]Source{RandomTag, FalseOpening, StaleReplay, Relay, ForeignBeacon}

var sourceNames = [...]string{
	Honest: "honest", RandomTag: "random_tag", FalseOpening: "false_opening", StaleReplay: "stale_replay", Relay: "relay", ForeignBeacon: "foreign_beacon",
}

// String is the name for programs.
func (s Source) String() string { return sourceNames[s] }

// Taking is a frame that a hotspot's chip took off the air with a good CRC.
type Taking struct {
	Station   radio.Station // of the hotspot
	By        Source
	Payload   []byte
	Frequency radio.Hertz
	SF        radio.SpreadingFactor
	RSSI      radio.DBm
	SNR       radio.DB
	At        time.Time // the end of the frame
}

// emission is a beacon that a hotspot's chip sent.
type emission struct {
	station radio.Station
	frame   witness.Frame
	sent    emulator.Transmission
}

// attack is a frame that an attacker sent.
type attack struct {
	by    Source
	frame witness.Frame
	slot  witness.Slot // in which it was sent
}

// resent are the two answers to one record that was sent twice.
type resent struct {
	record        radio.RecordID
	first, second witness.Receipt
}

// beaconRecord and observation are what the journal has, with the time of arrival.
type beaconRecord struct {
	station radio.Station
	at      witness.Millis
	witness.Beacon
}

type observation struct {
	station radio.Station
	at      witness.Millis
	witness.Observation
}

// said is the last verdict on a case.
type said struct {
	witness.Verdict
	final bool // of a frozen epoch, both passes
}

// NewCoverage begins a collection about the hotspots of a network.
func NewCoverage(network radio.Network, timing witness.Timing, stands map[radio.Station]Stand) *Coverage {
	return &Coverage{
		network: network, timing: timing, stands: stands, values: map[witness.Slot]time.Time{}, published: map[witness.Slot]witness.Millis{},
		beacons: map[witness.Tag][]beaconRecord{}, observed: map[witness.Tag][]observation{}, verdicts: map[witness.Tag]said{},
	}
}

// IsBeacon says whether a frame on the air is a beacon of somebody.
func IsBeacon(payload []byte) bool {
	_, err := witness.ParseFrame(payload)
	return err == nil
}

// Sent is told of each beacon that a hotspot's chip has sent, by the chip.
func (c *Coverage) Sent(station radio.Station, t emulator.Transmission) {
	frame, err := witness.ParseFrame(t.Payload)
	if err != nil || t.Aborted {
		return // an emission that was cut short is heard by nobody
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.emissions = append(c.emissions, emission{station, frame, t})
}

// Took is told by the air of each beacon that a chip took.
func (c *Coverage) Took(t Taking) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.takings = append(c.takings, t)
}

// Attacked is told by attackers of each frame that they are about to send in a slot.
func (c *Coverage) Attacked(by Source, frame witness.Frame, slot witness.Slot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.attacks = append(c.attacks, attack{by, frame, slot})
}

// Value is told when the proof's own client learnt a slot's entropy.
func (c *Coverage) Value(k witness.Slot, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.values[k]; !known {
		c.values[k] = at
	}
}

// Resent is told of the answers to one record that an attacker sent twice.
func (c *Coverage) Resent(record radio.RecordID, first, second witness.Receipt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resent = append(c.resent, resent{record, first, second})
}

// Foreign is told of the answer to a report that was signed for another network: why it
// was refused, empty if it was taken.
func (c *Coverage) Foreign(reason witness.RefusalReason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.foreign = append(c.foreign, reason)
}

// Verdict is told of each verdict. The final one, of a frozen epoch, takes the place of
// that of a single case.
func (c *Coverage) Verdict(v witness.Verdict, final bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !final && c.verdicts[v.Tag].final {
		return
	}
	c.verdicts[v.Tag] = said{v, final}
}
