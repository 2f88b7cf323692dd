package simulate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes the table of what was detected.
func (r Result) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "%d hotspots, %d epochs, seed %d: %d beacons, %d observations\n\n", r.Hotspots, r.Epochs, r.Seed, r.Beacons, r.Observations)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "kind\tstations\tcut by rules\tcut in all\tlost over 10 % once\treports refused\t")
	for _, k := range r.Kinds {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%.2f %%\t%.1f %%\t\n", k.Kind, k.Stations,
			percent(k, k.CutByRules()), percent(k, k.Cut()), share(k.Hurt, k.Stations), share(int(k.Refused), int(k.Reports)))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nhonest stations that lost over 10 %% once, by what took most:%s\n", causes(r.Kinds[0].HurtBy))
	r.Selection.writeText(w)
	return r.writeWithout(w)
}

// causes are numbers by name, the largest first.
func causes(of map[string]int) (text string) {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(of[b]-of[a], strings.Compare(a, b))
	})
	for _, name := range names {
		text += fmt.Sprintf(" %s %d", name, of[name])
	}
	if text == "" {
		return " none"
	}
	return text
}

func (s Selection) writeText(w io.Writer) {
	fmt.Fprintf(w, "of what honest stations would be paid if links of weight 0 were left out first, selection takes %.2f %%;\n"+
		"%.2f %% if only links with a weight were counted, %.2f %% if links long at 0 were denied\n",
		100*lost(s.Clear, s.Paid), 100*lost(s.Clear, s.Counted), 100*lost(s.Clear, s.Denied))
}

// writeWithout writes what is cut without each clue.
func (r Result) writeWithout(w io.Writer) error {
	if len(r.Without) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\nwithout\thurt\t")
	for _, k := range r.Kinds {
		fmt.Fprintf(t, "%s\t", k.Kind)
	}
	fmt.Fprintln(t)
	for _, row := range append([]Without{{nil, r.Kinds}}, r.Without...) {
		fmt.Fprintf(t, "%v\t%d\t", row.Clues, row.Kinds[0].Hurt)
		for _, k := range row.Kinds {
			fmt.Fprintf(t, "%s\t", percent(k, k.Cut()))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

func percent(t Tally, cut float64) string {
	if t.Claimed == 0 {
		return "no claims"
	}
	return fmt.Sprintf("%.2f %%", 100*cut)
}

func share(part, all int) float64 { return 100 * float64(part) / float64(max(all, 1)) }

// WriteJSON writes the result as JSON.
func (r Result) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
