package simulate

import (
	"encoding/json"
	"fmt"
	"io"
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
