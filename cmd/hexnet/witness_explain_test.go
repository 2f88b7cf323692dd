package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/cmd/internal/simulate"
	"hexspot/coverage"
	"hexspot/internal/store"
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
	out, errs, code = hexnet(t, nil, "witness", "explain", strings.Repeat("0", 64), "--verdicts", verdicts, "--json")
	var no struct{ Refused, Cause, Cure string }
	if err := json.Unmarshal([]byte(out), &no); err != nil || code != exitFailure || no.Refused != "unknown" || no.Cause == "" || no.Cure == "" || errs == "" {
		t.Errorf("%v, exit code %d: %s%s", err, code, out, errs)
	}
	explainFromABook(t, verdicts, archive.Epochs[0])
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

// explainFromABook asks about a station that an epoch knows nothing of: the book says that its first
// site begins later, and the command says so if it is told of the book.
func explainFromABook(t *testing.T, verdicts string, epoch witness.Epoch) {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "book.db")
	book, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	s, err := radio.StationOf(simulate.KeyOf(77, 0).Public())
	if err != nil {
		t.Fatal(err)
	}
	cell, err := coverage.ParseHex("8c1f9ed938c4bff")
	if err != nil {
		t.Fatal(err)
	}
	site, err := coverage.NewSite(coverage.Account{1}, cell, 0, 0, "EU868")
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(book.Apply(t.Context(), coverage.Change{Station: s, By: site.Owner, Site: site}, uint64(epoch), []byte("signed")), book.Close())
	if err != nil {
		t.Fatal(err)
	}
	later := fmt.Sprintf("begins with epoch %d", epoch+1)
	for args, told := range map[string]bool{"": false, " --book " + url: true} {
		args := strings.Fields("witness explain " + s.String() + " --verdicts " + verdicts + args)
		if _, errs, code := hexnet(t, nil, args...); code != exitFailure || strings.Contains(errs, later) != told {
			t.Errorf("%q: exit code %d: %s", args[3:], code, errs)
		}
	}
	dir := t.TempDir()
	for _, nowhere := range []string{filepath.Join(dir, "typo.db"), filepath.Join(dir, "no", "such", "book.db")} {
		_, errs, code := hexnet(t, nil, "witness", "explain", s.String(), "--verdicts", verdicts, "--book", "sqlite:"+nowhere)
		if code != exitFailure || !strings.Contains(errs, "the book of sites: opening the book: there is no book: open "+nowhere) || !strings.Contains(errs, "name theirs with --book") {
			t.Errorf("a book that is not there: exit code %d: %s", code, errs)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("who asked made %v, %v", left, err)
	}
}

// TestWhoOnlyReadsMakesNoBook: each command that opens one to read it says that there is none, and
// what to do about it.
func TestWhoOnlyReadsMakesNoBook(t *testing.T) {
	config := filepath.Join(t.TempDir(), "hexnet.toml")
	for _, there := range []bool{false, true} {
		data := t.TempDir()
		if !there {
			data = filepath.Join(data, "none")
		}
		typo := "sqlite:" + filepath.Join(data, "typo.db")
		if err := os.WriteFile(config, fmt.Appendf(nil, "[coverage]\nbook = %q\n", typo), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"site", "show"}, {"site", "show", stationOf(t)}, {"site", "show", "--book", typo}, {"site", "snapshot", "7", "--network", "0000000000000000"},
			{"site", "snapshot", "7", "--network", "0000000000000000", "--book", typo}, {"witness", "verify", "--epoch", "7"},
			{"witness", "verify", "--epoch", "7", "--config", config}, {"witness", "explain", stationOf(t), "--book", typo},
		} {
			_, errs, code := hexnet(t, nil, append([]string{"--data", data}, args...)...)
			if code != exitFailure || !strings.Contains(errs, "there is no book: open "+data) || !strings.Contains(errs, "--data") {
				t.Errorf("%q: exit code %d: %s", args, code, errs)
			}
		}
		if left, err := os.ReadDir(data); there && (err != nil || len(left) != 0) || !there && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("who asked made %v, %v", left, err)
		}
	}
}

// TestExplainSaysThatThereAreNoVerdicts: a directory that is not there, or empty, is named.
func TestExplainSaysThatThereAreNoVerdicts(t *testing.T) {
	for dir, want := range map[string]string{filepath.Join(t.TempDir(), "none"): "none: no such file or directory: name the data", t.TempDir(): "no epoch is verified in"} {
		for _, what := range []string{strings.Repeat("0", 64), stationOf(t)} {
			out, errs, code := hexnet(t, nil, "witness", "explain", what, "--verdicts", dir)
			if code != exitFailure || !strings.Contains(errs, want) || out != "" {
				t.Errorf("exit code %d: %s%s", code, out, errs)
			}
			out, again, code := hexnet(t, nil, "witness", "explain", what, "--verdicts", dir, "--json")
			var no struct{ Refused, Cause, Cure string }
			if err := json.Unmarshal([]byte(out), &no); err != nil || code != exitFailure || again != errs || no.Refused != "no_verdicts" || !strings.Contains(errs, no.Cause+": "+no.Cure) || no.Cure == "" {
				t.Errorf("%v, exit code %d: %s%s", err, code, out, again)
			}
		}
	}
}

func stationOf(t *testing.T) string {
	t.Helper()
	s, err := radio.StationOf(simulate.KeyOf(1, 0).Public())
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}

// signReady signs lines that were made ready, as 'hexspot appeal sign' does, into a file.
func signReady(t *testing.T, network radio.Network, ready, path string) {
	t.Helper()
	var out []byte
	for line := range strings.Lines(ready) {
		kind, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		body, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := radio.Sign(simulate.KeyOf(1, 0), network, radio.Kind(kind), body)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, base64.RawURLEncoding.EncodeToString(s.Append(nil))+"\n"...)
	}
	if err := os.WriteFile(path, out, 0o644); err != nil {
		t.Fatal(err)
	}
}

const testTrack = `# time, latitude, longitude, accuracy
2026-01-31T15:04:05Z,45.1923,5.7214,3.5
2026-01-31T15:04:15Z, 45.1924, 5.7216
`

// testAppeal makes an appeal ready and signs it, with a track as evidence.
func testAppeal(t *testing.T) (signed, evidence, network string) {
	t.Helper()
	dir := t.TempDir()
	s, err := radio.StationOf(simulate.KeyOf(1, -1).Public())
	if err != nil {
		t.Fatal(err)
	}
	track := filepath.Join(dir, "track.csv")
	if err := os.WriteFile(track, []byte(testTrack), 0o644); err != nil {
		t.Fatal(err)
	}
	signed, evidence, network = filepath.Join(dir, "signed.txt"), filepath.Join(dir, "positions.txt"), s.Network().String()
	ready, errs, code := hexnet(t, nil, "witness", "appeal", "positions", track)
	if code != exitOK {
		t.Fatal(errs)
	}
	signReady(t, s.Network(), ready, evidence)
	ready, errs, code = hexnet(t, nil, "witness", "appeal", "name", "--epoch", "7", "--network", network, evidence, evidence)
	if code != exitOK {
		t.Fatal(errs)
	}
	signReady(t, s.Network(), ready, signed)
	return signed, evidence, network
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
	signed, evidence, network := testAppeal(t)
	out, errs, code := hexnet(t, nil, "witness", "appeal", "check", signed, evidence, "--verdicts", verdicts, "--network", network)
	if code != exitOK || !strings.Contains(out, "because of rule below_half") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	for name, args := range map[string][]string{
		"another network":      {signed, evidence, "--network", "0000000000000000"},
		"other evidence":       {signed, signed, "--network", network},
		"evidence as appeal":   {evidence, signed, "--network", network},
		"the appeal not there": {filepath.Join(dir, "none"), evidence, "--network", network},
	} {
		if _, errs, code := hexnet(t, nil, append([]string{"witness", "appeal", "check", "--verdicts", verdicts}, args...)...); code == exitOK {
			t.Errorf("%s: %s", name, errs)
		}
	}
}

// TestTracksRefuse has a fault in each.
func TestTracksRefuse(t *testing.T) {
	for line, want := range map[string]string{
		"2026-01-31T15:04:05Z,45,5\n2026-01-31T15:04:05Z,45,5": "line 2: the time is not later",
		"2026-01-31T15:04:05Z,91,5":                            `line 1: "91" is out of range`,
		"2026-01-31T15:04:05Z,45,5,-1":                         `"-1" is out of range`,
		"2026-01-31T15:04:05Z,45,NaN":                          "out of range",
		"2026-01-31T15:04:05Z,45":                              "want TIME",
		"yesterday,45,5":                                       "yesterday",
		"":                                                     "there is no position",
		"# nothing\n\n":                                        "there is no position",
	} {
		if fixes, err := parseTrack(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v", line, fixes, err)
		}
	}
}

// TestAppealSubmit sends one to a network that takes it, and to one that does not.
func TestAppealSubmit(t *testing.T) {
	signed, evidence, network := testAppeal(t)
	args := []string{"witness", "appeal", "submit", signed, evidence, "--network", network, "--api"}
	status := http.StatusAccepted
	var got []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path)
	}))
	defer server.Close()
	out, errs, code := hexnet(t, nil, append(args, server.URL+"/")...)
	if code != exitOK || out != "POST /v1/witness/appeals" {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if file, err := witness.ParseAppealFile(got); err != nil || len(file.Evidence) != 1 {
		t.Errorf("sent %x, %v", got, err)
	}
	status = http.StatusForbidden
	if _, errs, code := hexnet(t, nil, append(args, server.URL)...); code != exitFailure || !strings.Contains(errs, "403") {
		t.Errorf("exit code %d: %s", code, errs)
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
