package demo

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 12614: "12,614", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestSnapshotFitsATerminal(t *testing.T) {
	s := snapshot{elapsed: 125 * time.Second, booted: 42, hotspots: 42, injected: 12614, total: 12614,
		counts: counts{12614, 12614, 12614, 0}, received: 12614, rate: 4321}
	if text := s.String(); len(text) > 130 || !strings.Contains(text, "injected 12,614/12,614") {
		t.Errorf("%d characters: %s", len(text), text)
	}
}

// shown is what a display writes in 10 seconds.
func shown(t *testing.T, live bool) (out string) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		Display{Out: &b, Live: live}.show(ctx, func() snapshot {
			since := time.Since(begun)
			return snapshot{elapsed: since, received: int(100 * since.Seconds())}
		})
		out = b.String()
	})
	return out
}

func TestDisplay(t *testing.T) {
	plain := shown(t, false)
	if n := strings.Count(plain, "\n"); n != 5 || strings.ContainsAny(plain, "\r\x1b") || !strings.Contains(plain, "100/s") {
		t.Errorf("%d plain lines:\n%s", n, plain)
	}
	live := shown(t, true)
	if strings.Count(live, "\n") != 1 || strings.Count(live, "\r") < 20 || !strings.HasSuffix(live, "\n") {
		t.Errorf("live:\n%q", live)
	}
	if !strings.Contains(live[strings.LastIndex(live, "\r"):], "10.0s") {
		t.Errorf("the last state is not shown: %q", live)
	}
}
