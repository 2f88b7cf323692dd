package answers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// network is a small simulated one with every kind of cheating, and its verified epochs.
type network struct {
	dir   string // of the verdicts
	sites []coverage.Listing
	last  witness.Epoch
}

var smallNetwork = sync.OnceValues(func() (*network, error) {
	root, err := os.MkdirTemp("", "answers-")
	if err != nil {
		return nil, err
	}
	n := &network{dir: filepath.Join(root, "verdicts")}
	return n, errors.Join(n.simulate(filepath.Join(root, "reports")), os.MkdirAll(filepath.Join(n.dir, "7.tmp"), 0o755))
})

func TestMain(m *testing.M) {
	code := m.Run()
	if n, err := smallNetwork(); err == nil {
		_ = os.RemoveAll(filepath.Dir(n.dir))
	}
	os.Exit(code)
}

func (n *network) simulate(records string) error {
	archive, err := simulate.NewArchive(records, false)
	if err != nil {
		return err
	}
	config := simulate.Config{Hotspots: 120, Epochs: 2, Seed: 5, Cheaters: simulate.Each(0.04), Signatures: true, Workers: 2}
	_, err = simulate.Run(context.Background(), config, archive)
	if err := errors.Join(err, archive.Close()); err != nil {
		return err
	}
	kept, err := simulate.OpenArchive(records)
	if err != nil {
		return err
	}
	n.sites = kept.Sites
	return n.verify(kept)
}

func (n *network) verify(kept *simulate.Archived) error {
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		return err
	}
	schedule, err := witness.ScheduleNamed("default")
	if err != nil {
		return err
	}
	before := verify.Before{State: kept.Before}
	for _, epoch := range kept.Epochs {
		dir := filepath.Join(n.dir, strconv.FormatUint(uint64(epoch), 10))
		_, err := verify.Epoch(context.Background(), verify.Inputs{
			Network: kept.Network, Timing: schedule.Timing, Epoch: epoch, Workers: 2, Before: before,
			Parameters: []*witness.Parameters{witness.DefaultParameters(set)},
			Sites: func(yield func(coverage.Listing, error) bool) {
				for _, l := range kept.Sites {
					if !yield(l, nil) {
						return
					}
				}
			},
			Records: func(_ context.Context, each func(verify.Record) error) error {
				return kept.Read(epoch, func(r simulate.Journaled) error {
					return each(verify.Record{Kind: r.Kind, Stamp: r.At, Message: r.Message})
				})
			},
		}, dir)
		if err != nil {
			return err
		}
		if before, err = verify.ReadBefore(dir); err != nil {
			return err
		}
		n.last = epoch
	}
	return nil
}

func mustNetwork(t testing.TB) (*network, *Book) {
	t.Helper()
	n, err := smallNetwork()
	if err != nil {
		t.Fatal(err)
	}
	return n, NewBook(n.dir)
}

func TestEpochs(t *testing.T) {
	n, b := mustNetwork(t)
	list, err := b.Epochs()
	if err != nil || len(list) != 2 || list[1] != n.last {
		t.Fatalf("%v, %v", list, err)
	}
	empty := NewBook(t.TempDir())
	if _, err := empty.Latest(); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	if _, err := NewBook(filepath.Join(t.TempDir(), "none")).Epochs(); err != nil {
		t.Error(err)
	}
}

// TestEveryStationIsAnswered: each station of the snapshot has its shares, or one cause and
// one cure; its text and its JSON say so.
func TestEveryStationIsAnswered(t *testing.T) {
	n, b := mustNetwork(t)
	poor, causes, below := 0, map[string]bool{}, 0
	for _, l := range n.sites {
		a, err := b.Station(t.Context(), l.Station, nil)
		if err != nil {
			t.Fatal(err)
		}
		if (a.Cause == nil) != (a.Tally.Shares() > 0) || a.Epoch != n.last {
			t.Fatalf("%d shares, cause %+v", a.Tally.Shares(), a.Cause)
		}
		var text bytes.Buffer
		if err := a.WriteText(&text); err != nil || !strings.Contains(text.String(), l.Station.String()) {
			t.Fatalf("%s, %v", text.String(), err)
		}
		if a.Cause != nil {
			poor++
			causes[a.Cause.Name] = true
			if !strings.Contains(text.String(), a.Cause.Says) || !strings.Contains(text.String(), a.Cause.Cure) {
				t.Fatalf("no cause in %s", text.String())
			}
		}
		below += len(a.Provisions)
	}
	if poor < 5 || len(causes) < 2 || below == 0 {
		t.Errorf("%d without reward, causes %v, %d weights below one half", poor, causes, below)
	}
}

// someReports are ids of the newest epoch with what was judged of them.
func someReports(t testing.TB, n *network) map[radio.RecordID]witness.Fault {
	t.Helper()
	return reportsOf(t, n, n.last)
}

func reportsOf(t testing.TB, n *network, e witness.Epoch) map[radio.RecordID]witness.Fault {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(n.dir, strconv.FormatUint(uint64(e), 10), "verdicts"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		t.Fatal(err)
	}
	verdicts, err := witness.ParseVerdicts(text, set)
	if err != nil {
		t.Fatal(err)
	}
	found := map[radio.RecordID]witness.Fault{}
	for i := range verdicts {
		for _, j := range verdicts[i].Beacons {
			found[j.ID] = j.Reason
		}
	}
	return found
}

func TestReportsAreAnswered(t *testing.T) {
	n, b := mustNetwork(t)
	failed := 0
	for id, reason := range someReports(t, n) {
		r, err := b.Report(t.Context(), id, nil)
		if err != nil || len(r.Explanations) != 1 || r.Explanations[0].Reason != reason || r.Epoch != n.last {
			t.Fatalf("%v: %+v, %v, want %q", id, r, err, reason)
		}
		if reason != "" {
			failed++
		}
	}
	if failed == 0 {
		t.Error("no report fails")
	}
	other := n.last - 1
	if r, err := b.Report(t.Context(), radio.RecordID{1}, nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("%+v, %v", r, err)
	}
	for id := range someReports(t, n) {
		if r, err := b.Report(t.Context(), id, &other); !errors.Is(err, ErrUnknown) {
			t.Errorf("in another epoch: %+v, %v", r, err)
		}
		break
	}
}

func TestDays(t *testing.T) {
	n, b := mustNetwork(t)
	days, err := b.Days(t.Context(), n.sites[0].Station)
	if err != nil || len(days) != 2 || days[0].Epoch != n.last || days[0].Beacons == 0 {
		t.Errorf("%+v, %v", days, err)
	}
}

// TestADamagedEpochIsNotAnswered: where a file was cut off, nobody is told that its station is unknown.
func TestADamagedEpochIsNotAnswered(t *testing.T) {
	n, _ := mustNetwork(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(n.dir)); err != nil {
		t.Fatal(err)
	}
	b, whole := NewBook(dir), NewBook(n.dir)
	last := filepath.Join(dir, strconv.FormatUint(uint64(n.last), 10), "stations")
	if err := os.Truncate(last, 200); err != nil {
		t.Fatal(err)
	}
	for _, l := range n.sites {
		if _, err := b.Station(t.Context(), l.Station, nil); err == nil || errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "stations is damaged") {
			t.Fatal(err)
		}
		if _, err := whole.Station(t.Context(), l.Station, nil); err != nil {
			t.Fatal(err)
		}
	}
	if days, err := b.Days(t.Context(), n.sites[0].Station); err != nil || !days[0].Unreadable || days[1].Unreadable {
		t.Errorf("%+v, %v", days, err)
	}
}

// TestEpochsThatCannotBeRead are left out of answers about several, and told in the log once.
func TestEpochsThatCannotBeRead(t *testing.T) {
	n, _ := mustNetwork(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(n.dir)); err != nil {
		t.Fatal(err)
	}
	older := n.last - 1
	for e, change := range map[witness.Epoch]string{n.last + 1: "hexspot-9", n.last + 2: ""} {
		to := filepath.Join(dir, strconv.FormatUint(uint64(e), 10))
		if err := os.CopyFS(to, os.DirFS(filepath.Join(n.dir, strconv.FormatUint(uint64(older), 10)))); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(to, "parameters.json")
		b, err := os.ReadFile(file)
		if err == nil && change != "" {
			err = os.WriteFile(file, bytes.Replace(b, []byte("hexspot-1"), []byte(change), 1), 0o600)
		} else if err == nil {
			err = os.Remove(filepath.Join(to, "summary")) // and it would be unknown if the directory were gone
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b, told := NewBook(dir), &bytes.Buffer{}
	b.Register(http.NewServeMux(), slog.New(slog.NewTextHandler(told, nil)))
	for range 2 {
		days, err := b.Days(t.Context(), n.sites[0].Station)
		if err != nil || len(days) < 3 || !days[len(days)-3].Unreadable || days[len(days)-2].Epoch != n.last || days[len(days)-2].Unreadable || days[len(days)-2].Beacons == 0 {
			t.Fatalf("%+v, %v", days, err)
		}
	}
	if count := strings.Count(told.String(), "hexspot-9"); count != 1 {
		t.Errorf("told %d times:\n%s", count, told)
	}
	for id := range someReports(t, n) {
		if r, err := b.Report(t.Context(), id, nil); err != nil || r.Epoch != n.last {
			t.Errorf("%+v, %v", r, err)
		}
		break
	}
	broken := n.last + 1
	for id := range reportsOf(t, n, older) {
		if r, err := b.Report(t.Context(), id, nil); err != nil || r.Epoch != older {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := b.Report(t.Context(), id, &broken); err == nil || errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, strconv.FormatUint(uint64(older), 10))); err != nil {
			t.Fatal(err)
		}
		if _, err := NewBook(dir).Report(t.Context(), id, nil); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "1 of them cannot be read") {
			t.Error(err)
		}
		if err := os.Remove(filepath.Join(dir, strconv.FormatUint(uint64(broken), 10), "verdicts.index")); err != nil {
			t.Fatal(err)
		}
		if _, err := NewBook(dir).Report(t.Context(), id, nil); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "1 of them cannot be read") {
			t.Error(err)
		}
		if _, err := NewBook(dir).Report(t.Context(), id, &broken); !errors.Is(err, ErrUnknown) || !errors.Is(err, verify.ErrNoIndex) {
			t.Error(err)
		}
		if _, err := NewBook(dir).Report(t.Context(), id, &older); !errors.Is(err, ErrUnknown) || errors.Is(err, verify.ErrNoIndex) {
			t.Error(err)
		}
		break
	}
}

// TestHTTP asks every path, and for what is not there.
func TestHTTP(t *testing.T) {
	n, b := mustNetwork(t)
	mux := http.NewServeMux()
	b.Register(mux, slog.New(slog.DiscardHandler))
	station := n.sites[0].Station.String()
	var id radio.RecordID
	for id = range someReports(t, n) {
		break
	}
	epoch, nobody := strconv.FormatUint(uint64(n.last), 10), strings.Repeat("0", 64)
	for path, want := range map[string]struct {
		status int
		keep   string
		holds  string
	}{
		"/epochs":                 {200, "no-cache", `"epochs": [`},
		"/reports/" + id.String(): {200, "max-age=60", `"rules": [`},
		"/reports/" + id.String() + "?format=text":            {200, "max-age=60", "RULE"},
		"/reports/" + id.String() + "?epoch=" + epoch:         {200, "max-age=31536000, immutable", `"kind": "beacon"`},
		"/reports/" + id.String() + "?epoch=1":                {404, "no-store", `"refused": "unknown"`},
		"/reports/" + id.String() + "?epoch=x":                {400, "no-store", `"refused": "epoch"`},
		"/reports/12":                                         {400, "no-store", `"refused": "id"`},
		"/reports/" + nobody:                                  {404, "no-store", "may have been dropped: as a copy (more than 8 reports"},
		"/reports/" + nobody + "?epoch=" + epoch:              {404, "no-store", "epoch " + epoch + " is verified and has no verdict on record " + nobody},
		"/reports/" + nobody + "?epoch=2":                     {404, "no-store", "epoch 2 is not verified yet"},
		"/stations/" + station:                                {200, "no-cache", `"observations"`},
		"/stations/" + station + "/epochs/" + epoch:           {200, "max-age=31536000, immutable", `"density_scale"`},
		"/stations/" + station + "/epochs/newest":             {200, "max-age=60", `"clues"`},
		"/stations/" + station + "/epochs/newest?format=text": {200, "max-age=60", "Density scale"},
		"/stations/" + station + "/epochs/1":                  {404, "no-store", "not verified yet"},
		"/stations/" + station + "/epochs/-1":                 {400, "no-store", `"refused": "epoch"`},
		"/stations/" + stranger + "/epochs/newest":            {404, "no-store", `"refused": "not_registered"`},
		"/stations/spot1":                                     {400, "no-store", `"refused": "station"`},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/witness"+path, nil))
		if w.Code != want.status || w.Header().Get("Cache-Control") != want.keep || !strings.Contains(w.Body.String(), want.holds) {
			t.Errorf("%s: %d, %q:\n%.300s", path, w.Code, w.Header().Get("Cache-Control"), w.Body.String())
		}
		if isJSON := strings.HasPrefix(w.Header().Get("Content-Type"), "application/json"); isJSON && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: no JSON: %.300s", path, w.Body.String())
		}
	}
}

// TestNoVerdictSaysWhatToDo: a record that a verified epoch has no verdict on may have been
// acknowledged, so nobody is told to wait for what is there already.
func TestNoVerdictSaysWhatToDo(t *testing.T) {
	n, b := mustNetwork(t)
	mux := http.NewServeMux()
	b.Register(mux, slog.New(slog.DiscardHandler))
	ask := func(epoch witness.Epoch) (answer struct{ Refused, Cause, Cure string }) {
		w := httptest.NewRecorder()
		path := "/v1/witness/reports/" + radio.RecordID{1}.String() + "?epoch=" + strconv.FormatUint(uint64(epoch), 10)
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Refused != "unknown" {
			t.Errorf("%+v, %v", answer, err)
		}
		return answer
	}
	for _, word := range []string{"receipts check", "--ids", "dropped", "duplicate"} {
		if cure := ask(n.last).Cure; !strings.Contains(cure, word) || strings.Contains(ask(n.last).Cause, "nothing is known") {
			t.Errorf("%q lacks %s", cure, word)
		}
	}
	if cure := ask(n.last + 1).Cure; !strings.HasPrefix(cure, "ask when the epoch is frozen and verified") {
		t.Error(cure)
	}
	_, err := b.Report(t.Context(), radio.RecordID{1}, &n.last)
	if err == nil || !strings.Contains(err.Error(), noVerdictCure) {
		t.Errorf("the command says %v", err)
	}
}

// TestManyAskAtOnce is for the race detector: answers of two epochs from many goroutines.
func TestManyAskAtOnce(t *testing.T) {
	n, b := mustNetwork(t)
	var group sync.WaitGroup
	for i := range 32 {
		group.Go(func() {
			epoch := n.last - witness.Epoch(i%2)
			if _, err := b.Station(t.Context(), n.sites[i%len(n.sites)].Station, &epoch); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// TestWhoMayRegisterLater: what is said of a station without a site may change.
func TestWhoMayRegisterLater(t *testing.T) {
	for reason, want := range map[witness.Fault]bool{"": false, "unknown": true, witness.FaultOrphan: false} {
		r := Report{Explanations: []witness.Explanation{{}, {Reason: reason}}}
		if r.mayChange() != want {
			t.Errorf("%q: %v", reason, !want)
		}
	}
}
