package simulate

import (
	"slices"
	"strings"

	"hexspot/rewards"
	"hexspot/witness"
)

// ledger has what came of every station if some clues had not been looked at.
type ledger struct {
	without  []witness.ClueName
	accounts []account
	tallies  map[Kind]*Tally
}

// leftOut are the clues that are left out together, one ledger each. Without the share of
// `elsewhere` there is no link beyond reach either.
var leftOut = [...][]witness.ClueName{
	{witness.ClueSlope}, {witness.ClueFading}, {witness.ClueAnswers}, {witness.ClueBalance}, {witness.ClueDistance},
	{witness.ClueBeyond}, {witness.ClueElsewhere}, {witness.ClueBeyond, witness.ClueElsewhere}, {witness.ClueAround}, {witness.ClueOther},
	{witness.ClueTwins}, {witness.ClueOwner}, {witness.ClueClosed},
}

// Without is what is cut if some clues are not looked at.
type Without struct {
	Clues []witness.ClueName
	Kinds []Tally // as of Result
}

// newLedger opens accounts.
func (c *court) newLedger(without []witness.ClueName) *ledger {
	l := &ledger{without: without, accounts: make([]account, len(c.world.stations)), tallies: map[Kind]*Tally{}}
	for i := range c.world.stations {
		kind := c.row(i)
		if l.tallies[kind] == nil {
			l.tallies[kind] = &Tally{Kind: kind, HurtBy: map[string]int{}}
		}
		l.tallies[kind].Stations++
	}
	return l
}

// weightOf is the weight of a link as a ledger has it, and the clue that decides.
func (l *ledger) weightOf(clues []witness.Clue) (uint64, string) {
	least, name := int64(rewards.Whole), ""
	for i := range clues {
		if clues[i].Weight < least && !slices.Contains(l.without, clues[i].Name) {
			least, name = clues[i].Weight, string(clues[i].Name)
		}
	}
	return uint64(least), name
}

// close counts the epoch of each station.
func (l *ledger) close(row func(int) Kind) {
	for i := range l.accounts {
		l.tallies[row(i)].count(&l.accounts[i])
	}
}

// sorted are the tallies, honest first.
func (l *ledger) sorted() []Tally {
	var list []Tally
	for _, t := range l.tallies {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b Tally) int {
		switch {
		case a.Kind == Honest:
			return -1
		case b.Kind == Honest:
			return 1
		}
		return strings.Compare(string(a.Kind), string(b.Kind))
	})
	return list
}
