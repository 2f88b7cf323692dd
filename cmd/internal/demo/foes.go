package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/cmd/internal/proof"
	"hexspot/hardware/emulator"
	"hexspot/radio"
	"hexspot/radio/ether"
	"hexspot/witness"
)

// foes attack a town's proof of coverage, each kind once in a window: on the air, below
// everything that is tested, and with reports of a registered station.
type foes struct {
	*cover
	air    *emulator.Air
	ids    map[proof.Source]ether.ID
	relays map[radio.EUI]relayPoint // by the hotspot whose beacon is sent again

	link  *mqttlink.Link
	slots chan witness.Slot // whose value has come
	ended chan overheard
	acks  chan []byte
	done  map[deed]bool

	stale *overheard // to be sent again slots later
	mail  postbox

	mu     sync.Mutex
	chains *witness.Chains
}

// value is the entropy of a slot, false while it has not come.
func (f *foes) value(k witness.Slot) (v witness.Value, ok bool) {
	f.knowing(func(c *witness.Chains) { v, ok = c.Value(k) })
	return v, ok
}

func (f *foes) knowing(do func(*witness.Chains)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(f.chains)
}

// overheard is a hotspot's beacon that has ended.
type overheard struct {
	from radio.EUI
	emulator.Transmission
}

// deed is what is done once in a window.
type deed struct {
	by     proof.Source
	window uint64
}

// What waits for the one goroutine of foes. What does not fit is no attack.
const foesWait = 64

func newFoes(c *cover, p places) (*foes, error) {
	f := &foes{
		cover: c, ids: map[proof.Source]ether.ID{}, chains: witness.NewChains(c.id),
		slots: make(chan witness.Slot, foesWait), ended: make(chan overheard, foesWait), acks: make(chan []byte, foesWait), done: map[deed]bool{},
	}
	f.mail = postbox{foes: f, resent: map[radio.RecordID]*sentTwice{}, foreign: map[[32]byte]bool{}}
	var err error
	f.relays, err = relayPoints(p)
	return f, err
}

// sourceName is what the air knows an attacker by.
func sourceName(by proof.Source) string { return "attacker " + by.String() }

// enter puts the attackers into the air. One antenna sends what is forged, replayed or
// foreign; another one, that is moved, what is relayed.
func (f *foes) enter(air *emulator.Air) {
	f.air = air
	for _, by := range proof.Sources {
		f.ids[by] = air.Add(ether.Station{Name: sourceName(by), Place: f.forger.place, Gain: roofGain}, nil)
	}
}

// source says who of them sent a signal.
func (f *foes) source(id ether.ID) (proof.Source, bool) {
	for by, mine := range f.ids {
		if mine == id {
			return by, true
		}
	}
	return 0, false
}

// overhear is told of each beacon that a hotspot's chip has sent. It never blocks.
func (f *foes) overhear(from radio.EUI, t emulator.Transmission) {
	select {
	case f.ended <- overheard{from, t}:
	default:
	}
}

// run attacks until ctx ends.
func (f *foes) run(ctx context.Context) error {
	for {
		var err error
		select {
		case k := <-f.slots:
			err = f.slot(k)
		case o := <-f.ended:
			err = f.seize(o)
		case b := <-f.acks:
			err = f.mail.answered(b)
		case <-ctx.Done():
			return nil
		}
		if err != nil {
			return fmt.Errorf("an attacker of the town: %w", err)
		}
	}
}

// once says whether something is to be done in a slot's window: not before sites count,
// and once.
func (f *foes) once(by proof.Source, k witness.Slot) bool {
	first, _ := f.schedule.Slots(f.sites)
	d := deed{by, f.schedule.Window(k)}
	if k < first || f.done[d] {
		return false
	}
	f.done[d] = true
	return true
}

// The slots of a window in which things are done that have no slot of their own.
const (
	randomIn  = 1
	foreignIn = 3
)

// slot is what is done in a slot, whose entropy has come: when the forger's own beacon is
// due it sends one with a false opening.
func (f *foes) slot(k witness.Slot) error {
	v, ok := f.value(k)
	if !ok {
		return nil
	}
	lot := witness.Lot{Network: f.id, Station: f.forger.station, Entropy: v.Entropy}
	if err := f.replay(k); err != nil {
		return err
	}
	switch {
	case f.due(k) && f.once(proof.FalseOpening, k):
		return f.forge(k, lot)
	case k-f.schedule.WindowStart(k) >= foreignIn && f.once(proof.ForeignBeacon, k):
		return f.intrude(k)
	case k-f.schedule.WindowStart(k) >= randomIn && f.once(proof.RandomTag, k):
		return f.invent(k, lot)
	}
	return nil
}

func (f *foes) due(k witness.Slot) bool {
	k0 := f.schedule.WindowStart(k)
	first, ok := f.value(k0)
	return ok && f.schedule.DueSlot(k0, witness.Lot{Network: f.id, Station: f.forger.station, Entropy: first.Entropy}) == k
}

// invent sends the right mark with a tag that nobody can open.
func (f *foes) invent(k witness.Slot, lot witness.Lot) error {
	d, err := f.schedule.DrawBeacon(k, lot, f.plan)
	if err != nil {
		return err
	}
	frame := witness.Frame{Type: witness.FrameBeacon, Mark: witness.MarkOf(f.id, lot.Entropy)}
	random(frame.Tag[:])
	return f.emit(proof.RandomTag, frame, d)
}

// forge sends, as the entropy has it drawn for the forger, the tag of a signature that is
// none, and reports it.
func (f *foes) forge(k witness.Slot, lot witness.Lot) error {
	return f.pretend(proof.FalseOpening, k, lot, f.mail.beacon)
}

// intrude sends a beacon of another network, and a report for it to ours.
func (f *foes) intrude(k witness.Slot) error {
	lot := witness.Lot{Network: f.foreign, Station: f.forger.station}
	random(lot.Entropy[:])
	return f.pretend(proof.ForeignBeacon, k, lot, f.mail.abroad)
}

// pretend sends and reports a beacon whose opening is no signature.
func (f *foes) pretend(by proof.Source, k witness.Slot, lot witness.Lot, report func(witness.Drawn, radio.Signature) error) error {
	d, err := f.schedule.DrawBeacon(k, lot, f.plan)
	if err != nil {
		return err
	}
	var opening radio.Signature
	random(opening[:])
	if err := f.emit(by, witness.BeaconFrame(lot, opening), d); err != nil {
		return err
	}
	return report(d, opening)
}

func random(b []byte) { _, _ = rand.Read(b) } // it never fails

// emit puts a frame on the air as it was drawn, or at once if that is over.
func (f *foes) emit(by proof.Source, frame witness.Frame, d witness.Drawn) error {
	start := time.Now().Add(promptly)
	if drawn := d.Start.Time(); drawn.After(start) {
		start = drawn
	}
	f.tell(by, frame, d, start)
	return f.transmit(by, frame.Append(nil), d.Frequency, d.SF, d.EIRP, start)
}

// promptly is ahead of now, so that the air learns of a frame before it begins.
const promptly = 5 * time.Millisecond

func (f *foes) tell(by proof.Source, frame witness.Frame, d witness.Drawn, start time.Time) {
	f.proof.Attacked(by, frame, f.schedule.SlotAt(witness.MillisOf(start)))
	f.record.Attacked(by, f.forger.station, f.forger.eui.String(), frame, start, d)
}

func (f *foes) transmit(by proof.Source, payload []byte, frequency radio.Hertz, sf radio.SpreadingFactor, eirp radio.DBm, start time.Time) error {
	_, err := f.air.Transmit(ether.Signal{
		From: f.ids[by], Start: f.air.Since(start), Frequency: frequency, Modulation: witness.Modulation(sf), EIRP: eirp, Payload: payload,
	})
	if errors.Is(err, ether.ErrPast) || errors.Is(err, ether.ErrBusy) {
		return nil // this machine was too busy: nobody heard it
	}
	return err
}
