package hostile

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// TestOutcomes: an attack must come to each of its ends, and to no other than it may.
func TestOutcomes(t *testing.T) {
	kind := attack{name: "a", ends: []End{Disconnected, LoginRefused}, other: []End{NotLetIn}}
	for name, c := range map[string]struct {
		ends  []End
		fault string
	}{
		"as it must":            {[]End{Disconnected, LoginRefused}, ""},
		"as it may":             {[]End{Disconnected, LoginRefused, NotLetIn}, ""},
		"one is missing":        {[]End{Disconnected, NotLetIn}, `never came to "login refused"`},
		"nothing":               {nil, "never came to"},
		"what must not be":      {[]End{Disconnected, LoginRefused, FilterGranted}, `came to "subscription granted"`},
		"heard what others say": {[]End{Disconnected, LoginRefused, HeardFrom}, `came to "heard others"`},
	} {
		a := &attacker{}
		for _, e := range c.ends {
			a.ends.add(e)
		}
		if got := kind.outcome(a).Fault; c.fault == "" && got != "" || !strings.Contains(got, c.fault) {
			t.Errorf("%s: %q, want %q", name, got, c.fault)
		}
	}
}

func TestProblems(t *testing.T) {
	times := func(p99 time.Duration) Times { return Times{Count: 10, P99: p99} }
	good := Trial{
		Quiet:    Latency{times(10 * time.Millisecond), times(20 * time.Millisecond)},
		Attacked: Latency{times(100 * time.Millisecond), times(100 * time.Millisecond)}, Logins: 3, Honest: 3,
	}
	bound := Bound{Ratio: 5, Least: 100 * time.Millisecond}
	for name, c := range map[string]struct {
		harm func(*Trial)
		want string
	}{
		"nothing":         {func(*Trial) {}, ""},
		"slow uplinks":    {func(r *Trial) { r.Attacked.Uplinks = times(101 * time.Millisecond) }, "uplinks: p99 101ms"},
		"slow reports":    {func(r *Trial) { r.Attacked.Reports = times(101 * time.Millisecond) }, "reports: p99 101ms"},
		"slow before":     {func(r *Trial) { r.Quiet.Uplinks = times(time.Second); r.Attacked.Uplinks = times(4 * time.Second) }, ""},
		"slow at the end": {func(r *Trial) { r.Ending.Reports = times(101 * time.Millisecond) }, "reports at the end: p99 101ms"},
		"well at the end": {func(r *Trial) { r.Ending.Uplinks = times(99 * time.Millisecond) }, ""},
		"none is taken":   {func(r *Trial) { r.Attacked.Reports = Times{} }, "reports: p99"},
		"one thrown out":  {func(r *Trial) { r.Logins = 4 }, "logged in 4 times"},
		"an attack fails": {func(r *Trial) { r.Outcomes = []Outcome{{Name: "a", Fault: "a came to nothing"}} }, "a came to nothing"},
	} {
		r := good
		c.harm(&r)
		got := strings.Join(r.Problems(bound), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		slow := strings.Contains(c.want, "p99")
		if faults := len(r.Faults()) > 0; faults != (c.want != "" && !slow) || len(r.Slow(bound)) > 0 != slow {
			t.Errorf("%s: faults %q, slow %q", name, r.Faults(), r.Slow(bound))
		}
	}
}

// TestOnlyLoopback: nothing else is ever attacked.
func TestOnlyLoopback(t *testing.T) {
	for _, address := range []string{"192.0.2.1:1883", "[::1]:1883", "0.0.0.0:1883"} {
		if _, err := Run(context.Background(), Target{Address: netip.MustParseAddrPort(address)}, func(context.Context) {}); err == nil {
			t.Errorf("attacks %s", address)
		}
	}
}
