package broker

import (
	"bytes"
	"log/slog"
	"strconv"
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

// TestRefusalsOfOneClient: who does the same again each second has a line a minute, that says
// how often it was, and takes no other client's.
func TestRefusalsOfOneClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := newRefusalLog(slog.New(slog.NewTextHandler(&out, nil)))
		for second := range 168 {
			l.warnOf(RefusedPublication, "one", "topic", "hexspot/one/up/receipt")
			if second == 100 {
				l.warnOf(RefusedPublication, "two")
				l.warnOf(RefusedSubscription, "one")
			}
			time.Sleep(time.Second)
		}
		lines := strings.Count(out.String(), "publication refused\" name=one")
		if lines != 3 || strings.Count(out.String(), "again=59") != 2 || !strings.Contains(out.String(), "name=two") || !strings.Contains(out.String(), "subscription refused") {
			t.Errorf("%d lines: %s", lines, &out)
		}
	})
}

// TestRefusalsOfManyClients: their names take no more memory than is set aside.
func TestRefusalsOfManyClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRefusalLog(slog.New(slog.DiscardHandler))
		for n := range 3 * mostQuiets {
			l.warnOf(RefusedPublication, strconv.Itoa(n))
		}
		if len(l.quiet) != mostQuiets {
			t.Errorf("%d names, want %d", len(l.quiet), mostQuiets)
		}
		time.Sleep(quietFor)
		l.warnOf(RefusedPublication, "last")
		if len(l.quiet) != 1 {
			t.Errorf("%d names after a minute", len(l.quiet))
		}
	})
}
