package demo

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestSummaryTells(t *testing.T) {
	s := Summary{Source: "x.ndjson", Region: "EU868", Hotspots: 3, Injected: 12614, InjectedBad: 2, Skipped: 5, Missing: 4,
		counts:    counts{Read: 12614, Dropped: 1},
		verdict:   verdict{Expected: 12612, Matched: 12608, Duplicated: 3, Faults: []string{"a fault in words"}},
		MissingBy: []string{"hotspot 0102030405060708: 4 frames missing"}, Problem: "4 of 12612 good frames have not arrived"}
	var text bytes.Buffer
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"12,614, of them 2 with a bad CRC or none (5 lines", "4 missing, 3 duplicated, 1 dropped",
		"12,608 of 12,612", "  a fault in words\n", "  hotspot 0102030405060708: 4", "FAILED: 4 of 12612"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("lacks %q:\n%s", want, text.String())
		}
	}
	s.Passed = true
	text.Reset()
	if err := s.WriteText(&text); err != nil || !strings.Contains(text.String(), "PASSED: each of 12,612") {
		t.Errorf("%v\n%s", err, text.String())
	}
}

func TestSummaryAsJSON(t *testing.T) {
	var text bytes.Buffer
	s := Summary{Region: "EU868", counts: counts{Acked: 7}, verdict: verdict{Matched: 7}}
	if err := s.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(text.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"source", "region", "injected", "read", "forwarded", "acked", "received", "matched",
		"mismatched", "duplicated", "missing", "bad_arrived", "passed", "frames_per_second", "memory_bytes"} {
		if _, ok := back[key]; !ok {
			t.Errorf("lacks %q:\n%s", key, text.String())
		}
	}
}
