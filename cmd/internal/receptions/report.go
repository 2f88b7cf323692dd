package receptions

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteText writes what each rule rejects, and the hotspots whose places must be wrong.
func (s *Study) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "%d receptions by %d hotspots; %d without distance and place\n\n", s.Receptions, len(s.hotspots), s.Placeless)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "set\trule\tevaluated\tfailed\tshare")
	for _, set := range Sets() {
		for _, name := range physical[set] {
			c := s.Rules[set][name]
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%.2f %%\n", set, name, c.Evaluated, c.Failed, 100*float64(c.Failed)/float64(max(c.Evaluated, 1)))
		}
	}
	fmt.Fprintln(t, "\nhotspot\treceptions\tlouder than free space\tby at most\tplaces\tcut less exact distance\twhy its place must be wrong")
	for _, x := range s.Suspects() {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f dB\t%d\t%.0f m\t%s\n", x.Hotspot, x.Receptions, x.Strong, x.Worst, x.Places, x.Gap, x.Why)
	}
	return t.Flush()
}
