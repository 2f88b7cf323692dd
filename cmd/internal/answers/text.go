package answers

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"hexspot/cmd/internal/verify"
	"hexspot/witness"
)

// WriteText writes the explanations for people.
func (r *Report) WriteText(w io.Writer) error {
	for i := range r.Explanations {
		if i == 0 {
			fmt.Fprintf(w, "Epoch %d\n", r.Epoch)
		}
		fmt.Fprintln(w)
		if err := r.Explanations[i].WriteText(w); err != nil {
			return err
		}
	}
	return nil
}

// WriteText writes the answer for people: what it got and why not, then its reports by
// reason, its clues, its weakest links, and what is provisional.
func (a *Station) WriteText(w io.Writer) error {
	t := &a.Tally
	fmt.Fprintf(w, "Epoch %d, rules %s\nStation %s\n\n", a.Epoch, a.Parameters.Set.Name, witness.Named(t.Station))
	if a.Cause != nil {
		fmt.Fprintf(w, "It got nothing (%s). %s\nWhat to do: %s\n", a.Cause.Name, a.Cause.Says, a.Cause.Cure)
	} else {
		fmt.Fprintf(w, "It has %s shares as a beaconer and %s as a witness.\n", shares(t.Beacon), shares(t.Witness))
	}
	if a.Released != (witness.Holding{}) {
		fmt.Fprintf(w, "Of these %s and %s were held and are released by an appeal.\n", shares(a.Released.Beacon), shares(a.Released.Witness))
	}
	a.writeScale(w)
	a.writeReports(w)
	for _, part := range [...]func(io.Writer) error{a.writeClues, a.writeLinks, a.writeProvisions, a.writeAppeals} {
		if err := part(w); err != nil {
			return err
		}
	}
	return nil
}

func (a *Station) writeScale(w io.Writer) {
	t := &a.Tally
	if t.Presence == witness.PresenceNone {
		return
	}
	counted := ""
	if t.Newcomer {
		counted = ", as a newcomer: it had no valid event in the epoch before"
	}
	fmt.Fprintf(w, "Density scale of its place: %s %%%s.\n", percent(uint64(t.Scale)), counted)
	if whole := t.BeaconWhole + t.WitnessWhole; whole > t.Shares() {
		fmt.Fprintf(w, "With all weights whole it would have %s.\n", shares(whole))
	}
}

func (a *Station) writeReports(w io.Writer) {
	t := &a.Tally
	fmt.Fprintf(w, "\nBeacons reported: %s.\nObservations reported: %s.\n", reasons(t.Beacons), reasons(t.Observations))
	fmt.Fprintf(w, "Valid witnesses of its beacons: %d, of which selected: %d. Its observations that were selected: %d.\n",
		t.Witnesses, t.Selections, t.Selected)
	if len(t.Invalid) > 0 {
		fmt.Fprintf(w, "Observations of its valid beacons that are not valid: %s.\n", reasons(t.Invalid))
	}
}

// reasons is "31, valid 2, not_witnessed 29".
func reasons(c witness.Counts) string {
	text := fmt.Sprint(c.Total())
	names := slices.SortedFunc(maps.Keys(c), func(a, b witness.Fault) int {
		return cmp.Or(cmp.Compare(c[b], c[a]), cmp.Compare(a, b))
	})
	for _, name := range names {
		word := string(name)
		if name == "" {
			word = "valid"
		}
		text += fmt.Sprintf(", %s %d", word, c[name])
	}
	return text
}

func (a *Station) writeClues(w io.Writer) error {
	if len(a.Clues) == 0 {
		_, err := fmt.Fprintln(w, "\nThere is no clue about the station yet: there are too few reports.")
		return err
	}
	fmt.Fprintln(w, "\nClues about the station, which weigh on all its links:")
	return witness.WriteClues(w, a.Clues)
}

// writeLinks writes the links below their whole weight, the lightest first.
func (a *Station) writeLinks(w io.Writer) error {
	weak := slices.DeleteFunc(slices.Clone(a.Links), func(l Link) bool { return l.Weight >= whole })
	slices.SortStableFunc(weak, func(a, b Link) int { return cmp.Compare(a.Weight, b.Weight) })
	fmt.Fprintf(w, "\nLinks with evidence: %d, of which below their whole weight: %d.\n", len(a.Links), len(weak))
	if a.More {
		fmt.Fprintf(w, "There are more: the first %d are shown.\n", verify.MostLinks)
	}
	if len(weak) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  WEIGHT\tWITH\tITS OWN WORST CLUE")
	for _, l := range weak[:min(len(weak), mostLinks)] {
		worst := "none: it is a station's clue"
		if len(l.Clues) > 0 && l.Clues[0].Weight < whole {
			c := &l.Clues[0]
			worst = fmt.Sprintf("%s: %s from %s, all at %s", c.Name, c.Figure, c.Counted, c.AtFull)
		}
		fmt.Fprintf(table, "  %s %%\t%s\t%s\n", percent(l.Weight), witness.Named(l.Partner), worst)
	}
	return table.Flush()
}

const (
	whole     = 10_000 // a weight
	mostLinks = 20     // that a text shows; JSON has all
)

func (a *Station) writeProvisions(w io.Writer) error {
	if len(a.Provisions) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nWeights below one half, and what they took of this station that an appeal can release ('hexspot appeal file --help'):")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  WEIGHT\tSINCE EPOCH\tFINAL FROM\tHELD AS BEACONER\tAS WITNESS\tOF")
	for _, p := range a.Provisions {
		final := fmt.Sprint(p.Ends)
		if p.Final {
			final = "final"
		}
		fmt.Fprintf(table, "  %s %%\t%d\t%s\t%s\t%s\t%s\n", percent(p.Weight), p.Since, final, shares(p.Held.Beacon), shares(p.Held.Witness), a.other(p.Subject))
	}
	return table.Flush()
}

// other names a subject beside the station that is answered.
func (a *Station) other(s witness.Subject) string {
	switch {
	case s.A == a.Tally.Station && !s.IsLink():
		return "the station itself"
	case s.A == a.Tally.Station:
		return "its link with " + witness.Named(s.B)
	case s.B == a.Tally.Station:
		return "its link with " + witness.Named(s.A)
	}
	return subject(s)
}

func (a *Station) writeAppeals(w io.Writer) error {
	for i := range a.Appeals {
		fmt.Fprintln(w)
		if err := a.Appeals[i].WriteText(w); err != nil {
			return err
		}
	}
	if len(a.Turns) > 0 {
		fmt.Fprintln(w, "\nWhat this epoch changed of them:")
	}
	for _, t := range a.Turns {
		if _, err := fmt.Fprintf(w, "  %s, below one half since epoch %d: %s\n", a.other(t.Subject), t.Since, t.Turn); err != nil {
			return err
		}
	}
	return nil
}

func subject(s witness.Subject) string {
	if s.IsLink() {
		return fmt.Sprintf("the link of %s and %s", witness.Named(s.A), witness.Named(s.B))
	}
	return "station " + witness.Named(s.A)
}

// shares writes 10^-8.
func shares(n uint64) string { return fmt.Sprintf("%d.%04d", n/1e8, n%1e8/1e4) }

// percent writes ten-thousandths.
func percent(n uint64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
