package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// writeTable writes medians.
func writeTable(out io.Writer, size int64, results []result, town townCost) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	row("hexspot, median of", "%d runs", len(results))
	row("binary", "%.1f MB", float64(size)/1e6)
	row("boot, start to first uplink possible", "%.2f s", median(results, func(r result) time.Duration { return r.boot }).Seconds())
	row("idle CPU", "%.2f %% of a core", 100*median(results, func(r result) float64 { return r.idleCPU }))
	row("idle memory", "%s", memoryText(results, func(r result) memory { return r.idle }))
	row("command to chip, MQTT to frame loaded", "%s", latencyText(results, func(l latency) []time.Duration { return l.loaded }))
	row("  to the first symbol", "%s; planned 80 ms ahead", latencyText(results, func(l latency) []time.Duration { return l.emitted }))
	idleCPU := median(results, func(r result) float64 { return r.idleCPU })
	for i, l := range loads {
		of := func(r result) cost { return r.costs[i] }
		per := median(results, func(r result) time.Duration { return of(r).perUplink })
		rate := median(results, func(r result) float64 { return of(r).rate })
		row("CPU per uplink at "+l.String(), "%d µs, %d µs without the idle share; %.0f uplinks/s, %d of them",
			per.Microseconds(), (per - time.Duration(idleCPU/rate*float64(time.Second))).Microseconds(), rate, l.count)
		row("  memory after that", "%s", memoryText(results, func(r result) memory { return of(r).memory }))
	}
	row(fmt.Sprintf("town of %d hotspots, %d devices", townHotspots, townDevices), "%.2f cores, %.0f MB in one process; %d uplinks, %d of %d downlinks emitted",
		town.Cores, float64(town.Memory)/1e6, town.Uplinks.Matched, town.Downlinks.Emitted, town.Downlinks.Accepted)
	for _, problem := range town.Problems {
		row("  did not pass", "%s", problem)
	}
	return t.Flush()
}

func latencyText(results []result, of func(latency) []time.Duration) string {
	at := func(q float64) float64 {
		return median(results, func(r result) float64 { return float64(quantile(of(r.latency), q).Microseconds()) / 1000 })
	}
	return fmt.Sprintf("p50 %.1f ms, p99 %.1f ms of %d", at(0.5), at(0.99), commandCount)
}

// String is the rate, "10/s" or "full speed".
func (l load) String() string {
	if l.rate == 0 {
		return "full speed"
	}
	return fmt.Sprintf("%d/s", l.rate)
}

func memoryText(results []result, of func(result) memory) string {
	return fmt.Sprintf("RSS %.1f MB, PSS %.1f MB",
		float64(median(results, func(r result) int64 { return of(r).rss }))/1e6,
		float64(median(results, func(r result) int64 { return of(r).pss }))/1e6)
}
