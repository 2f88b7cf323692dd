package network

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// reported is a network that has given a receipt and is stopped.
func reported(t *testing.T) Data {
	t.Helper()
	data := Data(t.TempDir())
	reportTo(t, dailyConfig(), data)
	return data
}

// reportTo has a network give a receipt.
func reportTo(t *testing.T, c Config, data Data) {
	t.Helper()
	n, end := serving(t, c, data)
	p := newProver(t, n.ID())
	p.connect(n)
	now := present()
	p.report("beacon", p.sign(n.ID(), radio.KindBeacon, beaconOf(dailyTiming(t).SlotAt(now), now, 1)).Append(nil))
	end()
}

// rolled rolls a journal off as after that time.
func rolled(t *testing.T, data Data, after time.Duration) {
	t.Helper()
	s, end := mustStore(t, data)
	defer end()
	_, err := s.Roll(t.Context(), time.Now().Add(after))
	must(t, err)
}

// TestAJournalThatIsGone: a network with receipts starts over another journal only if the files have what the
// first one had, or if it is told that it is lost.
func TestAJournalThatIsGone(t *testing.T) {
	t.Parallel()
	damaged := func(t *testing.T, data Data) {
		rolled(t, data, time.Hour)
		must(t, os.Rename(data.path("journal"), data.path("away")))
		paths, err := filepath.Glob(data.path("files/*/*"))
		must(t, err)
		for _, path := range paths {
			must(t, os.WriteFile(path, []byte("damaged"), 0o600))
		}
	}
	away := func(t *testing.T, data Data) { must(t, os.Rename(data.path("journal"), data.path("away"))) }
	for what, c := range map[string]struct {
		before func(*testing.T, Data)
		config func(*Config, Data)
		want   error
		says   string
	}{
		"as it was":                  {},
		"gone":                       {before: away, want: ErrJournalLost, says: "/journal and is empty: remove that directory"},
		"mistyped":                   {config: func(c *Config, _ Data) { c.Journal.Dir = "jurnal" }, want: ErrJournalLost},
		"lost for good":              {before: away, config: func(c *Config, _ Data) { c.Journal.Lost = true }},
		"damaged":                    {before: damaged, want: journal.ErrCorrupt},
		"damaged, and lost for good": {before: damaged, config: func(c *Config, _ Data) { c.Journal.Lost = true }},
		"rolled off": {before: func(t *testing.T, data Data) {
			rolled(t, data, time.Hour)
			away(t, data)
		}},
		"rolled off, and the files elsewhere": {before: func(t *testing.T, data Data) {
			rolled(t, data, time.Hour)
			away(t, data)
		}, config: func(c *Config, data Data) { c.Journal.Files = "file://" + data.path("elsewhere") }, want: ErrJournalLost},
		"rolled off and out of the log": {before: func(t *testing.T, data Data) { rolled(t, data, 48*time.Hour) }},
	} {
		data, config := reported(t), dailyConfig()
		config.Broker.Listen = []string{"127.0.0.1:0"}
		if c.before != nil {
			c.before(t, data)
		}
		if c.config != nil {
			c.config(&config, data)
		}
		n, err := New(t.Context(), config, data, slog.New(slog.DiscardHandler))
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q in it", what, err, c.says)
		}
		if err == nil {
			must(t, errors.Join(n.api.Close(), n.close()))
		}
	}
}

// TestLostUntilAReport: a journal is told to be lost until a report is taken, and no longer.
func TestLostUntilAReport(t *testing.T) {
	t.Parallel()
	data, c := reported(t), dailyConfig()
	must(t, os.Rename(data.path("journal"), data.path("away")))
	c.Journal.Lost = true
	_, end := serving(t, c, data)
	end()
	c.Broker.Listen = []string{"127.0.0.1:0"}
	c.Journal.Lost = false
	if _, err := New(t.Context(), c, data, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrJournalLost) {
		t.Errorf("before a report: %v", err)
	}
	c.Journal.Lost = true
	reportTo(t, c, data)
	c.Journal.Lost = false
	_, end = serving(t, c, data)
	end()
}

// TestNoBucketNoStart: what could never be rolled off is not taken.
func TestNoBucketNoStart(t *testing.T) {
	data := Data(t.TempDir())
	_, err := data.network()
	must(t, err)
	for _, files := range []string{"gs://bucket", "file://" + data.path(keyFile) + "/below"} {
		c := demoConfig()
		c.Journal.Files, c.Broker.Listen = files, []string{"127.0.0.1:0"}
		if _, err := New(t.Context(), c, data, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s is no error", files)
		}
	}
	if _, err := OpenStoreThere(t.Context(), Config{}, Data(data.path("nowhere")), slog.New(slog.DiscardHandler)); !errors.Is(err, ErrNoJournal) {
		t.Error(err)
	}
	if _, err := os.Stat(data.path("nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestLastOfLog: a journal as old as the record that it lacks is no reason not to start.
func TestLastOfLog(t *testing.T) {
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	defer end()
	v, _ := provingOver(t, data, s.Journal)
	must(t, v.checkJournal(t.Context(), s))
	status, err := s.Journal.Status(t.Context())
	must(t, err)
	born := witness.MillisOf(status.Born)
	for _, c := range []struct {
		number   byte
		received witness.Millis
		want     error
	}{{1, born - 1000, ErrJournalLost}, {2, born + 1000, nil}} {
		epoch := v.freezing.next
		_, err := v.book.Place([]log.Arrival{{Record: radio.RecordID{c.number}, Own: epoch, Received: c.received}})
		must(t, err)
		if err := v.checkJournal(t.Context(), s); !errors.Is(err, c.want) {
			t.Errorf("received %d ms after the journal was made: %v", c.received-born, err)
		}
	}
}
