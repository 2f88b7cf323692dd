package log

// cut takes note of the end of a log, if one is shown, and gives the evidence that the log had
// more: of the receipts, or else of a larger checkpoint. It needs no proof that the log grew: whoever
// cut a log has none.
func (l *followed) cut(s Shown) []Evidence {
	if s.Mark != nil && (l.end.Mark == nil || s.Mark.Size < l.end.Mark.Size) {
		l.end = s
	}
	if found := l.beyond(); len(found) > 0 || l.end.Mark == nil {
		return found
	}
	if e := CutOff(l.end.Mark, l.seen, l.next.Note, s.Note); e != nil {
		return []Evidence{*e}
	}
	return nil
}

// beyond is the evidence of receipts whose index is not below the log's end, also of those whose
// record was found before.
func (l *followed) beyond() (found []Evidence) {
	if l.end.Mark == nil {
		return nil
	}
	for _, h := range l.held {
		if h.Index < l.end.Mark.Size {
			continue
		}
		finding, err := CheckOne(l.end.Note, Inclusion{}, l.end.Mark, h.Receipt)
		if err == nil && finding.Evidence != nil {
			found = append(found, *finding.Evidence)
		}
	}
	return found
}

// Doubt is a checkpoint of which the network does not prove that it is of one growing log
// with the one that was seen. It is no evidence: whoever asks may have been unlucky.
type Doubt struct{ Seen, Shown Checkpoint }

// Doubts are those of logs about which the network was asked three times in vain, by epoch.
func (f *Follower) Doubts() (list []Doubt) {
	for _, l := range f.sorted() {
		if l.tries >= mostTries && !l.faulty {
			list = append(list, Doubt{l.seen.checkpoint, l.doubt})
		}
	}
	return list
}

// GivenUp is how many receipts the network was asked about three times in vain: what it has at their
// index is not known.
func (f *Follower) GivenUp() (n int) {
	for _, l := range f.logs {
		for _, h := range l.held {
			if h.tries >= mostTries {
				n++
			}
		}
	}
	return n
}

// Unanswered says that the network has not answered the question for a while.
func (f *Follower) Unanswered() {
	if l, _ := f.open(); l != nil && l.next.Note.isThere() {
		l.inVain()
	}
}

// inVain counts a try to have a checkpoint proven. After some it is left, until the next one is
// shown: there may be questions about other logs.
func (l *followed) inVain() {
	l.doubt = l.next.Note.checkpoint
	if l.tries++; l.tries >= mostTries {
		l.next = Shown{}
	}
}
