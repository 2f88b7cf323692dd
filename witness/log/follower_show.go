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
	l.next = s
	if len(l.seen.signers) > 0 && l.seen.checkpoint.Size != s.Note.checkpoint.Size {
		if s.Growth == nil || l.between() != [2]uint64{s.Growth.Old.Size, s.Growth.New.Size} {
			return Moves{} // the network is asked for the proof
		}
		moves, _ := f.compare(l, *s.Growth)
		return moves
	}
	moves, _ := f.compare(l, Consistency{})
	return moves
}

// between are the sizes of what was seen and what is shown, the smaller one first.
func (l *followed) between() [2]uint64 {
	a, b := l.seen.checkpoint.Size, l.next.Note.checkpoint.Size
	return [2]uint64{min(a, b), max(a, b)}
}

// compare looks whether what is shown and what was seen are one growing log. An error
// proves nothing: the proof is wrong.
func (f *Follower) compare(l *followed, proof Consistency) (Moves, error) {
	shown := l.next
	l.next = Shown{}
	bare, err := shown.Note.Bare()
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
	return f.accept(l, shown, bare, cosigned), nil
}

// accept takes a checkpoint that is consistent with all before.
func (f *Follower) accept(l *followed, shown Shown, bare, cosigned Note) Moves {
	var moves Moves
	if len(l.seen.signers) == 0 || bare.checkpoint.Size > l.seen.checkpoint.Size {
		l.seen = bare
		moves.Keep = []Note{bare}
	}
	if l.seen.checkpoint == bare.checkpoint {
		if len(cosigned.signers) > 0 {
			moves.Cosigned = []Note{cosigned}
		}
		l.mark = shown.Mark
	}
	moves.Found = l.beyond()
	l.faulty = len(moves.Found) > 0
	return moves
}

// beyond is the evidence of receipts whose index the final log does not reach.
func (l *followed) beyond() (found []Evidence) {
	if l.mark == nil {
		return nil
	}
	for i := range l.held {
		h := &l.held[i]
		if h.done || h.Index < l.seen.checkpoint.Size {
			continue
		}
		h.done = true
		finding, err := CheckOne(l.seen, Inclusion{}, l.mark, h.Receipt)
		if err == nil && finding.Evidence != nil {
			found = append(found, *finding.Evidence)
		}
	}
	return found
}
