package witness

import (
	"errors"
	"fmt"

	"hexspot/coverage"
)

// MaxPositions is the most positions under one signature.
const MaxPositions = 64

// Positions is the body of a `positions` record: where the signer's own receiver was
// (docs/protocol.md, "Appeals").
type Positions struct{ Fixes []Fix }

// Fix is one position with its time, on the sphere that sites are on.
type Fix struct {
	At       Millis
	Position coverage.Position
	Accuracy coverage.Millimetres // as the receiver states it, below 2^32
}

// Append appends the canonical encoding.
func (p Positions) Append(b []byte) []byte {
	for _, f := range p.Fixes {
		b = appendBytes(b, 1, f.append(nil))
	}
	return b
}

func (f Fix) append(b []byte) []byte {
	b = appendUint(b, 1, f.At)
	b = appendSint(b, 2, f.Position.X)
	b = appendSint(b, 3, f.Position.Y)
	b = appendSint(b, 4, f.Position.Z)
	return appendUint(b, 5, f.Accuracy)
}

// ParsePositions reads a canonical body of 1 to 64 positions at rising times. Append gives
// the same bytes. Whether the values are in range is CheckRange's to say.
func ParsePositions(b []byte) (Positions, error) {
	r := reader{rest: b}
	var p Positions
	for piece := r.piece(1, "positions"); piece != nil; piece = r.piece(1, "positions") {
		if len(p.Fixes) == MaxPositions {
			return Positions{}, fmt.Errorf("positions: more than %d", MaxPositions)
		}
		f, err := parseFix(piece)
		if n := len(p.Fixes); err == nil && n > 0 && p.Fixes[n-1].At >= f.At {
			err = errors.New("at_ms is not later than before")
		}
		if err != nil {
			return Positions{}, fmt.Errorf("positions: position %d: %w", len(p.Fixes), err)
		}
		p.Fixes = append(p.Fixes, f)
	}
	if err := r.end(); err != nil {
		return Positions{}, fmt.Errorf("positions: %w", err)
	}
	if len(p.Fixes) == 0 {
		return Positions{}, errors.New("positions: none")
	}
	return p, nil
}

func parseFix(b []byte) (Fix, error) {
	r := reader{rest: b}
	f := Fix{At: Millis(r.uint64(1, "at_ms"))}
	f.Position.X = coverage.Millimetres(r.sint64(2, "x"))
	f.Position.Y = coverage.Millimetres(r.sint64(3, "y"))
	f.Position.Z = coverage.Millimetres(r.sint64(4, "z"))
	f.Accuracy = coverage.Millimetres(r.uint32(5, "accuracy_mm"))
	return f, r.end()
}

// CheckRange says which field is outside the protocol's bounds, nil if none is.
func (p Positions) CheckRange() error {
	for i, f := range p.Fixes {
		if err := f.check(); err != nil {
			return fmt.Errorf("positions: position %d: %w", i, err)
		}
	}
	return nil
}

func (f Fix) check() error {
	const most = coverage.EarthRadius + coverage.Metre // what rounding leaves
	p := f.Position
	return firstFault(
		timeBound("at_ms", f.At),
		bound{"x, y, z", max(p.X, p.Y, p.Z) <= most && min(p.X, p.Y, p.Z) >= -most, "within the radius of the earth"},
	)
}
