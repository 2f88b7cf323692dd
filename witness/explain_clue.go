package witness

import (
	"cmp"
	"fmt"
	"slices"

	"hexspot/radio"
)

// ClueNote is a clue in words.
type ClueNote struct {
	Clue
	// Of is the station on all of whose links it weighs; zero: on this link alone.
	Of      radio.Station
	Counted string // what the figure was made from, "412 reports"
	Figure  string // with its unit, as are the limits
	AtNone  string // here or past it nothing is left
	AtFull  string // here or past it all is left
	Left    string // the weight that it leaves, "37.50 %"
	Means   string
	Raise   string // what could raise it; empty if it leaves the whole weight
	Shown   string // which evidence of an appeal bears on it; empty as Raise is
}

// clueWord is what there is to say of a clue, whatever its figures.
type clueWord struct {
	name    ClueName
	figure  func(int64) string
	counted string // what it was made from, one of them
	means   string
	raise   string
	// presence says that the clue doubts that the station is on the air at its place:
	// what others show of that bears on it.
	presence bool
}

func portion(n int64) string     { return scaled(n, 2, 2) + " %" }
func levels(n int64) string      { return scaled(n, 2, 2) + " dB" }
func octaves(n int64) string     { return scaled(n, 2, 2) + " dB an octave" }
func squares(n int64) string     { return scaled(n, 4, 2) + " dB2" }
func likelihoods(n int64) string { return "e^" + scaled(n, 3, 2) }
func slopes(n int64) string      { return scaled(n, 4, 2) + " dB a dB" }

// clueWords is a list for the reason that measures is.
var clueWords = [...]clueWord{
	{name: ClueSlope, figure: slopes, counted: "report",
		means: "how much the received level follows the power steps that were drawn for the sender. Who sends a frame again does not send the step",
		raise: "radio power steps that are as stated: check the calibration table, and that nothing repeats or levels the signal; 40 and more reports at different steps"},
	{name: ClueFading, figure: squares, counted: "report",
		means: "how much the levels vary beside the steps. Air fades, a cable does not",
		raise: "receive over an antenna; a fixed level (attenuator, splitter, signal generator) must not stand for the air"},
	{name: ClueAnswers, figure: portion, counted: "expected answer",
		means: "how many of the beacons that had to be heard in the other direction were; of a station, how many of its partners heard enough. A path is the same both ways",
		raise: "be heard where you hear: check the transmitter, its antenna, and the noise at the other end; report all that is heard"},
	{name: ClueBalance, figure: levels, counted: "report",
		means: "by how much the losses of the links out and in differ, in the middle of the partners. Gain, cable and place cancel out",
		raise: "publish power as it is: take away an amplifier, or calibrate RSSI and transmit level"},
	{name: ClueDistance, figure: levels, counted: "report", presence: true,
		means: "by how much more the signals lose over free space than those of the partners' other links. Far too little says that the station stands nearer to them than published",
		raise: "publish the true place, antenna gain and cable loss"},
	{name: ClueBeyond, figure: levels, counted: "report",
		means: "by how much less this link loses than the usual ones of its ends, though it is far past their reach",
		raise: "nothing but further reports, and a chip with fine time; what is heard far away must not come over a network"},
	{name: ClueElsewhere, figure: portion, counted: "report",
		means: "which share of the station's links is past its usual reach and still too good",
		raise: "publish the true place; what is heard far away must not come over a network, and one key must not be in two boxes"},
	{name: ClueAround, figure: portion, counted: "expected report", presence: true,
		means: "how many of the stations around it reported any of its beacons. What is on the air at a place is heard around it",
		raise: "be heard around: check antenna, cable and transmitter, and the published place"},
	{name: ClueOther, figure: likelihoods, counted: "report", presence: true,
		means: "how much likelier it is that the station stands at the place of one of those that it hears best than at its own, from the losses of its links and from who does not hear it; the logarithm",
		raise: "publish the true place"},
	{name: ClueTwins, figure: squares, counted: "common frame",
		means: "how much the levels of the same frames differ from those at another station published near by. Two antennas fade apart, one does not",
		raise: "give each station an antenna of its own, at its own place"},
	{name: ClueOwner, figure: portion, counted: "report",
		means: "which share of what the station sends and hears is within its own owner",
		raise: "have links with stations of other owners"},
	{name: ClueClosed, figure: octaves, counted: "report",
		means: "by how much the loss grows with distance within a group of stations that hear nobody else",
		raise: "be heard by one station that does not belong to the group; publish the true places"},
}

// wordsOfClue are those of a clue; one that is not known here has its name alone.
func wordsOfClue(name ClueName) clueWord {
	for i := range clueWords {
		if clueWords[i].name == name {
			return clueWords[i]
		}
	}
	return clueWord{name: name, figure: func(n int64) string { return fmt.Sprint(n) }, counted: "report", means: string(name), raise: "other reports"}
}

// Explain is the clue in words. of is the station it is about, zero for a clue of a link.
func (c Clue) Explain(of radio.Station) ClueNote {
	w := wordsOfClue(c.Name)
	n := ClueNote{
		Clue: c, Of: of, Counted: counted(c.Reports, w.counted), Figure: w.figure(c.Value),
		AtNone: w.figure(c.None), AtFull: w.figure(c.Full), Left: portion(c.Weight), Means: w.means,
	}
	if c.Weight == whole {
		return n
	}
	word := "fall to"
	if c.Full > c.Value {
		word = "rise to"
	}
	n.Raise = fmt.Sprintf("the figure has to %s %s: %s", word, n.AtFull, w.raise)
	n.Shown = shownOf(c.Name, of)
	return n
}

// shownOf says which evidence of an appeal bears on a clue. The station's own positions
// never raise one: whoever lies about a place can write them as well.
func shownOf(name ClueName, of radio.Station) string {
	switch {
	case of.IsZero() && name == ClueAnswers:
		return "frames of the station that claims to hear, heard near its partner by stations of two other owners, or by the network's audit"
	case !of.IsZero() && wordsOfClue(name).presence:
		return "frames of the station, heard near its place by stations of two other owners, or by the network's audit"
	}
	return "none of the kinds there are: nothing that is heard near a place decides it"
}

// ExplainStation are the clues about a station in words, those that leave least first.
func (w *Weights) ExplainStation(s radio.Station) []ClueNote {
	return ExplainClues(w.Station(s), s)
}

// ExplainLink are all clues that bear on a link in words, those that leave least first.
func (w *Weights) ExplainLink(a, b radio.Station) []ClueNote {
	var notes []ClueNote
	for i, clues := range w.bearing(w.number(a), w.number(b)) {
		notes = append(notes, ExplainClues(clues, [...]radio.Station{{}, a, b}[i])...)
	}
	return sortNotes(notes)
}

// ExplainClues are clues in words, those that leave least first. of is the station that
// they are about, zero for those of a link.
func ExplainClues(clues []Clue, of radio.Station) []ClueNote {
	notes := make([]ClueNote, len(clues))
	for i, c := range clues {
		notes[i] = c.Explain(of)
	}
	return sortNotes(notes)
}

func sortNotes(notes []ClueNote) []ClueNote {
	slices.SortStableFunc(notes, func(a, b ClueNote) int { return cmp.Compare(a.Weight, b.Weight) })
	return notes
}
