package demo

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteText writes the summary for people.
func (s TownSummary) WriteText(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range s.rows() {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	if err := table.Flush(); err != nil {
		return err
	}
	texts := slices.Concat(s.Uplinks.Faults, s.Downlinks.Texts)
	if s.Coverage != nil {
		texts = append(texts, s.Coverage.Texts...)
	}
	for _, text := range texts {
		fmt.Fprintf(w, "  %s\n", text)
	}
	_, err := fmt.Fprintln(w, s.conclusion())
	return err
}

func (s TownSummary) rows() [][2]string {
	d, v := s.Devices, s.Downlinks
	rows := [][2]string{
		{"town", fmt.Sprintf("seed %d, %s, %d hotspots, broker %s", s.Seed, s.Region, s.Hotspots, s.Broker)},
		{"devices", fmt.Sprintf("%s of %s joined, %s join requests, %s of class C", grouped(d.Joined), grouped(d.Total), grouped(d.JoinRequests), grouped(d.ClassC))},
		{"frames", fmt.Sprintf("%s sent, %s heard (%s by 1 to 4 hotspots), lost: %s", grouped(s.OnAir.Sent), grouped(s.OnAir.Heard), grouped(s.OnAir.ByFour), byCount(s.OnAir.Lost))},
		{"uplinks", fmt.Sprintf("%s taken by chips, %s received exactly once; faults: %s", grouped(s.Uplinks.Expected), grouped(s.Uplinks.Matched), faultsText(s.Uplinks, s.Missing, s.Gateway.Dropped))},
		{"  not taken", fmt.Sprintf("%s damaged on the air, heard and not taken: %s", grouped(s.OnAir.Damaged), byCount(s.OnAir.Untaken))},
		{"confirmed", fmt.Sprintf("%s of %s messages, %s acknowledged, %s given up, %s repeats", grouped(d.Confirmed), grouped(d.Messages), grouped(d.Acked), grouped(d.Unacked), grouped(d.Repeats))},
		{"downlinks", fmt.Sprintf("%s commanded, %s refused, %s accepted, %s not asked for", grouped(v.Commanded), grouped(v.Refused), grouped(v.Accepted), grouped(s.Withheld))},
		{"  refused by", fmt.Sprintf("%s; RX1 passed over by %s", byCount(v.RefusedBy), byCount(v.PassedOver))},
		{"  emitted", fmt.Sprintf("%s of %s accepted%s, failed: %s, silent: %s", grouped(v.Emitted), grouped(v.Accepted), shareOf(s.Share), byCount(v.FailedBy), grouped(s.Silent))},
		{"  in RX1", fmt.Sprintf("%s, RX2 %s, at once %s%s; %s compared with their uplink's instant", grouped(v.First), grouped(v.Second), grouped(v.AtOnce), shareOf(s.First), grouped(v.Timed))},
		{"  heard by devices", fmt.Sprintf("%s: RX1 %s, RX2 %s, class C %s", grouped(d.Received), grouped(d.FirstWindow), grouped(d.SecondWindow), grouped(d.ClassCWindow))},
		{"lead time", fmt.Sprintf("p1 %.0f ms, p50 %.0f ms, least %.0f ms", s.Leads.Most99, s.Leads.Median, s.Leads.Least)},
	}
	if v.Failed() > 0 {
		rows = append(rows, [2]string{"failed because", byCount(v.Causes)})
	}
	rows = append(rows, s.leadRows()...)
	rows = append(rows, s.bandRows()...)
	rows = append(rows, coverageRows(s.Coverage)...)
	return append(rows,
		[2]string{"times", fmt.Sprintf("boot %.1f s, town %.1f s, all %.1f s", s.BootSeconds, s.LiveSeconds, s.TotalSeconds)},
		[2]string{"cost", fmt.Sprintf("%.1f s CPU, %.2f cores while it lived, %d MB memory", s.CPUSeconds, s.CPUShare, s.MemoryBytes>>20)})
}

// leadRows are a histogram of the bins that are not empty.
func (s TownSummary) leadRows() (rows [][2]string) {
	row := func(name string, count int) {
		const width = 40
		if count > 0 {
			bar := strings.Repeat("#", (width*count+s.Leads.Count-1)/s.Leads.Count)
			rows = append(rows, [2]string{name, fmt.Sprintf("%6s %s", grouped(count), bar)})
		}
	}
	row("  too late", s.Leads.Late)
	for _, b := range s.Leads.Bins {
		row(fmt.Sprintf("  from %d ms", b.From), b.Count)
	}
	return rows
}

func (s TownSummary) bandRows() (rows [][2]string) {
	for _, b := range s.Bands {
		if b.Airtime == 0 {
			continue
		}
		text := fmt.Sprintf("%.1f s of all hotspots, %.1f s of the busiest", b.Airtime.Seconds(), b.Busiest.Seconds())
		if b.Limit < 100 {
			text += fmt.Sprintf(", %.2f of %g %% of an hour", 100*b.Busiest.Seconds()/time.Hour.Seconds(), b.Limit)
		}
		rows = append(rows, [2]string{"air time " + b.Name, text})
	}
	return rows
}

// byCount lists what was counted, most frequent first.
func byCount(counts map[string]int) string {
	var list []string
	for _, name := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	}) {
		list = append(list, fmt.Sprintf("%s %s", name, grouped(counts[name])))
	}
	return cmp.Or(strings.Join(list, ", "), "none")
}

func shareOf(share *float64) string {
	if share == nil {
		return ""
	}
	return fmt.Sprintf(" (%.2f %%)", 100**share)
}

func (s TownSummary) conclusion() string {
	if s.Passed {
		return fmt.Sprintf("PASSED: %s frames arrived exactly once, %s downlinks each have their answer, report and transmission%s",
			grouped(s.Uplinks.Matched), grouped(s.Downlinks.Accepted), coverageConclusion(s.Coverage))
	}
	return "FAILED: " + strings.Join(s.Problems, "; ")
}
