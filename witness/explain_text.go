package witness

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"hexspot/radio"
)

// WriteText writes the explanation for people: what is judged, the sentence, and a line
// for each rule, the decisive one marked with an arrow.
func (e *Explanation) WriteText(w io.Writer) error {
	e.writeHead(w)
	fmt.Fprintf(w, "\n%s\n", e.Summary)
	for _, note := range e.Notes {
		fmt.Fprintf(w, "Noted: %s.\n", note)
	}
	if len(e.Rules) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  RULE\tOUTCOME\tVALUE\tLIMIT\tMARGIN")
	for _, n := range e.Rules {
		mark := "  "
		if n.Decides {
			mark = "> "
		}
		fmt.Fprintf(table, "%s%s\t%v\t%s\t%s\t%s\n", mark, n.name(), n.Outcome, n.Value, n.Limit, n.Margin)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return e.writeRest(w)
}

// name is the rule's, with the number that Helium gives it.
func (n *RuleNote) name() string {
	if n.Code == 0 {
		return string(n.Rule)
	}
	return fmt.Sprintf("%s (%d)", n.Rule, n.Code)
}

// writeHead says what is explained.
func (e *Explanation) writeHead(w io.Writer) {
	switch {
	case e.Appeal:
		fmt.Fprintf(w, "Appeal of %s\n", Named(e.Station))
	case e.Beacon:
		fmt.Fprintf(w, "Beacon of %s\n", Named(e.Station))
	default:
		fmt.Fprintf(w, "Observation %d of %s\n", e.Index, Named(e.Station))
	}
	fmt.Fprintf(w, "record %x, received %s\n", e.ID, e.Received)
	switch {
	case e.Appeal && e.Subject.IsLink():
		fmt.Fprintf(w, "about the link of %s and %s\n", Named(e.Subject.A), Named(e.Subject.B))
	case e.Appeal:
		fmt.Fprintln(w, "about its own weight")
	default:
		fmt.Fprintf(w, "slot %d, tag %x\n", e.Slot, e.Tag)
	}
}

// writeRest says of the rules that were not passed why, and what would make them pass.
func (e *Explanation) writeRest(w io.Writer) error {
	for _, n := range e.Rules {
		if n.Lacks != "" {
			fmt.Fprintf(w, "%s was not evaluated: %s.\n", n.Rule, n.Lacks)
		}
		if n.Need == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "To pass %s: %s.\n", n.Rule, n.Need); err != nil {
			return err
		}
	}
	return nil
}

// Named is a station's text id with its three words.
func Named(s radio.Station) string {
	return fmt.Sprintf("%v (%s)", s, wordsOf(s))
}

func wordsOf(s radio.Station) string {
	words := s.Words()
	return strings.Join(words[:], " ")
}

// WriteClues writes clues for people, the figures first and what they mean behind.
func WriteClues(w io.Writer, notes []ClueNote) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  CLUE\tOF\tFROM\tFIGURE\tNOTHING AT\tALL AT\tLEAVES")
	for _, n := range notes {
		of := "link"
		if !n.Of.IsZero() {
			of = wordsOf(n.Of)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\n", n.Name, of, n.Counted, n.Figure, n.AtNone, n.AtFull, n.Left)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	told := map[ClueName]bool{}
	for _, n := range notes {
		if n.Raise == "" || told[n.Name] {
			continue
		}
		told[n.Name] = true
		if _, err := fmt.Fprintf(w, "\n%s: %s.\n  What could raise it: %s.\n  Evidence of an appeal: %s.\n", n.Name, n.Means, n.Raise, n.Shown); err != nil {
			return err
		}
	}
	return nil
}
