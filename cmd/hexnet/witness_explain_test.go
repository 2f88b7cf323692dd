package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/cmd/internal/simulate"
	"hexspot/radio"
	"hexspot/witness"
)

func hexnet(t *testing.T, in io.Reader, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, streams{in, &o, &e})
	return o.String(), e.String(), code
}

// TestExplain asks about a station and a report of a simulated network, in both forms.
func TestExplain(t *testing.T) {
	dir := t.TempDir()
	records, verdicts := filepath.Join(dir, "reports"), filepath.Join(dir, "verdicts")
	for _, args := range [][]string{
		{"simulate", "--hotspots", "40", "--epochs", "1", "--seed", "2", "--cheaters", "relay=0.1", "--out", records},
		{"witness", "verify", "--records", records, "--out", verdicts},
	} {
		if _, errs, code := hexnet(t, nil, args...); code != exitOK {
			t.Fatalf("%v: exit code %d: %s", args, code, errs)
		}
	}
	archive, err := simulate.OpenArchive(records)
	if err != nil {
		t.Fatal(err)
	}
	station := archive.Sites[0].Station.String()
	out, errs, code := hexnet(t, nil, "witness", "explain", station, "--verdicts", verdicts)
	if code != exitOK || !strings.Contains(out, station) || !strings.Contains(out, "Beacons reported") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	out, _, _ = hexnet(t, nil, "witness", "explain", station, "--verdicts", verdicts, "--json")
	var answer struct{ Station string }
	if err := json.Unmarshal([]byte(out), &answer); err != nil || answer.Station != station {
		t.Errorf("%v: %.200s", err, out)
	}
	var id radio.RecordID
	err = archive.Read(archive.Epochs[0], func(r simulate.Journaled) error {
		if s, err := radio.ParseSigned(r.Message); r.Kind == string(radio.KindBeacon) && err == nil {
			id = s.ID(archive.Network)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out, errs, code = hexnet(t, nil, "witness", "explain", id.String(), "--verdicts", verdicts)
	if code != exitOK || !strings.Contains(out, "RULE") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	for args, want := range map[string]int{
		"x":                       exitUsage,
		strings.Repeat("0", 64):   exitFailure,
		station + " --epoch 1":    exitFailure,
		station + " --epoch -one": exitUsage,
	} {
		if _, errs, code := hexnet(t, nil, append([]string{"witness", "explain", "--verdicts", verdicts}, strings.Fields(args)...)...); code != want {
			t.Errorf("%s: exit code %d: %s", args, code, errs)
		}
	}
}

// testAppeal is an appeal as 'hexspot appeal sign' prints it.
func testAppeal(t *testing.T) (line string, network radio.Network) {
	t.Helper()
	key, operator := simulate.KeyOf(1, 0), simulate.KeyOf(1, -1)
	s, err := radio.StationOf(operator.Public())
	if err != nil {
		t.Fatal(err)
	}
	network = s.Network()
	positions, err := radio.Sign(key, network, radio.KindPositions, witness.Positions{Fixes: []witness.Fix{{At: 5}}}.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	file, body, err := witness.NewAppealFile(network, 7, radio.Station{}, []radio.Signed{positions})
	if err != nil {
		t.Fatal(err)
	}
	if file.Record, err = radio.Sign(key, network, radio.KindAppeal, body.Append(nil)); err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(file.Append(nil)) + "\n", network
}

// TestAppealCheck: the rules about evidence are put to an appeal without its being sent.
func TestAppealCheck(t *testing.T) {
	dir := t.TempDir()
	records, verdicts := filepath.Join(dir, "reports"), filepath.Join(dir, "verdicts")
	for _, args := range [][]string{
		{"simulate", "--hotspots", "20", "--epochs", "1", "--seed", "1", "--out", records},
		{"witness", "verify", "--records", records, "--out", verdicts},
	} {
		if _, errs, code := hexnet(t, nil, args...); code != exitOK {
			t.Fatalf("%v: exit code %d: %s", args, code, errs)
		}
	}
	line, network := testAppeal(t)
	out, errs, code := hexnet(t, strings.NewReader(line), "witness", "appeal", "check", "-", "--verdicts", verdicts, "--network", network.String())
	if code != exitOK || !strings.Contains(out, "because of rule below_half") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if _, errs, code := hexnet(t, strings.NewReader(line), "witness", "appeal", "check", "-", "--verdicts", verdicts, "--network", "0000000000000000"); code != exitFailure {
		t.Errorf("of another network: exit code %d: %s", code, errs)
	}
}

// TestAppealSubmit sends one to a network that takes it, and to one that does not.
func TestAppealSubmit(t *testing.T) {
	line, _ := testAppeal(t)
	status := http.StatusAccepted
	var got []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path)
	}))
	defer server.Close()
	out, errs, code := hexnet(t, strings.NewReader(line), "witness", "appeal", "submit", "-", "--api", server.URL+"/")
	if code != exitOK || out != "POST /v1/witness/appeals" {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if want, _ := base64.RawURLEncoding.DecodeString(strings.TrimSpace(line)); !bytes.Equal(got, want) {
		t.Errorf("sent %x", got)
	}
	status = http.StatusForbidden
	if _, errs, code := hexnet(t, strings.NewReader(line), "witness", "appeal", "submit", "-", "--api", server.URL); code != exitFailure || !strings.Contains(errs, "403") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if _, _, code := hexnet(t, strings.NewReader("x"), "witness", "appeal", "submit", "-", "--api", server.URL); code != exitFailure {
		t.Errorf("no appeal: exit code %d", code)
	}
}

// TestAudit signs an appointment with the network's key.
func TestAudit(t *testing.T) {
	data := t.TempDir()
	if _, errs, code := hexnet(t, nil, "--data", data, "witness", "audit", "spot1", "--from", "1", "--to", "2"); code == exitOK {
		t.Errorf("no station: %s", errs)
	}
	s, err := radio.StationOf(simulate.KeyOf(1, 0).Public())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, code := hexnet(t, nil, "--data", data, "witness", "audit", s.String(), "--from", "2", "--to", "2"); code != exitUsage {
		t.Errorf("no slot: exit code %d", code)
	}
	if _, errs, code := hexnet(t, nil, "--data", data, "witness", "audit", s.String(), "--from", "1", "--to", "2"); code != exitFailure {
		t.Errorf("without a key: exit code %d: %s", code, errs)
	}
}
