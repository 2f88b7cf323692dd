package hostile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hexspot/cmd/internal/stations"
)

// Trial is what honest stations bear.
type Trial struct {
	Quiet    Latency // before
	Attacked Latency // by all at once
	Ending   Latency // while attacks end, one after the other
	Outcomes []Outcome
	Logins   int // of honest stations, as many as there are if none was thrown out
	Honest   int // stations
}

// Latency is from a publication to its answer: the PUBACK of an uplink, the receipt of a
// report.
type Latency struct{ Uplinks, Reports Times }

// Times are of many answers.
type Times struct {
	Count    int
	P50, P99 time.Duration
}

func timesOf(took []time.Duration) Times {
	if len(took) == 0 {
		return Times{}
	}
	slices.Sort(took)
	at := func(percent int) time.Duration { return took[(len(took)-1)*percent/100].Round(10 * time.Microsecond) }
	return Times{len(took), at(50), at(99)}
}

// Try measures a fleet that is running over a network, first alone, then under all attacks at
// once, each for so long at least and until each station may have been answered, and then
// until each attack has come to its ends. It ends with ctx.
func Try(ctx context.Context, t Target, f *stations.Fleet, honest int, quiet, attacked time.Duration) (r Trial, err error) {
	r.Honest = honest
	f.Took()
	f.ReportsTook()
	r.Quiet = measure(ctx, f, honest, quiet)
	t.Victim, t.EUI, t.Records = f.Sample()
	if len(t.Records) == 0 {
		return r, fmt.Errorf("honest stations have reported nothing in %v", quiet)
	}
	r.Outcomes, err = Run(ctx, t, func(ctx context.Context) { r.Attacked = measure(ctx, f, honest, attacked) })
	r.Ending = latency(f)
	r.Logins = f.Logins()
	return r, err
}

// measure goes on for so long, and until there are as many answers of each kind as stations.
func measure(ctx context.Context, f *stations.Fleet, honest int, least time.Duration) Latency {
	var uplinks, reports []time.Duration
	for len(uplinks) < honest || len(reports) < honest {
		stations.Pause(ctx, least)
		uplinks, reports = append(uplinks, f.Took()...), append(reports, f.ReportsTook()...)
		if ctx.Err() != nil {
			break
		}
	}
	return Latency{timesOf(uplinks), timesOf(reports)}
}

func latency(f *stations.Fleet) Latency { return Latency{timesOf(f.Took()), timesOf(f.ReportsTook())} }

// Bound is how much longer the slowest of a hundred answers may take under attack.
type Bound struct {
	Ratio float64
	Least time.Duration // that is borne whatever the ratio is
}

// Problems is empty if each attack came to the ends it must, no honest station was thrown
// out, and none waited too long.
func (r Trial) Problems(b Bound) []string { return append(r.Faults(), r.Slow(b)...) }

// Faults are what must not be on any machine, however slow it is.
func (r Trial) Faults() (list []string) {
	for _, o := range r.Outcomes {
		if o.Fault != "" {
			list = append(list, o.Fault+" ("+o.String()+")")
		}
	}
	if r.Logins != r.Honest {
		list = append(list, fmt.Sprintf("%d honest stations logged in %d times", r.Honest, r.Logins))
	}
	return list
}

// Slow says who waited too long. An answer that was asked for under all attacks may come only
// while they end, so that counts as well.
func (r Trial) Slow(b Bound) (list []string) {
	for _, c := range []struct {
		what         string
		quiet, after Times
		least        int // answers
	}{
		{"uplinks", r.Quiet.Uplinks, r.Attacked.Uplinks, 1}, {"reports", r.Quiet.Reports, r.Attacked.Reports, 1},
		{"uplinks at the end", r.Quiet.Uplinks, r.Ending.Uplinks, 0}, {"reports at the end", r.Quiet.Reports, r.Ending.Reports, 0},
	} {
		most := max(b.Least, time.Duration(b.Ratio*float64(c.quiet.P99)))
		if c.after.Count < c.least || c.after.P99 > most {
			list = append(list, fmt.Sprintf("%s: p99 %v of %d under attack, %v alone; at most %v", c.what, c.after.P99, c.after.Count, c.quiet.P99, most))
		}
	}
	return list
}

// String has the latencies, then a line for each attack.
func (r Trial) String() string {
	var b strings.Builder
	line := func(what string, l Latency) {
		fmt.Fprintf(&b, "%s: PUBACK p50 %v p99 %v of %d, receipt p50 %v p99 %v of %d\n", what,
			l.Uplinks.P50, l.Uplinks.P99, l.Uplinks.Count, l.Reports.P50, l.Reports.P99, l.Reports.Count)
	}
	line("alone", r.Quiet)
	line("under attack", r.Attacked)
	line("while attacks end", r.Ending)
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "  %s\n", o)
	}
	return b.String()
}
