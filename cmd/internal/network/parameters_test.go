package network

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hexspot/cmd/internal/answers"
	"hexspot/witness"
)

// olderFile is a parameter file as a build wrote it that had another default and did not
// know appeals yet.
func olderFile(t *testing.T) []byte {
	t.Helper()
	config := demoConfig().Coverage
	list, err := config.parameters()
	if err != nil {
		t.Fatal(err)
	}
	now := string(list[0].Encode())
	then := strings.Replace(now, `"min_distance":300000`, `"min_distance":200000`, 1)
	then = regexp.MustCompile(`"(exhibit_[a-z]+|own_distance|provisional_epochs)":\d+,`).ReplaceAllString(then, "")
	if len(then) >= len(now) {
		t.Fatal("nothing was left out")
	}
	return []byte(then)
}

// TestAnUpgradeVerifiesOn: an epoch that an older build has anchored with its parameters is
// verified with these, again too, and owners are answered from it.
func TestAnUpgradeVerifiesOn(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, end := mustStore(t, data)
	epoch := witness.Epoch(1000)
	older := olderFile(t)
	kept := parameterFiles(data.path(parametersDir))
	parts := mustRevealWith(t, s, data, epoch, sha256.Sum256(older))
	parts.kept = kept
	f := rigVerifying(t, data, parts, epoch, epoch+1)
	now := f.schedule.Freezes(epoch + 1)
	if err := f.catchUp(t.Context(), now); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%x", sha256.Sum256(older))) {
		t.Fatalf("without its parameters: %v", err)
	}
	if err := kept.keep(older); err != nil {
		t.Fatal(err)
	}
	if err := f.catchUp(t.Context(), now); err != nil || f.next != epoch+1 {
		t.Fatalf("next %d, %v", f.next, err)
	}
	if got, err := os.ReadFile(filepath.Join(f.results.path(epoch), "parameters.json")); err != nil || !bytes.Equal(got, older) {
		t.Errorf("the result has\n%s, %v", got, err)
	}
	if _, err := answers.NewBook(data.Verdicts()).Days(t.Context(), parts.ingest); err != nil {
		t.Error(err)
	}
	end()
	again := Reverification{Config: demoConfig(), Data: data, Epoch: &epoch, Workers: 2, Log: f.log, Out: filepath.Join(t.TempDir(), "again")}
	if found, err := again.Run(t.Context()); err != nil || !found.Published || len(found.Differ) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestParametersAreKeptBeforeTheyAreAnchored, and those of results that an older build
// has left; all are served byte for byte.
func TestParametersAreKeptBeforeTheyAreAnchored(t *testing.T) {
	data := Data(t.TempDir())
	older := olderFile(t)
	dir := filepath.Join(data.path(verdictsDir), "7")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "parameters.json"), older, 0o600); err != nil {
		t.Fatal(err)
	}
	config := demoConfig().Coverage
	list, err := config.parameters()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	kept, err := openParameterFiles(data, list[0], log)
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := kept.hashes()
	if err != nil || len(hashes) != 2 || !slices.Contains(hashes, list[0].Hash()) || !slices.Contains(hashes, sha256.Sum256(older)) {
		t.Errorf("%x, %v", hashes, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, data, nil)
	got := d.get(fmt.Sprintf("/v1/parameters/%x.json", sha256.Sum256(older)))
	if got.status != http.StatusOK || !bytes.Equal(got.body, older) || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if err := stepped(t, d.entropy, present()); err != nil {
		t.Fatal(err)
	}
	if len(d.entropy.public.anchors) == 0 {
		t.Error("nothing is anchored")
	}
	for _, a := range d.entropy.public.anchors {
		anchor, err := witness.ParseAnchor(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		if file, err := kept.read(anchor.Parameters); err != nil || sha256.Sum256(file) != anchor.Parameters {
			t.Error(err)
		}
	}
	for path, want := range map[string]string{
		fmt.Sprintf("/v1/parameters/%064x.json", 1): "unknown", "/v1/parameters/x.json": "query", fmt.Sprintf("/v1/parameters/%064X.json", 10): "query",
	} {
		if got := d.get(path).refused(t); got != want {
			t.Errorf("%s: refused as %q, want %q", path, got, want)
		}
	}
}

// TestParametersThatCannotBeRead are told, and stop nothing but the epochs that need them.
func TestParametersThatCannotBeRead(t *testing.T) {
	data := Data(t.TempDir())
	kept := parameterFiles(data.path(parametersDir))
	older := olderFile(t)
	newer := bytes.Replace(older, []byte(`},"plans"`), []byte(`,"zzz":1},"plans"`), 1)
	set := bytes.Replace(older, []byte("hexspot-1"), []byte("hexspot-9"), 1)
	for _, file := range [][]byte{older, newer, set} {
		if err := kept.keep(file); err != nil {
			t.Fatal(err)
		}
	}
	changed := kept.path(sha256.Sum256([]byte("changed")))
	if err := os.WriteFile(changed, older, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept.path([32]byte{1})+".txt", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	list, faults, err := kept.all()
	if err != nil || len(list) != 2 {
		t.Errorf("%d are read, %v", len(list), err)
	}
	for _, want := range []string{"hexspot-9", changed} {
		if faults == nil || !strings.Contains(faults.Error(), want) {
			t.Errorf("%q is not told in %v", want, faults)
		}
	}
	config := demoConfig().Coverage
	own, err := config.parameters()
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	if _, err := openParameterFiles(data, own[0], slog.New(slog.NewTextHandler(&told, nil))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"hexspot-9", "zzz"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("%q is not told in\n%s", want, &told)
		}
	}
}
