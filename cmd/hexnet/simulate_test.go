package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/cmd/internal/simulate"
)

func TestSimulate(t *testing.T) {
	dir := t.TempDir()
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{
		"simulate", "--hotspots", "40", "--epochs", "1", "--seed", "2", "--cheaters", "relay=0.1", "--out", dir, "--summary", "json",
	}, streams{nil, &out, &errs})
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var result simulate.Result
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatal(err)
	}
	if len(result.Kinds) != 2 || result.Kinds[1].Stations != 4 || result.Observations == 0 {
		t.Errorf("%+v", result)
	}
	if !strings.HasPrefix(errs.String(), "epoch 1 of 1: ") || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("progress: %s", errs.String())
	}
	files, err := filepath.Glob(filepath.Join(dir, "epoch-*.records"))
	if err != nil || len(files) != 1 {
		t.Errorf("records %v, %v", files, err)
	}
}

// TestSimulateMixesNoArchives: a directory that has something is refused; --force removes what a
// simulation wrote, and nothing else.
func TestSimulateMixesNoArchives(t *testing.T) {
	dir := t.TempDir()
	simulate := func(more ...string) (int, string) {
		var errs bytes.Buffer
		args := append([]string{"simulate", "--hotspots", "10", "--out", dir, "--quiet"}, more...)
		return run(t.Context(), args, streams{nil, &bytes.Buffer{}, &errs}), errs.String()
	}
	if code, errs := simulate("--epochs", "2"); code != exitOK || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if code, errs := simulate("--epochs", "1"); code != exitFailure || !strings.Contains(errs, "is not empty") || !strings.Contains(errs, "--force") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	mine := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, errs := simulate("--epochs", "1", "--force"); code != exitOK {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if list, err := filepath.Glob(filepath.Join(dir, "epoch-*")); err != nil || len(list) != 5 {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

// TestSimulateWithoutCheaters: none is what it is without the flag.
func TestSimulateWithoutCheaters(t *testing.T) {
	var want bytes.Buffer
	for i, more := range [][]string{nil, {"--cheaters", "none"}} {
		var out, errs bytes.Buffer
		args := append([]string{"simulate", "--hotspots", "20", "--epochs", "1", "--no-signatures", "--summary", "json"}, more...)
		if code := run(t.Context(), args, streams{nil, &out, &errs}); code != exitOK {
			t.Fatalf("%v: exit code %d: %s", more, code, errs.String())
		}
		if i == 0 {
			want = out
		} else if out.String() != want.String() {
			t.Errorf("%v:\n%s\nwant\n%s", more, &out, &want)
		}
	}
}

func TestSimulateRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"simulate", "--hotspots", "1"},
		{"simulate", "--cheaters", "saint=0.1"},
		{"simulate", "--cheaters", "relay"},
		{"simulate", "--cheaters", "none=0.1"},
		{"simulate", "--cheaters", "none", "--cheaters", "relay=0.1"},
		{"simulate", "--hotspots", "10", "--epochs", "1", "--workers", "-3"},
		{"simulate", "--hotspots", "10", "--epochs", "1", "--no-signatures", "--out", dir},
	} {
		var errs bytes.Buffer
		if code := run(t.Context(), args, streams{nil, &bytes.Buffer{}, &errs}); code != exitUsage {
			t.Errorf("%v: exit code %d: %s", args, code, errs.String())
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// TestJudgeRecordRefuses what no device or antenna has, what it would round, and no records.
func TestJudgeRecordRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]string{
		"--eirp 900": "want -40 to 40", "--gain NaN": "want -20 to 40", "--gain 2.345": "steps of 0.01", "--gain 2.34": "no reception", "": "no reception",
	} {
		var errs bytes.Buffer
		code := run(t.Context(), append([]string{"witness", "judge-record", empty}, strings.Fields(flags)...), streams{nil, &bytes.Buffer{}, &errs})
		if code == exitOK || !strings.Contains(errs.String(), want) {
			t.Errorf("%q: exit code %d: %s", flags, code, errs.String())
		}
	}
}

func TestJudgeRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.ndjson")
	line := `{"dev_eui":"AB","hotspots":[{"id":"near","lat":45,"long":5,"frequency":868.1,"rssi":-40,"snr":9,` +
		`"spreading":"SF9BW125","_distance":{"_distanceHaversine":5000}}]}` + "\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 3)), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"witness", "judge-record", path}, streams{nil, &out, &errs}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	for _, want := range []string{"3 receptions by 1 hotspots", "100.00 %", "louder than free space"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if code := run(t.Context(), []string{"witness", "judge-record", path + "x"}, streams{nil, &out, &errs}); code != exitUsage {
		t.Errorf("a missing file: exit code %d", code)
	}
}
