package witness

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"hexspot/radio"
)

// MaxChain is the most slots of one chain: what a value may cost to check.
const MaxChain = 1 << 17

// Anchor is the body of an `anchor` record: a chain of entropy and what holds
// while it serves (protocol hexspot/1, "Entropy"). The network's key signs it.
type Anchor struct {
	From       Slot // first slot
	To         Slot // first slot after the chain
	Revision   uint32
	Timing     Timing
	Parameters [sha256.Size]byte // SHA-256 of the parameter set
	X0         Entropy
	Ingests    []radio.Station // besides the network's key; ascending, each once
}

// Append appends the canonical encoding.
func (a Anchor) Append(b []byte) []byte {
	b = appendUint(b, 1, a.From)
	b = appendUint(b, 2, a.To)
	b = appendUint(b, 3, a.Revision)
	b = a.Timing.append(b)
	b = appendBytes(b, 12, a.Parameters[:])
	b = appendBytes(b, 13, a.X0[:])
	for _, station := range a.Ingests {
		b = appendBytes(b, 14, station.Bytes())
	}
	return b
}

func (t Timing) append(b []byte) []byte {
	b = appendUint(b, 4, t.Slot)
	b = appendUint(b, 5, t.WindowSlots)
	b = appendUint(b, 6, t.GuardSlots)
	b = appendUint(b, 7, t.EpochSlots)
	b = appendUint(b, 8, t.Lead)
	b = appendUint(b, 9, t.Spread)
	b = appendUint(b, 10, t.Report)
	return appendUint(b, 11, t.Hold)
}

// ParseAnchor reads a canonical body and refuses values that no network may
// state. Append gives the same bytes.
func ParseAnchor(b []byte) (Anchor, error) {
	a, err := parseAnchor(b)
	if err == nil {
		err = a.Validate()
	}
	if err != nil {
		return Anchor{}, fmt.Errorf("anchor: %w", err)
	}
	return a, nil
}

func parseAnchor(b []byte) (Anchor, error) {
	r := reader{rest: b}
	var a Anchor
	a.From = Slot(r.uint64(1, "from"))
	a.To = Slot(r.uint64(2, "to"))
	a.Revision = r.uint32(3, "revision")
	a.Timing = readTiming(&r)
	r.fixed(12, "parameters", a.Parameters[:])
	r.fixed(13, "x0", a.X0[:])
	for piece := r.piece(14, "ingests"); piece != nil; piece = r.piece(14, "ingests") {
		station, err := radio.StationFromBytes(piece)
		if err != nil {
			return Anchor{}, fmt.Errorf("ingests: %w", err)
		}
		a.Ingests = append(a.Ingests, station)
	}
	return a, r.end()
}

func readTiming(r *reader) Timing {
	return Timing{
		Slot:        Millis(r.uint32(4, "slot_ms")),
		WindowSlots: Slot(r.uint32(5, "window_slots")),
		GuardSlots:  Slot(r.uint32(6, "guard_slots")),
		EpochSlots:  Slot(r.uint32(7, "epoch_slots")),
		Lead:        Millis(r.uint32(8, "lead_ms")),
		Spread:      Millis(r.uint32(9, "spread_ms")),
		Report:      Millis(r.uint32(10, "report_ms")),
		Hold:        Millis(r.uint32(11, "hold_ms")),
	}
}

// Validate checks that the anchor covers some slots, at most MaxChain, that its
// timing can be kept and that its ingests are in order.
func (a Anchor) Validate() error {
	if err := firstFault(
		bound{"from", a.From < a.To, "less than to"},
		bound{"to", a.To <= maxSlot, "at most 2^40"},
		bound{"to", a.To-a.From <= MaxChain, fmt.Sprintf("at most %d slots after from", MaxChain)},
	); err != nil {
		return err
	}
	if err := a.Timing.Validate(); err != nil {
		return err
	}
	if a.Ends() >= maxTime {
		return errors.New("to out of range: want a time below 2^53")
	}
	return a.checkIngests()
}

func (a Anchor) checkIngests() error {
	for i, station := range a.Ingests {
		if i > 0 && string(a.Ingests[i-1].Bytes()) >= string(station.Bytes()) {
			return fmt.Errorf("ingests: number %d is not in ascending order", i)
		}
	}
	return nil
}

// Covers says whether a slot is among the chain's.
func (a Anchor) Covers(k Slot) bool { return a.From <= k && k < a.To }

// Begins is when the chain's first slot begins. An anchor that is journaled
// later is void.
func (a Anchor) Begins() Millis { return a.Timing.Start(a.From) }

// Ends is when the chain's last slot has ended.
func (a Anchor) Ends() Millis { return a.Timing.Start(a.To) }

// expires is when the last case of the chain's slots closes.
func (a Anchor) expires() Millis { return a.Timing.CaseCloses(a.To - 1) }
