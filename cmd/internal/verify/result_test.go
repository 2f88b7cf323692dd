package verify

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hexspot/radio"
	"hexspot/witness"
)

func mustOpen(t testing.TB, dir string) *Result {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestResultFindsEveryReport asks for each record of an epoch, and each tag.
func TestResultFindsEveryReport(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	r := mustOpen(t, dir)
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	set := r.Parameters().Set
	of := map[radio.RecordID]int{}
	for _, v := range c.judged[1].Verdicts {
		for _, j := range slices.Concat(v.Beacons, v.Witnesses) {
			of[j.ID]++
		}
		found, err := r.Case(v.Tag)
		if err != nil || len(found) != 1 {
			t.Fatalf("case %x: %d, %v", v.Tag, len(found), err)
		}
		if got, want := found[0].AppendText(nil, set), v.AppendText(nil, set); !bytes.Equal(got, want) {
			t.Fatal(firstDifference(got, want))
		}
	}
	asked := 0
	for id, n := range of {
		if asked++; asked > 300 {
			break
		}
		reports, err := r.Report(id)
		if err != nil || len(reports) != n {
			t.Fatalf("record %v: %d reports, %v, want %d", id, len(reports), err, n)
		}
	}
	if reports, err := r.Report(radio.RecordID{1}); err != nil || len(reports) != 0 {
		t.Errorf("a record that is not there: %d, %v", len(reports), err)
	}
	for _, tag := range []witness.Tag{{}, {255, 255, 255}, {128}} {
		if found, err := r.Case(tag); err != nil || len(found) != 0 {
			t.Errorf("case %x: %d, %v", tag, len(found), err)
		}
	}
}

// TestResultFindsStations compares tallies with the verdicts they are made from.
func TestResultFindsStations(t *testing.T) {
	c := mustCountry(t)
	s, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	r := mustOpen(t, dir)
	var shares, selected, links uint64
	refused, whose := 0, map[witness.Whose]int{}
	n := 0
	for tally, err := range r.Tallies() {
		if err != nil {
			t.Fatal(err)
		}
		n++
		found, ok, err := r.Station(tally.Station)
		if err != nil || !ok {
			t.Fatalf("station %v: %v, %v", tally.Station, ok, err)
		}
		if diff := cmp.Diff(tally.AppendText(nil), found.Tally.AppendText(nil)); diff != "" {
			t.Fatal(diff)
		}
		for _, l := range found.Links {
			links++
			if want := c.judged[1].Weights.Link(tally.Station, l.Partner); l.Weight != want {
				t.Fatalf("link of %v with %v weighs %d, want %d", tally.Station, l.Partner, l.Weight, want)
			}
		}
		if want := c.judged[1].Weights.Station(tally.Station); len(found.Clues) != len(want) {
			t.Fatalf("%d clues about %v, want %d", len(found.Clues), tally.Station, len(want))
		}
		if got, want := tally.Beacons, c.counts(tally.Station, true); cmp.Diff(got, want) != "" {
			t.Fatal(cmp.Diff(got, want))
		}
		if got, want := tally.Observations, c.counts(tally.Station, false); cmp.Diff(got, want) != "" {
			t.Fatal(cmp.Diff(got, want))
		}
		if got, want := tally.Invalid, c.invalid(tally.Station); cmp.Diff(got, want) != "" {
			t.Fatal(cmp.Diff(got, want))
		}
		refused += int(tally.Invalid.Total())
		for _, l := range tally.Weakest {
			whose[l.Whose]++
			if !slices.Contains(c.cluesOf(l.Whose, tally.Station, l.Partner), l.Clue) || l.Weight != c.judged[1].Weights.Link(tally.Station, l.Partner) {
				t.Fatalf("the link of %v with %v weighs %d by the clue %+v about %s", tally.Station, l.Partner, l.Weight, l.Clue, l.Whose)
			}
		}
		shares += tally.Shares()
		selected += tally.Selected
	}
	if n != len(c.listings) || int64(n) != s.Stations || links == 0 || selected != uint64(s.Selected) || shares != s.BeaconShares+s.WitnessShares {
		t.Errorf("%d stations, %d links, %d selected, shares %d: %+v", n, links, selected, shares, s)
	}
	if refused == 0 || len(whose) == 0 {
		t.Errorf("%d observations refused, weak links by %v: the epoch is too small to tell", refused, whose)
	}
	if _, ok, err := r.Tally(mustNewStation(t)); ok || err != nil {
		t.Errorf("a station that is not there: %v, %v", ok, err)
	}
}

// invalid are the observations of a station's valid beacons in the second epoch that are not valid, by reason.
func (c *country) invalid(s radio.Station) witness.Counts {
	var counts witness.Counts
	for _, v := range c.judged[1].Verdicts {
		if b := v.Beacon(); b == nil || !b.Valid() || b.Station != s {
			continue
		}
		for _, j := range v.Witnesses {
			if j.Valid() {
				continue
			}
			if counts == nil {
				counts = witness.Counts{}
			}
			counts[j.Reason]++
		}
	}
	return counts
}

// cluesOf are the clues of a link, of a station or of its partner after the second epoch.
func (c *country) cluesOf(whose witness.Whose, s, partner radio.Station) []witness.Clue {
	w := c.judged[1].Weights
	switch whose {
	case witness.WhoseOwn:
		return w.Station(s)
	case witness.WhosePartner:
		return w.Station(partner)
	}
	own := len(w.Station(s)) + len(w.Station(partner))
	all := w.Clues(s, partner) // its own first
	return all[:len(all)-own]
}

// TestWhatIsCutOffIsNotAnswered: a file that is shorter than its manifest says is told to be damaged, and not
// read as if what is missing had never been.
func TestWhatIsCutOffIsNotAnswered(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	r := mustOpen(t, dir)
	s := c.listings[0].Station
	for name, ask := range map[string]func() error{
		parametersName: func() error { _, err := Open(dir); return err },
		stationsName:   func() error { _, _, err := r.Tally(s); return err },
		verdictsName:   func() error { _, err := r.Case(witness.Tag{}); return err },
		provisionsName: func() error { _, err := r.Provisions(); return err },
		outcomesName:   func() error { _, err := r.Outcomes(); return err },
		linksName:      func() error { _, _, err := r.Station(s); return err },
		sitesName:      func() error { _, err := r.Sites(); return err },
		anchorsName:    func() error { _, _, err := r.Entropy(); return err },
		entropyName:    func() error { _, _, err := r.Entropy(); return err },
		stateName:      func() error { _, err := r.Events(); return err },
	} {
		text := mustRead(t, dir, name)
		if err := ask(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cut := append(bytes.Clone(text), "x\n"...)
		if len(text) > 0 {
			cut = text[:bytes.LastIndexByte(text[:len(text)-1], '\n')+1]
		}
		if err := os.WriteFile(filepath.Join(dir, name), cut, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := ask(); err == nil || !strings.Contains(err.Error(), name+" is damaged") {
			t.Errorf("%s without its last line: %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// counts are a station's reports in the second epoch by reason.
func (c *country) counts(s radio.Station, beacons bool) witness.Counts {
	var counts witness.Counts
	for _, v := range c.judged[1].Verdicts {
		list := v.Witnesses
		if beacons {
			list = v.Beacons
		}
		for _, j := range list {
			if j.Station == s {
				if counts == nil {
					counts = witness.Counts{}
				}
				counts[j.Reason]++
			}
		}
	}
	return counts
}

// TestSummaryIsKept reads back what was written.
func TestSummaryIsKept(t *testing.T) {
	c := mustCountry(t)
	want, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	kept := mustOpen(t, dir).Summary()
	want.Records, want.Elsewhere, want.Drops, want.Signatures, want.Openings = 0, 0, nil, 0, 0
	want.Signing, want.Busy, want.Took = 0, 0, 0
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Error(diff)
	}
	before, err := ReadBefore(dir)
	if err != nil || before.Epoch != want.Epoch || !before.Known {
		t.Errorf("%v, %v", before.Epoch, err)
	}
	var got bytes.Buffer
	if err := before.kept.writeText(&got); err != nil || !bytes.Equal(got.Bytes(), c.judged[1].After.AppendText(nil)) {
		t.Errorf("%v, or the state is another one", err)
	}
}

// TestCheckFindsAChange changes a byte of each file.
func TestCheckFindsAChange(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(0, c.records[0]))
	for _, e := range mustManifest(t, dir) {
		if e.Size == 0 {
			continue
		}
		path := filepath.Join(dir, e.Name)
		b := mustRead(t, dir, e.Name)
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := (&Result{dir: dir}).Check(); err == nil || !strings.Contains(err.Error(), e.Name) {
			t.Errorf("%s changed: %v", e.Name, err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := (&Result{dir: dir}).Check(); err != nil {
		t.Error(err)
	}
}

// TestLinesFind compares the search in a file with one in memory.
func TestLinesFind(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", "case "}).Draw(t, "prefix")
		names := rapid.SliceOfDistinct(rapid.StringMatching(`[a-f]{1,4}`), rapid.ID).Draw(t, "names")
		slices.Sort(names)
		text, offsets := "", map[string]int64{}
		for _, name := range names {
			offsets[name] = int64(len(text))
			text += prefix + name + "\n"
			for range rapid.IntRange(0, 3).Draw(t, "lines") * len(prefix) {
				text += "other line\n"
			}
		}
		path := filepath.Join(dir, "file")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		l := newLines(file, int64(len(text)), prefix)
		defer l.close()
		want := rapid.StringMatching(`[a-f]{0,4}`).Draw(t, "want")
		at, err := l.find(prefix + want)
		if err != nil {
			t.Fatal(err)
		}
		expected := int64(-1)
		if i, _ := slices.BinarySearch(names, want); i < len(names) {
			expected = offsets[names[i]]
		}
		if at != expected {
			t.Fatalf("%q is found at %d, want %d of %q", want, at, expected, fmt.Sprint(names))
		}
	})
}
