package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// journaledCountry puts what a simulated network reports into a journal, many at once, as
// an ingest does.
type journaledCountry struct {
	t        *testing.T
	parts    provingParts
	data     Data
	appends  errgroup.Group
	network  radio.Network
	judged   []simulate.Judgement
	appended int
}

func (c *journaledCountry) Sites(sites []simulate.Published) error {
	listings, err := simulate.Listings(sites)
	if err != nil {
		return err
	}
	return c.enter(listings)
}

// enter puts sites into the registry, from the first epoch on.
func (c *journaledCountry) enter(listings []coverage.Listing) error {
	book, err := c.data.Book(c.t.Context(), "")
	if err != nil {
		return err
	}
	for _, l := range listings {
		change := coverage.Change{Station: l.Station, By: l.Site.Owner, Site: l.Site}
		err = errors.Join(err, book.Apply(c.t.Context(), change, 0, []byte("signed")))
	}
	return errors.Join(err, book.Close())
}

func (c *journaledCountry) Begin(witness.Epoch) error { return nil }

func (c *journaledCountry) Keep(r simulate.Record) error {
	if r.Signed.Kind == radio.KindAnchor {
		c.network = r.Signed.Station.Network()
		return nil
	}
	return c.put(string(r.Signed.Kind), r.Receive, r.Signed.Append(nil))
}

func (c *journaledCountry) Entropy(kind string, at witness.Millis, message []byte) error {
	return c.put(kind, at, message)
}

func (c *journaledCountry) put(kind string, at witness.Millis, message []byte) error {
	c.appended++
	tag, id := byte(c.appended), fmt.Sprint(c.appended)
	c.appends.Go(func() error { return c.parts.keep(c.t.Context(), kind, tag, id, at, message) })
	return nil
}

func (c *journaledCountry) Judged(j simulate.Judgement) error {
	c.judged = append(c.judged, j)
	return nil
}

// mustStore opens a store that runs until its end.
func mustStore(t *testing.T, data Data) (s *Store, end func()) {
	t.Helper()
	return mustStoreOf(t, data, Config{})
}

func mustStoreOf(t *testing.T, data Data, c Config) (s *Store, end func()) {
	t.Helper()
	s, err := OpenStore(t.Context(), c, data, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Journal.Run(ctx) }()
	return s, func() {
		stop()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Error(err)
		}
	}
}

// mustJournal simulates two epochs into a store.
func mustJournal(t *testing.T, data Data) (*Store, *journaledCountry) {
	t.Helper()
	s, end := mustStore(t, data)
	t.Cleanup(end)
	c := &journaledCountry{t: t, data: data, parts: provingParts{journal: s.Journal, log: slog.New(slog.DiscardHandler)}}
	c.appends.SetLimit(256)
	_, err := simulate.Run(t.Context(), simulate.Config{
		Hotspots: 30, Epochs: 2, Seed: 2, Cheaters: simulate.Each(0.05), Signatures: true, Workers: 2,
	}, c)
	if err = errors.Join(err, c.appends.Wait()); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// verifier is the part of a network that verifies this journal.
func (c *journaledCountry) verifier(s *Store, frozen witness.Epoch) *verifying {
	c.t.Helper()
	config := CoverageConfig{}
	schedule, err := config.schedule()
	if err != nil {
		c.t.Fatal(err)
	}
	parameters, err := config.parameters()
	if err != nil {
		c.t.Fatal(err)
	}
	book, err := c.data.Book(c.t.Context(), "")
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = book.Close() })
	f := &verifying{
		provingParts: provingParts{network: c.network, schedule: schedule, parameters: parameters, records: s, log: c.parts.log},
		results:      results(c.data.path(verdictsDir)), deny: c.data.denyPath(config), workers: 2, keep: 1,
		registry: book, frozen: func() witness.Epoch { return frozen }, next: c.judged[0].Epoch,
	}
	if err := f.results.clean(); err != nil {
		c.t.Fatal(err)
	}
	return f
}

// TestFrozenEpochsAreVerified: from the log and from files, in order, each into a whole
// directory, and only as many are kept as are wanted.
func TestFrozenEpochsAreVerified(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, c := mustJournal(t, data)
	first, second := c.judged[0].Epoch, c.judged[1].Epoch
	f := c.verifier(s, second)
	now := f.schedule.Freezes(second) + f.schedule.Slot
	if err := f.catchUp(t.Context(), f.schedule.Freezes(first)); err != nil || f.next != first {
		t.Fatalf("before the value that selects: %v, next %d", err, f.next)
	}
	if err := f.catchUp(t.Context(), now); err != nil || f.next != second {
		t.Fatalf("the first epoch: %v, next %d", err, f.next)
	}
	if _, err := s.Roll(t.Context(), time.Now().Add(48*time.Hour)); err != nil { // nothing is left in the log
		t.Fatal(err)
	}
	f = c.verifier(s, second+1)
	f.next = second
	there := s.rolling.bucket
	s.rolling.bucket = "file://" + data.path("elsewhere")
	if err := f.catchUp(t.Context(), now); !errors.Is(err, ErrRecordsGone) || f.next != second {
		t.Fatalf("without the files: %v, next %d", err, f.next)
	}
	if _, err := os.Stat(f.results.path(second)); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("without the files there is a result: %v", err)
	}
	s.rolling.bucket = there
	if err := f.catchUp(t.Context(), now); err != nil || f.next != second+1 {
		t.Fatalf("the second epoch: %v, next %d", err, f.next)
	}
	r, err := verify.Open(f.results.path(second))
	if err != nil {
		t.Fatal(err)
	}
	if sum := r.Summary(); sum.Before == nil || *sum.Before != first || sum.ValidBeacons == 0 || sum.Selected == 0 {
		t.Errorf("%+v", sum)
	}
	c.compare(second)
	if list, err := f.results.epochs(); err != nil || len(list) != 1 || list[0] != second {
		t.Errorf("kept: %v, %v", list, err)
	}
	if left, _ := os.ReadDir(string(f.results)); len(left) != 1 {
		t.Errorf("there is more than the result: %v", left)
	}
}

// compare holds the first-pass verdicts against the simulation's: the network began with
// nothing, the simulation as if the day before had been like the first.
func (c *journaledCountry) compare(e witness.Epoch) {
	c.t.Helper()
	got, err := os.ReadFile(filepath.Join(results(c.data.path(verdictsDir)).path(e), "links"))
	if err != nil {
		c.t.Fatal(err)
	}
	if want := c.judged[1].Weights.AppendText(nil); !bytes.Equal(got, want) {
		c.t.Error("the links are not those of the simulation")
	}
}

// TestAnEpochWithoutEntropyIsPassedOver, and is no failure.
func TestAnEpochWithoutEntropyIsPassedOver(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	s, c := mustJournal(t, data)
	f := c.verifier(s, c.judged[0].Epoch)
	f.next -= 2
	if err := f.catchUp(t.Context(), f.schedule.Freezes(c.judged[0].Epoch)); err != nil || f.next != c.judged[0].Epoch {
		t.Errorf("%v, next %d", err, f.next)
	}
	if list, _ := f.results.epochs(); len(list) != 0 {
		t.Errorf("results %v", list)
	}
}

// TestResultsAreClean removes what is no result, and nothing else.
func TestResultsAreClean(t *testing.T) {
	r := results(filepath.Join(t.TempDir(), "verdicts"))
	for _, name := range []string{"7", "8.tmp", "8.scratch", "8.scratch.index", "8.scratch.index-07", "3.removed", "notes"} {
		if err := os.MkdirAll(filepath.Join(string(r), name, "below"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.clean(); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(string(r))
	if len(entries) != 2 || entries[0].Name() != "7" || entries[1].Name() != "notes" {
		t.Errorf("left: %v", entries)
	}
	if last, ok, err := r.last(); last != 7 || !ok || err != nil {
		t.Errorf("last %d, %v, %v", last, ok, err)
	}
	if before, err := r.before(7); before.Known || err != nil {
		t.Errorf("before the first: %v, %v", before.Known, err)
	}
}

// TestIndexesAreMadeOfEveryEpoch that can be read, whatever is the matter with newer ones.
func TestIndexesAreMadeOfEveryEpoch(t *testing.T) {
	t.Parallel()
	d := newDesk(t, Data(t.TempDir()), nil)
	for epoch := range witness.Epoch(3) {
		d.doubt(t, 1000+epoch, witness.StationSubject(newProver(t, d.network).key.Station()))
		index := filepath.Join(d.verify.results.path(1000+epoch), "outcomes.index")
		must(t, os.Remove(index))
		if epoch > 0 {
			must(t, os.Remove(filepath.Join(d.verify.results.path(1000+epoch), "outcomes")))
		}
	}
	var told bytes.Buffer
	d.verify.log = slog.New(slog.NewTextHandler(&told, nil))
	d.verify.index(t.Context())
	if _, err := os.Stat(filepath.Join(d.verify.results.path(1000), "outcomes.index")); err != nil {
		t.Error(err)
	}
	for _, epoch := range []string{"epoch 1001", "epoch 1002"} {
		if !strings.Contains(told.String(), epoch) {
			t.Errorf("%s is not told of: %s", epoch, &told)
		}
	}
}
