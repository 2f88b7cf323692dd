package log

import (
	"crypto"
	"errors"
	"fmt"
)

// Cosign adds a station's signature to a checkpoint, after checking that the log still begins
// as it did in the checkpoint that the station saw last. The zero seen is a station that
// saw none; it looks at no proof. If the log was changed, the error is a *Fault.
// A station with a P-256 key gets ErrNoNoteKey, after the check.
func Cosign(signer crypto.Signer, seen, now Note, proof Consistency) (Note, error) {
	if len(now.signers) == 0 {
		return Note{}, errors.New("co-signing: no checkpoint")
	}
	if len(seen.signers) > 0 {
		if err := Compare(seen, now, proof); err != nil {
			return Note{}, err
		}
	}
	key, err := signerOf(signer)
	if err != nil {
		return Note{}, fmt.Errorf("co-signing a checkpoint: %w", err)
	}
	if key.station == now.checkpoint.Ingest {
		return Note{}, errors.New("co-signing a checkpoint: an ingest does not co-sign its own log")
	}
	return now.withSignature(key)
}

// Compare checks that two checkpoints are of one growing log, which the log's proof
// from the smaller to the larger must show; of equal sizes none is needed. The error
// is a *Fault if they are not; any other error proves nothing: the proof is wrong, or
// of other checkpoints.
func Compare(a, b Note, proof Consistency) error {
	older, newer, err := inOrder(a, b)
	if err != nil {
		return err
	}
	was, is := older.checkpoint.Head, newer.checkpoint.Head
	switch {
	case was == is:
		return nil
	case was.Size == is.Size:
		return &Fault{Evidence{Kind: Split, Notes: []Note{older, newer}}}
	case proof.New != is || proof.Old.Size != was.Size:
		return fmt.Errorf("comparing checkpoints of %d and %d records: the proof is of others", was.Size, is.Size)
	}
	if err := proof.Verify(); err != nil {
		return err
	}
	if proof.Old.Root != was.Root {
		return &Fault{Evidence{Kind: Forked, Notes: []Note{older, newer}, Consistency: &proof}}
	}
	return nil
}

// inOrder gives the note of the smaller tree first.
func inOrder(a, b Note) (older, newer Note, err error) {
	if len(a.signers) == 0 || len(b.signers) == 0 {
		return a, b, errors.New("comparing checkpoints: one is missing")
	}
	if a.checkpoint.Name != b.checkpoint.Name {
		return a, b, fmt.Errorf("comparing checkpoints: %w", errOtherLog)
	}
	if a.checkpoint.Size > b.checkpoint.Size {
		a, b = b, a
	}
	return a, b, nil
}

// Fault is the error of a log that broke a promise.
type Fault struct{ Evidence Evidence }

func (f *Fault) Error() string { return f.Evidence.String() }
