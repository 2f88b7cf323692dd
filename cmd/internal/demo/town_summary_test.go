package demo

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"hexspot/cmd/internal/proof"
)

func share(f float64) *float64 { return &f }

// soundTown is the summary of a town that has passed.
func soundTown() TownSummary {
	return TownSummary{
		Source: "Town 1", Region: "EU868", Broker: "in process", Seed: 1, Hotspots: 12,
		Devices:   townDevices{Total: 400, Joined: 399, Messages: 4831, Confirmed: 1435, Acked: 1424},
		OnAir:     heardCounts{Sent: 5882, Heard: 5422, ByFour: 5140, Lost: map[string]int{"deaf": 360, "collided": 100}},
		Uplinks:   verdict{Expected: 12_825, Received: 12_825, Matched: 12_825},
		Downlinks: &proof.Verdict{Commanded: 2791, Accepted: 2774, First: 2397, Second: 126, AtOnce: 251, Refused: 17, Emitted: 2770, RefusedBy: map[string]int{"TOO_LATE": 17}, FailedBy: map[string]int{"MISSED": 4}, Causes: map[string]int{"MISSED: 13 ms too late": 4}},
		Share:     share(0.9986), First: share(0.95),
		Leads:  leadsOf([]time.Duration{80 * time.Millisecond, 700 * time.Millisecond}),
		Bands:  []proof.Band{{Name: "P", Limit: 10, Airtime: 486 * time.Second, Busiest: 36 * time.Second}, {Name: "K", Limit: 100}},
		Passed: true,
	}
}

func soundCoverage() *proof.CoverageVerdict {
	return &proof.CoverageVerdict{
		Due: 84, Missing: 3, Emitted: 91, SkippedBy: map[string]int{"refused": 3}, BeaconsBy: map[string]int{"valid": 80, "not_witnessing": 3}, Taken: 291, Misdated: 1,
		WitnessesBy: map[string]int{"valid": 285, "too_near": 6}, Final: 59, Resent: 5, Foreign: map[string]int{"network": 5},
		Attacks: []proof.AttackVerdict{{Attack: "relay", Sent: 5, Taken: 2, Fates: map[string]int{"too_strong": 2}}},
	}
}

func TestTownSummaryTells(t *testing.T) {
	s := soundTown()
	s.Coverage = soundCoverage()
	var text bytes.Buffer
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"399 of 400 joined", "5,882 sent, 5,422 heard (5,140 by 1 to 4 hotspots), lost: deaf 360, collided 100", "12,825 received exactly once; faults: none",
		"TOO_LATE 17", "2,770 of 2,774 accepted (99.86 %), failed: MISSED 4, silent: 0", "MISSED: 13 ms too late 4", "2,397, RX2 126, at once 251 (95.00 %)",
		"91 sent by chips; of 84 due 3 not sent; reasons of all windows: refused 3", "83: valid 80, not_witnessing 3; 59 of them in frozen epochs",
		"291 taken by chips: valid 285, too_near 6", "1 reports dated more than 250 ms off", "5 sent, 2 taken by chips; too_strong 2", "refused as: network 5",
		"83 beacons and their witnesses are judged as the air has it, 80 valid",
		"p1 80 ms", "from 600 ms", "air time P", "1.00 of 10 % of an hour", "PASSED: 12,825 frames arrived exactly once",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("lacks %q:\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), "air time K") {
		t.Errorf("a band nobody used:\n%s", text.String())
	}
	s.Passed, s.Problems, s.Downlinks.Texts = false, []string{"1 downlinks that were accepted and never reported"}, []string{"silent: number 5"}
	text.Reset()
	if err := s.WriteText(&text); err != nil || !strings.Contains(text.String(), "FAILED: 1 downlinks that") || !strings.Contains(text.String(), "  silent: number 5\n") {
		t.Errorf("%v\n%s", err, text.String())
	}
}

func TestTownSummaryAsJSON(t *testing.T) {
	var text bytes.Buffer
	if err := soundTown().WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(text.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"devices", "uplinks_on_air", "uplinks_received", "downlinks", "downlinks_silent", "emitted_share", "rx1_share", "lead_ms", "air_time", "cpu_seconds", "memory_bytes", "passed"} {
		if _, ok := back[key]; !ok {
			t.Errorf("lacks %q:\n%s", key, text.String())
		}
	}
}

// Each way not to pass is told by its name.
func TestTownProblems(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*TownSummary, *townSession)
		want   string // empty: none
	}{
		{"none", func(*TownSummary, *townSession) {}, ""},
		{"missing", func(s *TownSummary, _ *townSession) { s.Missing = 2 }, "2 of 12825 frames that chips took have not arrived"},
		{"twice", func(s *TownSummary, _ *townSession) { s.Uplinks.Duplicated = 1 }, "1 duplicated"},
		{"nothing", func(s *TownSummary, _ *townSession) { s.Uplinks = verdict{} }, "no frame has arrived"},
		{"few", func(s *TownSummary, _ *townSession) { s.Share = share(0.98) }, "2770 of 2774 accepted downlinks were emitted"},
		{"open", func(_ *TownSummary, s *townSession) { s.final.open = 1 }, "1 downlinks are open"},
		{"unanswered", func(_ *TownSummary, s *townSession) { s.final.tally.Unanswered = 1 }, "not answered in time"},
		{"silent", func(_ *TownSummary, s *townSession) { s.final.tally.Silent = 1 }, "not reported in time"},
		{"strange", func(_ *TownSummary, s *townSession) { s.final.tally.Strange = 1 }, "fit nothing"},
		{"dropped", func(_ *TownSummary, s *townSession) { s.final.counts.Dropped = 1 }, "no room for"},
		{"air", func(_ *TownSummary, s *townSession) { err := io.ErrNoProgress; s.dwellers.fault.Store(&err) }, "the air did not take a frame"},
	} {
		s, err := newTownSession(shortTown(io.Discard).withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		if s.dwellers, err = newDwellers(s.places, s.air); err != nil {
			t.Fatal(err)
		}
		sum := soundTown()
		c.change(&sum, s)
		list := s.problems(sum, nil)
		if (len(list) == 0) != (c.want == "") || c.want != "" && !strings.Contains(strings.Join(list, "\n"), c.want) {
			t.Errorf("%s: %q, want %q", c.name, list, c.want)
		}
	}
	s, err := newTownSession(shortTown(io.Discard).withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	for f, words := range faultWords {
		s.dwellers, _ = newDwellers(s.places, s.air)
		sum := soundTown()
		sum.Downlinks.Faults = map[proof.Fault]int{f: 3}
		if list := s.problems(sum, nil); !slices.Contains(list, "3 "+words) {
			t.Errorf("%s: %q", f, list)
		}
	}
}
