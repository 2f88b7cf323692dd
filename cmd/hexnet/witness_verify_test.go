package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/cmd/internal/network"
	"hexspot/cmd/internal/version"
)

func runVerify(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"witness", "verify", "--data", t.TempDir()}, args...), streams{nil, &o, &e})
	return code, o.String(), e.String()
}

// TestVerifyRecords verifies a simulated network through the records it wrote, and notices
// when they are not those that its verdicts are of.
func TestVerifyRecords(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reports")
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"simulate", "--hotspots", "40", "--epochs", "2", "--cheaters", "all=0.03", "--out", dir}, streams{nil, &out, &errs})
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	kept := filepath.Join(t.TempDir(), "kept")
	code, text, fault := runVerify(t, "--records", dir, "--out", kept)
	if code != exitOK || strings.Count(text, "are those of the simulation, byte for byte") != 2 {
		t.Errorf("exit code %d\n%s%s", code, text, fault)
	}
	if left, err := os.ReadDir(kept); err != nil || len(left) != 2 {
		t.Errorf("kept %v, %v", left, err)
	}
	others := filepath.Join(t.TempDir(), "helium")
	code, text, fault = runVerify(t, "--records", dir, "--out", others, "--rules", "helium-2026-05")
	if code != exitOK || strings.Count(text, "rules helium-2026-05") != 2 || strings.Contains(text, "byte for byte") {
		t.Errorf("by Helium's rules: exit code %d\n%s%s", code, text, fault)
	}
	files, err := filepath.Glob(filepath.Join(dir, "epoch-*.records"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	records, err := os.ReadFile(files[1])
	if err != nil {
		t.Fatal(err)
	}
	records[len(records)-1] ^= 1 // of the last signature
	if err := os.WriteFile(files[1], records, 0o644); err != nil {
		t.Fatal(err)
	}
	code, text, fault = runVerify(t, "--records", dir)
	if code != exitFailure || !strings.Contains(text, "signature=1") || !strings.Contains(fault, "verdicts differ: ") || !strings.Contains(fault, "by another build") {
		t.Errorf("a spoilt signature: exit code %d\n%s%s", code, text, fault)
	}
}

// TestADifferenceMayBeOfAnotherBuild: the figures are anchored, the formulas are not.
func TestADifferenceMayBeOfAnotherBuild(t *testing.T) {
	var out bytes.Buffer
	err := tellReverified(&out, network.Reverified{Published: true, Differ: []string{"links", "state"}})
	for _, want := range []string{"links, state differ", "other records, sites or denials", "or by another build", "verify with the build that made it", version.String("hexnet")} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := tellReverified(&out, network.Reverified{Published: true}); err != nil || !strings.Contains(out.String(), "byte for byte") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// TestVerifySaysWhatIsMissing has no network to verify.
func TestVerifySaysWhatIsMissing(t *testing.T) {
	if code, text, fault := runVerify(t, "--epoch", "7"); code != exitFailure || !strings.Contains(fault, "with --data") {
		t.Errorf("exit code %d\n%s%s", code, text, fault)
	}
	if code, _, fault := runVerify(t); code != exitFailure || !strings.Contains(fault, "no epoch is verified in ") {
		t.Errorf("exit code %d\n%s", code, fault)
	}
	if code, _, fault := runVerify(t, "--epoch", "7", "--network", "7"); code != exitUsage || !strings.Contains(fault, "16 lower-case") {
		t.Errorf("exit code %d\n%s", code, fault)
	}
	for args, want := range map[string]string{
		"--workers -1":              "--workers",
		"--rules helium-2026-05":    "--records",
		"--records . --ids x":       "--ids",
		"--records . --epoch 7":     "--epoch",
		"--records . --rules other": "helium-2026-05",
	} {
		if code, _, fault := runVerify(t, strings.Fields(args)...); code != exitUsage || !strings.Contains(fault, want) {
			t.Errorf("%s: exit code %d\n%s", args, code, fault)
		}
	}
	if code, _, fault := runVerify(t, "--records", t.TempDir()); code != exitFailure || !strings.Contains(fault, "sites.json") {
		t.Errorf("exit code %d\n%s", code, fault)
	}
}
