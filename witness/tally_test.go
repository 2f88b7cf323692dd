package witness

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

// drawTally draws a tally of any figures.
func drawTally(t *rapid.T, at testing.TB) Tally {
	counts := func(name string) Counts {
		c := Counts(rapid.MapOfN(rapid.SampledFrom([]Fault{"", FaultBeacon, FaultLate, FaultOrphan, "too_near"}), rapid.Uint64Range(1, 1<<40), 0, 5).Draw(t, name))
		if len(c) == 0 {
			return nil
		}
		return c
	}
	number := rapid.Uint64Range(0, 1<<60)
	tally := Tally{
		Station: sampleStation(at, 1), Presence: rapid.SampledFrom([]Presence{PresenceNone, PresenceDataOnly, PresenceFull}).Draw(t, "presence"),
		Scale: coverage.Scale(rapid.Uint64Range(0, 10_000).Draw(t, "scale")), Newcomer: rapid.Bool().Draw(t, "newcomer"),
		Beacons: counts("beacons"), Observations: counts("observations"),
		Witnesses: number.Draw(t, "witnesses"), Invalid: counts("invalid"), Selections: number.Draw(t, "selections"), Selected: number.Draw(t, "selected"),
		Beacon: number.Draw(t, "beacon"), Witness: number.Draw(t, "witness"),
		BeaconWhole: number.Draw(t, "beacon whole"), WitnessWhole: number.Draw(t, "witness whole"),
	}
	for n := range rapid.IntRange(0, 5).Draw(t, "links") {
		weight := rapid.Int64Range(0, 10_000).Draw(t, "weight")
		tally.Weaken(WeakLink{sampleStation(at, 2+n), uint64(weight), rapid.SampledFrom([]Whose{WhoseLink, WhoseOwn, WhosePartner}).Draw(t, "whose"), Clue{ClueFading, 40, -3, 4000, 9000, weight}})
	}
	return tally
}

// TestTallyText reads back what is written, and takes no other spelling.
func TestTallyText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := drawTally(rt, t)
		line := string(want.AppendText(nil))
		got, err := ParseTally(line)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(want.Station)); diff != "" {
			rt.Fatal(diff)
		}
		for _, bad := range []string{"", " " + line, line + line, strings.TrimSuffix(line, "\n") + " ", strings.Replace(line, " ", "  ", 1), line[:len(line)/2]} {
			if _, err := ParseTally(bad); err == nil {
				rt.Fatalf("%q was read", bad)
			}
		}
	})
}

// TestTalliesMerge: parts of an epoch, merged in any order, come to the same.
func TestTalliesMerge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		parts := []Tally{drawTally(rt, t), drawTally(rt, t), drawTally(rt, t)}
		sum := func(order []int) string {
			total := Tally{Station: parts[0].Station, Presence: PresenceFull}
			for _, i := range order {
				total.Merge(&parts[i])
			}
			return string(total.AppendText(nil))
		}
		// A link has one weight in an epoch, whatever part it is seen in.
		for i := range parts[1:] {
			parts[1+i].Weakest = slices.Clone(parts[0].Weakest[:min(i, len(parts[0].Weakest))])
		}
		if a, b := sum([]int{0, 1, 2}), sum([]int{2, 0, 1}); a != b {
			rt.Fatalf("%s\n%s", a, b)
		}
	})
}

func TestTallyKeepsTheWeakest(t *testing.T) {
	var tally Tally
	for n, weight := range []uint64{9_000, 10_000, 500, 700, 500, 0} {
		tally.Weaken(WeakLink{Partner: sampleStation(t, n), Weight: weight})
		tally.Weaken(WeakLink{Partner: sampleStation(t, n), Weight: weight})
	}
	var weights []uint64
	for _, l := range tally.Weakest {
		weights = append(weights, l.Weight)
	}
	if !slices.Equal(weights, []uint64{0, 500, 500}) {
		t.Errorf("weights %v", weights)
	}
}

func TestPresence(t *testing.T) {
	for want, s := range map[Presence]SiteFacts{
		PresenceNone: {Known: true}, PresenceDataOnly: {Known: true, Located: true}, PresenceFull: {Known: true, Located: true, Full: true},
	} {
		if got := PresenceOf(&s); got != want {
			t.Errorf("%+v: %s, want %s", s, got, want)
		}
	}
}

// FuzzParseTally: what is read is written again as the same bytes.
func FuzzParseTally(f *testing.F) {
	tally := Tally{Station: sampleStation(f, 1), Presence: PresenceFull, Scale: 9_999, Beacons: Counts{"": 4, FaultLate: 1}}
	tally.Weaken(WeakLink{sampleStation(f, 2), 17, WhosePartner, Clue{ClueFading, 40, 5, 4000, 9000, 17}})
	f.Add(string(tally.AppendText(nil)))
	f.Add("x")
	f.Fuzz(func(t *testing.T, line string) {
		got, err := ParseTally(line)
		if err == nil && string(got.AppendText(nil)) != strings.TrimSuffix(line, "\n")+"\n" {
			t.Errorf("%q is written as %q", line, got.AppendText(nil))
		}
	})
}

// FuzzParseState: the same of a state.
func FuzzParseState(f *testing.F) {
	f.Add(string(State{sampleStation(f, 1): {Beaconed: 3}, sampleStation(f, 2): {Witnessed: 4, Reported: 5}}.AppendText(nil)))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseState([]byte(text))
		if err == nil && string(s.AppendText(nil)) != text {
			t.Errorf("%q is written as %q", text, s.AppendText(nil))
		}
	})
}

// FuzzParseLinkLine: no line makes it panic, and a sound one is read.
func FuzzParseLinkLine(f *testing.F) {
	a, b := sampleStation(f, 1), sampleStation(f, 2)
	clue := Clue{ClueTwins, 40, 5, 4000, 9000, 17}
	w := newWeights(&radio.Stations{})
	w.enter(StationSubject(a), []Clue{clue})
	w.enter(LinkSubject(a, b), []Clue{clue})
	for line := range strings.Lines(string(w.AppendText(nil))) {
		if _, err := ParseLinkLine(strings.TrimSuffix(line, "\n")); err != nil {
			f.Fatal(err)
		}
		f.Add(line)
	}
	f.Fuzz(func(_ *testing.T, line string) { _, _ = ParseLinkLine(line) })
}
