package witness

import (
	"fmt"
	"slices"

	"hexspot/radio"
)

func (s *standing) tellWeight() Cause {
	c := Cause{
		Says: "The station had witnesses or was one, but the weights of the links that were used leave nothing.",
		Cure: "Look at the station's clues ('hexnet witness explain STATION'), and appeal if they are wrong.",
	}
	worst := s.worstLink()
	if worst == nil {
		return c
	}
	c.Clue = worst.Clue.Name
	words := wordsOfClue(c.Clue)
	c.Says = fmt.Sprintf("The links that were used have no weight left. The worst, with %v, has %s because of the clue %s about %s: %s, where %s is needed for all of it.",
		Named(worst.Partner), portion(int64(worst.Weight)), c.Clue, aboutWhom(worst.Whose), words.figure(worst.Clue.Value), words.figure(worst.Clue.Full))
	c.Cure = sentence(s.cureWeight(worst, words.raise))
	return c
}

// worstLink is the weakest link, of equal ones the first whose clue is not the partner's: of that
// the station can do something. Nil: there is none.
func (s *standing) worstLink() *WeakLink {
	weakest := s.tally.Weakest
	if len(weakest) == 0 {
		return nil
	}
	at := slices.IndexFunc(weakest, func(l WeakLink) bool { return l.Weight == weakest[0].Weight && l.Whose != WhosePartner })
	return &weakest[max(at, 0)]
}

func aboutWhom(w Whose) string {
	switch w {
	case WhoseOwn:
		return "the station itself"
	case WhosePartner:
		return "that other station"
	}
	return "this link"
}

// cureWeight is what would raise a link. Who owns a station can neither change nor appeal against
// what is said of another one, and of some clues no evidence decides.
func (s *standing) cureWeight(l *WeakLink, raise string) string {
	if l.Whose == WhosePartner {
		return fmt.Sprintf("nothing of yours: links with other stations do not have it. Its owner is told: %s", raise)
	}
	of := StationSubject(s.tally.Station)
	if l.Whose == WhoseLink {
		of = LinkSubject(s.tally.Station, l.Partner)
	}
	if !decidable(of, l.Clue.Name) {
		return raise + "; no evidence of an appeal decides this clue"
	}
	shown := shownOf(l.Clue.Name, radio.Station{})
	if l.Whose == WhoseOwn {
		shown = shownOf(l.Clue.Name, s.tally.Station)
	}
	return fmt.Sprintf("%s; if the clue is wrong, and no other that is below one half stands in the way, appeal within the provisional time with %s", raise, shown)
}
