package broker

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRefusalLog: a flood of one kind is bounded, says what it left out, and does
// not hide another kind.
func TestRefusalLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := newRefusalLog(slog.New(slog.NewTextHandler(&out, nil)))
		for range 1000 {
			l.warn(RefusedLogin)
		}
		if n := strings.Count(out.String(), "login refused"); n != 20 {
			t.Errorf("%d lines of 1000 at once, want 20", n)
		}
		l.warn(RefusedBinding)
		if n := strings.Count(out.String(), "binding refused"); n != 1 {
			t.Errorf("%d lines of the other kind, want 1", n)
		}
		time.Sleep(time.Second)
		l.warn(RefusedLogin)
		if !strings.Contains(out.String(), "not_logged=980") {
			t.Errorf("the lines left out are not counted: %s", out.String()[max(0, out.Len()-200):])
		}
	})
}
