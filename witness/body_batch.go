package witness

import (
	"errors"
	"fmt"
)

// MaxObservations is the most observations under one signature.
const MaxObservations = 32

// Batch is the body of a `witness` record: what a hotspot heard of beacons of one
// epoch (protocol hexspot/1, "Reports").
type Batch struct {
	Epoch        Epoch // of the slots of all observations
	Observations []Observation
}

// Append appends the canonical encoding.
func (w Batch) Append(b []byte) []byte {
	b = appendUint(b, 1, w.Epoch)
	for _, o := range w.Observations {
		b = appendBytes(b, 2, o.append(nil))
	}
	return b
}

// ErrCount says that a batch has not 1 to MaxObservations observations: a count outside the
// protocol's bounds, and no wrong encoding (protocol hexspot/1, "Ranges").
var ErrCount = errors.New("observations: none, or more than 32")

// ParseBatch reads a canonical body of 1 to 32 observations. Append gives the same
// bytes. Another number of observations is ErrCount; whether the values are in range is
// CheckRange's to say.
func ParseBatch(b []byte) (Batch, error) {
	w, err := parseBatch(b)
	if err != nil {
		return Batch{}, fmt.Errorf("witness: %w", err)
	}
	return w, nil
}

func parseBatch(b []byte) (Batch, error) {
	r := reader{rest: b}
	w := Batch{Epoch: Epoch(r.uint64(1, "epoch"))}
	for piece := r.piece(2, "observations"); piece != nil; piece = r.piece(2, "observations") {
		if len(w.Observations) == MaxObservations {
			return Batch{}, ErrCount
		}
		o, err := parseObservation(piece)
		if err != nil {
			return Batch{}, fmt.Errorf("observation %d: %w", len(w.Observations), err)
		}
		w.Observations = append(w.Observations, o)
	}
	if err := r.end(); err != nil {
		return Batch{}, err
	}
	if len(w.Observations) == 0 {
		return Batch{}, ErrCount
	}
	return w, nil
}

// CheckRange says which field is outside the protocol's bounds, nil if none is. An
// ingest refuses such a record; in a bundle an observation out of range has the
// verdict `range`.
func (w Batch) CheckRange() error {
	if err := firstFault(epochBound(w.Epoch)); err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	for i, o := range w.Observations {
		if err := o.CheckRange(); err != nil {
			return fmt.Errorf("witness: observation %d: %w", i, err)
		}
	}
	return nil
}

// CheckTiming refuses a batch of an epoch that no slot in range is in.
func (w Batch) CheckTiming(t Timing) error {
	if w.Epoch > t.LastEpoch() {
		return fmt.Errorf("witness: epoch out of range: want %d at most", t.LastEpoch())
	}
	return nil
}

// CheckEpoch refuses a batch with a frame that was heard more than 5 s outside
// its epoch.
func (w Batch) CheckEpoch(t Timing) error {
	for i, o := range w.Observations {
		if !t.InEpoch(o.Heard, w.Epoch, ClockSlack) {
			return fmt.Errorf("witness: observation %d: heard_ms is not in epoch %d", i, w.Epoch)
		}
	}
	return nil
}
