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
	Attacked Latency
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

// Try measures a fleet that is running over a network, first alone, for so long at least and
// until each station may have been answered, then under all attacks at once for so long at
// least. It ends with ctx.
func Try(ctx context.Context, t Target, f *stations.Fleet, honest int, quiet, attacked time.Duration) (r Trial, err error) {
	r.Honest = honest
	f.Took()
	f.ReportsTook()
	r.Quiet = alone(ctx, f, honest, quiet)
	t.Victim, t.EUI, t.Records = f.Sample()
	if len(t.Records) == 0 {
		return r, fmt.Errorf("honest stations have reported nothing in %v", quiet)
	}
	r.Outcomes, err = Run(ctx, t, attacked)
	r.Attacked = latency(f)
	r.Logins = f.Logins()
	return r, err
}

// alone measures until there are as many answers of each kind as stations.
func alone(ctx context.Context, f *stations.Fleet, honest int, quiet time.Duration) Latency {
	var uplinks, reports []time.Duration
	for len(uplinks) < honest || len(reports) < honest {
		stations.Pause(ctx, quiet)
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
func (r Trial) Problems(b Bound) (list []string) {
	for _, o := range r.Outcomes {
		if o.Fault != "" {
			list = append(list, o.Fault+" ("+o.String()+")")
		}
	}
	if r.Logins != r.Honest {
		list = append(list, fmt.Sprintf("%d honest stations logged in %d times", r.Honest, r.Logins))
	}
	for _, c := range []struct {
		what            string
		quiet, attacked Times
	}{{"uplinks", r.Quiet.Uplinks, r.Attacked.Uplinks}, {"reports", r.Quiet.Reports, r.Attacked.Reports}} {
		most := max(b.Least, time.Duration(b.Ratio*float64(c.quiet.P99)))
		if c.attacked.Count == 0 || c.attacked.P99 > most {
			list = append(list, fmt.Sprintf("%s: p99 %v of %d under attack, %v alone; at most %v", c.what, c.attacked.P99, c.attacked.Count, c.quiet.P99, most))
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
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "  %s\n", o)
	}
	return b.String()
}
