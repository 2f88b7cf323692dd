package main

import (
	"bytes"
	"encoding/json"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/witness"
)

// listening is a socket of a running hotspot, of which each connection is answered.
func listening(t *testing.T, answer func(net.Conn)) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			answer(conn)
			conn.Close()
		}
	}()
	return path
}

// answering is one that gives a status to whoever asks.
func answering(t *testing.T, s hotspot.Status) string {
	t.Helper()
	return listening(t, func(conn net.Conn) { _ = json.NewEncoder(conn).Encode(s) })
}

func TestStatus(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	next, heard := now.Add(90*time.Minute), now.Add(-20*time.Second)
	path := answering(t, hotspot.Status{
		Time: now, Chip: hotspot.ChipStatus{State: "waiting", Fault: "unplugged"}, Duty: []hotspot.DutyStatus{{Name: "M", Used: 371, Allowed: 36_000}},
		Records: []hotspot.RecordStatus{{Name: "reports", Waiting: 5, Settled: 6}},
		Coverage: hotspot.CoverageStatus{
			Station: "spot1x", Network: "c2ad0a997751e040", Reason: "no_site", ReasonText: "no site is known", Site: "no such file",
			Next: &next, LastHeard: &heard, LastBeacon: "beacon of slot 7: emitted",
			Counts:   hotspot.CoverageCounts{Beacons: 1, Witnesses: 2, Receipts: 3, Refused: 4, Refusals: map[string]uint64{"rate": 3, "past": 1}, Refusal: "rate", RefusalText: "too many"},
			Registry: hotspot.RegistryStatus{State: hotspot.RegistryHas, From: new(witness.Epoch(8))},
			Log:      &hotspot.LogStatus{Epoch: 9, Records: 10, Cosigned: 11, Evidence: []string{"evidence-split-9.json"}, Unproven: []hotspot.LogDoubt{{Epoch: 8, Seen: 690, Shown: 650}}, GivenUp: 7},
		},
	})
	var out, problems bytes.Buffer
	if code := run(t.Context(), []string{"status", "--socket", path}, streams{nil, &out, &problems}); code != 0 {
		t.Fatalf("exit code %d: %s", code, problems.String())
	}
	for _, want := range []string{
		"not connected", "none can be sent: no site is known", "no such file", "in 1h30m0s", "20s ago", "slot 7: emitted",
		"1 beacons, 2 observations, 3 receipts, 4 refusals", "1 past, 3 rate", "rate: too many", "does not run (waiting): unplugged", "0.4 of 36.0 s", "5 wait on disk, 6 are settled",
		"has the site from epoch 8", "epoch 9, 10 records, 11 checkpoints co-signed", "evidence-split-9.json", "epoch 8: shown with 650 records, was 690", "for 7 receipts",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	out.Reset()
	if code := run(t.Context(), []string{"status", "--json", "--socket", path}, streams{nil, &out, &problems}); code != 0 {
		t.Fatalf("exit code %d: %s", code, problems.String())
	}
	var s hotspot.Status
	if err := json.Unmarshal(out.Bytes(), &s); err != nil || s.Coverage.Reason != "no_site" || s.Coverage.Counts.Witnesses != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if code := run(t.Context(), []string{"status", "--socket", path + "none"}, streams{nil, &out, &problems}); code != 1 || !strings.Contains(problems.String(), "no hotspot answers") {
		t.Errorf("exit code %d: %s", code, problems.String())
	}
}

func TestRegistryText(t *testing.T) {
	three, next := witness.Epoch(3), uint64(1)
	for want, r := range map[string]hotspot.RegistryStatus{
		"not known yet": {State: hotspot.RegistryNotKnown},
		"does not enter the change on file: owner: who?":         {State: hotspot.RegistryNotKnown, Refused: "owner", RefusedText: "who?"},
		"has the site from epoch 3; the next change is number 1": {State: hotspot.RegistryHas, From: &three, Next: &next},
		"has another site than the file (gain 3, not 2) from":    {State: hotspot.RegistryDiffers, From: &three, Differs: "gain 3, not 2"},
		"has no site of this station: the owner":                 {State: hotspot.RegistryHasNot},
		"has no site of this station yet, but from epoch 3":      {State: hotspot.RegistryHasNot, From: &three},
	} {
		if got := registryText(r); !strings.Contains(got, want) {
			t.Errorf("%+v: %s", r, got)
		}
	}
}

func TestSiteText(t *testing.T) {
	place := &hotspot.SiteStatus{Plan: "EU868", Gain: 2.3, Loss: 0.5}
	for want, c := range map[string]hotspot.CoverageStatus{
		"not read yet":       {},
		"none: no such file": {Site: "no such file"},
		"EU868, gain 2.30 dBi, loss 0.50 dB, full; the antenna of the configuration is the same":        {Place: place},
		"EU868, gain 2.30 dBi, loss 0.50 dB, full; NOT the antenna of the configuration: gain 3":        {Place: place, Antenna: "gain 3"},
		"US915_1, gain 0.00 dBi, loss 0.00 dB, data only; the antenna of the configuration is the same": {Place: &hotspot.SiteStatus{Plan: "US915_1", DataOnly: true}},
	} {
		if got := siteText(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
