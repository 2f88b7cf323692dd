package log

import (
	"errors"
)

// Show takes a checkpoint that the network shows.
func (f *Follower) Show(s Shown) Moves {
	l := f.log(s.Note.checkpoint.Name)
	if l.faulty {
		return Moves{}
	}
	if found := l.cut(s); len(found) > 0 {
		l.faulty = true
		return Moves{Found: found}
	}
	open := l.next
	l.next = s
	if !l.isApart() {
		moves, _ := f.compare(l, Consistency{}) // a proof is of no use
		l.next = open                           // what was seen says nothing of it
		return moves
	}
	if s.Growth == nil || l.between() != [2]uint64{s.Growth.Old.Size, s.Growth.New.Size} {
		return Moves{} // the network is asked for the proof
	}
	moves, _ := f.compare(l, *s.Growth)
	return moves
}

// isThere is false of the zero Note.
func (n Note) isThere() bool { return len(n.signers) > 0 }

// isApart says that a proof is needed that what is shown and what was seen are one log.
func (l *followed) isApart() bool {
	return l.seen.isThere() && l.seen.checkpoint.Size != l.next.Note.checkpoint.Size
}

// between are the sizes of what was seen and what is shown, the smaller one first.
func (l *followed) between() [2]uint64 {
	a, b := l.seen.checkpoint.Size, l.next.Note.checkpoint.Size
	return [2]uint64{min(a, b), max(a, b)}
}

// compare looks whether what is shown and what was seen are one growing log. An error
// proves nothing: the proof is wrong.
func (f *Follower) compare(l *followed, proof Consistency) (Moves, error) {
	bare, err := l.next.Note.Bare()
	if err != nil {
		return Moves{}, err
	}
	cosigned, err := Cosign(f.signer, l.seen, bare, proof)
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		l.faulty = true
		return Moves{Found: []Evidence{fault.Evidence}}, nil
	case err != nil && !errors.Is(err, ErrNoNoteKey):
		return Moves{}, err
	}
	return l.accept(bare, cosigned), nil
}

// accept takes a checkpoint that is consistent with all before.
func (l *followed) accept(bare, cosigned Note) Moves {
	var moves Moves
	if l.isApart() { // else nothing is proven: it was shown again
		l.tries = 0
	}
	l.next = Shown{}
	if !l.seen.isThere() || bare.checkpoint.Size > l.seen.checkpoint.Size {
		l.seen = bare
		moves.Keep = []Note{bare}
	}
	if l.seen.checkpoint == bare.checkpoint && cosigned.isThere() {
		moves.Cosigned = []Note{cosigned}
	}
	return moves
}
