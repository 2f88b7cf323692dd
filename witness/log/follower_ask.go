package log

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Question is what the network is to be asked now, "" if nothing: the proof that a log
// grew, or what it has at the index of a receipt. It stays the same until it is answered, or
// Show makes it needless.
func (f *Follower) Question() string {
	if l, _ := f.open(); l != nil {
		return l.question()
	}
	return ""
}

// open is the log that there is a question about.
func (f *Follower) open() (*followed, *held) {
	for _, l := range f.sorted() {
		if l.faulty {
			continue
		}
		if h := l.wanted(); h != nil || l.next.Note.isThere() {
			return l, h
		}
	}
	return nil, nil
}

// sorted are all logs, by epoch.
func (f *Follower) sorted() []*followed {
	return slices.SortedFunc(maps.Values(f.logs), (*followed).compareName)
}

func (l *followed) compareName(m *followed) int { return l.name.compare(m.name) }

// compare orders logs by epoch.
func (n Name) compare(m Name) int {
	if n.Epoch != m.Epoch {
		return int(min(1, max(-1, int64(n.Epoch)-int64(m.Epoch))))
	}
	return bytes.Compare(n.Ingest.Bytes(), m.Ingest.Bytes())
}

// wanted is a receipt that the checkpoint reaches and that was not looked for.
func (l *followed) wanted() *held {
	for i := range l.held {
		if h := &l.held[i]; !h.done && h.Index < l.seen.checkpoint.Size {
			return h
		}
	}
	return nil
}

func (l *followed) question() string {
	if l.next.Note.isThere() {
		sizes := l.between()
		return fmt.Sprintf("%d/consistency?from=%d&to=%d", l.name.Epoch, sizes[0], sizes[1])
	}
	return fmt.Sprintf("%d/inclusion?index=%d&size=%d", l.name.Epoch, l.wanted().Index, l.seen.checkpoint.Size)
}

// Hear takes an answer. An error proves nothing: the answer is to another question, there
// is none, or the proof is wrong. What fails three times is left: a receipt to
// `hexspot receipts check` (see GivenUp), the growth of a log to the next checkpoint (see Doubts).
func (f *Follower) Hear(a Answer) (Moves, error) {
	l, h := f.open()
	if l == nil || l.question() != a.Ask {
		return Moves{}, errors.New("nobody has asked that")
	}
	if l.next.Note.isThere() {
		moves, err := f.prove(l, a)
		if err != nil {
			l.inVain()
		}
		return moves, err
	}
	moves, err := l.look(h, a)
	if err != nil {
		h.tries++
		h.done = h.tries >= mostTries
	}
	return moves, err
}

// prove looks whether an answer proves what is shown.
func (f *Follower) prove(l *followed, a Answer) (Moves, error) {
	if a.Consistency == nil {
		return Moves{}, fmt.Errorf("no proof that the log grew: %.200q", a.Refused)
	}
	return f.compare(l, *a.Consistency)
}

// look looks for the record of a receipt.
func (l *followed) look(h *held, a Answer) (Moves, error) {
	if a.Inclusion == nil {
		return Moves{}, fmt.Errorf("no proof of record %d: %.200q", h.Index, a.Refused)
	}
	finding, err := CheckOne(l.seen, *a.Inclusion, l.end.Mark, h.Receipt)
	if err != nil {
		return Moves{}, err
	}
	h.done = true
	if finding.Evidence == nil {
		return Moves{}, nil
	}
	l.faulty = true
	return Moves{Found: []Evidence{*finding.Evidence}}, nil
}
