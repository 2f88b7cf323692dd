package verify

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/witness"
)

// TestSurroundings compares those of every station with a look at all others.
func TestSurroundings(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	r := mustOpen(t, dir)
	sites, err := r.Sites()
	if err != nil {
		t.Fatal(err)
	}
	awake := map[string]bool{}
	for tally, err := range r.Tallies() {
		if err != nil {
			t.Fatal(err)
		}
		awake[tally.Station.String()] = tally.Beacons.Total()+tally.Observations.Total() > 0
	}
	most := uint64(0)
	for s, site := range sites {
		want := r.Parameters().SurroundingsOf(site.Plan)
		for other, facts := range sites {
			switch {
			case other == s || !facts.Full:
			case facts.Plan == site.Plan:
				want.Count(site.Position, facts.Position, awake[other.String()])
			default:
				want.CountOther(site.Position, facts.Position)
			}
		}
		got, err := r.Surroundings(t.Context(), s)
		if err != nil || got != want {
			t.Fatalf("%v: %+v, %v, want %+v", s, got, err, want)
		}
		most = max(most, got.Awake)
	}
	if most == 0 {
		t.Error("nobody has anybody around")
	}
	if got, err := r.Surroundings(t.Context(), mustNewStation(t)); err != nil || got.Stations != 0 || got.Plan {
		t.Errorf("a stranger: %+v, %v", got, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Surroundings(gone, c.listings[0].Station); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits for it, and it says %v", err)
	}
}

// TestCubes: who is within the distance is in a cube beside.
func TestCubes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near := rapid.Int64Range(-int64(witness.AroundDistance), int64(witness.AroundDistance))
		v := coverage.Millimetres(rapid.Int64Range(-int64(coverage.EarthRadius), int64(coverage.EarthRadius)).Draw(t, "v"))
		o := v + coverage.Millimetres(near.Draw(t, "beside"))
		if d := cubeSide(v) - cubeSide(o); d < -1 || d > 1 {
			t.Fatalf("%d and %d: %d cubes apart", v, o, d)
		}
	})
}

// TestNearSiteKeeps reads a record again.
func TestNearSiteKeeps(t *testing.T) {
	want := nearSite{key: [33]byte{3, 7}, flags: nearAwake, plan: 513, at: coverage.Position{X: -1, Y: 1 << 40, Z: -1 << 41}, number: 1 << 31}
	if b := want.append(nil); len(b) != nearRecord || parseNear((*[nearRecord]byte)(b)) != want {
		t.Errorf("%x", b)
	}
}

// TestIndexMakesWhatIsMissing: the indexes follow from the files.
func TestIndexMakesWhatIsMissing(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	names := []string{linksName + indexEnding, provisionsName + indexEnding, outcomesName + indexEnding, nearName}
	was := map[string][]byte{}
	for _, name := range names {
		was[name] = mustRead(t, dir, name)
	}
	for _, missing := range names[2:] {
		if err := errors.Join(os.Remove(filepath.Join(dir, missing)), os.Remove(filepath.Join(dir, names[0]))); err != nil {
			t.Fatal(err)
		}
		if _, _, err := mustOpen(t, dir).Station(c.listings[0].Station); !errors.Is(err, ErrNoIndex) {
			t.Errorf("without an index: %v", err)
		}
		if err := Index(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		for name, want := range was {
			if !bytes.Equal(mustRead(t, dir, name), want) {
				t.Errorf("%s is another one without %s", name, missing)
			}
		}
	}
	if err := mustOpen(t, dir).Check(); err != nil {
		t.Error(err)
	}
}

// TestIndexKeepsWhatIsThere until there is a new one: of an index that could not be made, and of an
// older program's directory.
func TestIndexKeepsWhatIsThere(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	err := errors.Join(os.Remove(filepath.Join(dir, nearName)), os.WriteFile(filepath.Join(dir, nearOldName), []byte("old"), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := Index(stopped, dir); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for _, l := range c.listings {
		if _, ok, err := mustOpen(t, dir).Station(l.Station); err != nil || !ok {
			t.Fatalf("an index could not be made, and those that were there do not answer: %v, %v", ok, err)
		}
	}
	links := mustInfo(t, dir, linksName+indexEnding)
	if err := Index(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(links, mustInfo(t, dir, linksName+indexEnding)) {
		t.Error("an index that was there is made again")
	}
	for pattern, want := range map[string]int{"*" + draftEnding: 0, nearOldName: 0, nearName: 1, "*" + indexEnding: 4} {
		if found, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(found) != want {
			t.Errorf("%s: %q, %v, want %d", pattern, found, err, want)
		}
	}
}

func mustInfo(t *testing.T, dir, name string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// TestNearIsHostile: what somebody wrote into the file is an error or an answer, not a panic.
func TestNearIsHostile(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	r, path := mustOpen(t, dir), filepath.Join(dir, nearName)
	sound := mustRead(t, dir, nearName)
	draw := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b := bytes.Clone(sound)[:draw.IntN(len(sound))+1]
		for range 4 {
			b[draw.IntN(min(len(b), 1+draw.IntN(len(b))))] = byte(draw.Uint32())
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		_, _ = r.Surroundings(t.Context(), c.listings[draw.IntN(len(c.listings))].Station)
	}
}
