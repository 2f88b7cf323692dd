package verify

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hexspot/witness"
)

// inputs are those of an epoch of the country, 0 being the first.
func (c *country) inputs(epoch int, records []Record) Inputs {
	return Inputs{
		Network: c.network, Timing: c.timing, Epoch: c.judged[epoch].Epoch,
		Parameters: []*witness.Parameters{c.judged[0].Parameters},
		Sites:      Listed(c.listings), Before: c.before(epoch),
		Records: from(records), Workers: 2,
	}
}

// before is the state that the simulation's judge began with.
func (c *country) before(epoch int) Before {
	if epoch == 0 {
		return Before{State: c.judged[0].Before}
	}
	j := c.judged[epoch-1]
	return Before{Known: true, Epoch: j.Epoch, State: j.After, Links: j.Links}
}

func from(records []Record) func(context.Context, func(Record) error) error {
	return func(_ context.Context, each func(Record) error) error {
		for _, r := range records {
			if err := each(r); err != nil {
				return err
			}
		}
		return nil
	}
}

func mustEpoch(t testing.TB, in Inputs) (Summary, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "result")
	s, err := Epoch(t.Context(), in, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func mustRead(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEpochsAreThoseOfTheSimulation: verdicts, links and states made from signed records
// are those of the judge that knew the facts without records.
func TestEpochsAreThoseOfTheSimulation(t *testing.T) {
	c := mustCountry(t)
	for n, j := range c.judged {
		s, dir := mustEpoch(t, c.inputs(n, c.records[n]))
		for name, want := range map[string][]byte{
			verdictsName: witness.AppendVerdicts(nil, j.Parameters.Set, j.Verdicts),
			linksName:    j.Weights.AppendText(nil),
			stateName:    j.Links.AppendText(j.After.AppendText(nil)),
		} {
			if got := mustRead(t, dir, name); !bytes.Equal(got, want) {
				t.Errorf("epoch %d, %s: %s", n, name, firstDifference(got, want))
			}
		}
		if s.ValidBeacons < 60 || s.ValidObservations < 400 || s.Orphans == 0 || s.Selected == 0 || s.BeaconShares == 0 {
			t.Errorf("%+v", s)
		}
		if len(s.Drops) != 0 {
			t.Errorf("dropped %v", s.Drops)
		}
	}
}

// TestSameRecordsSameBytes: order, workers and what is held in memory change nothing.
func TestSameRecordsSameBytes(t *testing.T) {
	c := mustCountry(t)
	want, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	for i, workers := range []int{1, 3, 16} {
		in := c.inputs(1, shuffled(slices.Concat(c.records[1], c.records[1][:100], c.records[0]), uint64(i)))
		in.Workers, in.Memory = workers, []int64{1, 100_000, 0}[i]
		got, other := mustEpoch(t, in)
		if got.Root == want.Root {
			continue
		}
		t.Errorf("%d workers: root %x, want %x", workers, got.Root, want.Root)
		for _, e := range mustManifest(t, dir) {
			if a, b := mustRead(t, other, e.Name), mustRead(t, dir, e.Name); !bytes.Equal(a, b) {
				t.Errorf("%s: %s", e.Name, firstDifference(a, b))
			}
		}
	}
}

// TestEachEpochFollowsTheOneBefore: the hashes of what an epoch has left are in both bundles, and
// nothing else can be put in its place.
func TestEachEpochFollowsTheOneBefore(t *testing.T) {
	c := mustCountry(t)
	_, first := mustEpoch(t, c.inputs(0, c.records[0]))
	second := func(b Before) string {
		in := c.inputs(1, c.records[1])
		in.Before = b
		_, dir := mustEpoch(t, in)
		return dir
	}
	before, err := ReadBefore(first)
	if err != nil {
		t.Fatal(err)
	}
	dir := second(before)
	if err := mustOpen(t, dir).Follows(first); err != nil {
		t.Error(err)
	}
	if got, want := mustManifest(t, first), string(mustRead(t, dir, beforeName)); !strings.Contains(string(got.appendJSON(nil)), strings.Split(want, "\n")[2]) {
		t.Errorf("%s is not of the manifest before:\n%s", want, got.appendJSON(nil))
	}
	other := before
	if other.State, err = mustOpen(t, first).Events(); err != nil {
		t.Fatal(err)
	}
	other.kept = nil
	for s := range other.State {
		delete(other.State, s)
		break
	}
	if err := mustOpen(t, second(other)).Follows(first); !errors.Is(err, ErrNotFollowing) {
		t.Errorf("an epoch that began with another state: %v", err)
	}
	if err := os.WriteFile(filepath.Join(first, stateName), []byte("generation 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBefore(first); err == nil {
		t.Error("a state that the root does not bind is read")
	}
}

func mustManifest(t testing.TB, dir string) manifest {
	t.Helper()
	m, err := parseManifest(mustRead(t, dir, manifestName))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestNothingIsLeftHalf cancels a verification at several points: there is no result,
// no draft and no scratch.
func TestNothingIsLeftHalf(t *testing.T) {
	c := mustCountry(t)
	for _, stage := range []Stage{StageReading, StageJudging, StageSettling} {
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		in := c.inputs(0, c.records[0])
		in.Memory = 1
		in.Progress = func(p Progress) {
			if p.Stage == stage {
				cancel()
			}
		}
		_, err := Epoch(ctx, in, filepath.Join(parent, "result"))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", stage, err)
		}
		if left, _ := os.ReadDir(parent); len(left) != 0 {
			t.Errorf("%s: %v is left", stage, left)
		}
	}
}

// TestWhatCannotBeVerified has a reason for each.
func TestWhatCannotBeVerified(t *testing.T) {
	c := mustCountry(t)
	after := c.timing.SlotAt(c.timing.Freezes(c.judged[0].Epoch))
	for name, k := range map[string]struct {
		spoil func(*Inputs)
		want  error
	}{
		"early":      {func(in *Inputs) { in.Records = from(withoutValues(t, c.records[0], after)) }, ErrNoValueYet},
		"no anchor":  {func(in *Inputs) { in.Records = from(nil) }, ErrNoEntropy},
		"parameters": {func(in *Inputs) { in.Parameters = nil }, ErrNoParameters},
	} {
		in := c.inputs(0, c.records[0])
		k.spoil(&in)
		if _, err := Epoch(t.Context(), in, filepath.Join(t.TempDir(), "result")); !errors.Is(err, k.want) {
			t.Errorf("%s: %v, want %v", name, err, k.want)
		}
	}
	if _, err := Epoch(t.Context(), c.inputs(0, c.records[0]), t.TempDir()); !errors.Is(err, os.ErrExist) {
		t.Errorf("into a directory that is there: %v", err)
	}
}

func withoutValues(t testing.TB, records []Record, from witness.Slot) []Record {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(records), func(r Record) bool {
		values, err := witness.ParseValues(r.Message)
		return r.Kind == kindValue && err == nil && values[0].Slot >= from
	})
}
