package witness

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestExplanationsGolden explains each bad example of each rule, and the good one.
func TestExplanationsGolden(t *testing.T) {
	var text transcript
	for _, set := range []*Set{hexspot1, helium202605} {
		text.note("# %s", set.Name)
		v := sampleVerdict(t, sampleEpoch(t, set))
		for _, e := range []Explanation{set.ExplainBeacon(v, v.Beacon()), set.ExplainWitness(v, &v.Witnesses[0])} {
			writeExplanation(t, &text, &e)
		}
		for _, r := range set.Beacon {
			v := sampleVerdict(t, spoiled(t, set, badBeacons[set.Name][r.Name]))
			e := set.ExplainBeacon(v, v.Beacon())
			text.note("beacon %s: %s", r.Name, e.Summary)
		}
		for _, r := range set.Witness {
			bad := badWitnesses[set.Name][r.Name]
			if bad == nil {
				bad = badBeacons[set.Name][set.Beacon[0].Name] // the rule about the beacon
			}
			epoch := spoiled(t, set, bad)
			v := sampleVerdict(t, epoch)
			for i := range v.Witnesses {
				if j := &v.Witnesses[i]; !j.Valid() {
					e := set.ExplainWitness(v, j)
					text.note("witness %s: %s", r.Name, e.Summary)
					break
				}
			}
		}
	}
	text.golden(t, "explanations.txt")
}

func writeExplanation(t *testing.T, text *transcript, e *Explanation) {
	t.Helper()
	if err := e.WriteText(text); err != nil {
		t.Fatal(err)
	}
	text.note("")
}

// TestEveryReportIsExplained: of every report of mixed epochs each rule has its figures or
// says why not, exactly one decides if the report does not count, none if it does.
func TestEveryReportIsExplained(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SampledFrom([]*Set{hexspot1, helium202605}).Draw(t, "set")
		e := town(t, set, rapid.Uint64().Draw(t, "seed"), 20, 40)
		verdicts := mustJudge(t, e)
		if rapid.Bool().Draw(t, "first pass only") {
			verdicts = nil
			for i := range e.Cases {
				verdicts = append(verdicts, Judge(&e.Cases[i], e.Parameters))
			}
		}
		for i := range verdicts {
			v := &verdicts[i]
			for k := range v.Beacons {
				checkExplanation(t, &v.Beacons[k], set.Beacon, set.ExplainBeacon(v, &v.Beacons[k]))
			}
			for k := range v.Witnesses {
				checkExplanation(t, &v.Witnesses[k], set.Witness, set.ExplainWitness(v, &v.Witnesses[k]))
			}
		}
	})
}

func checkExplanation(t *rapid.T, j *Judged, rules []Rule, e Explanation) {
	deciding := 0
	for i, n := range e.Rules {
		if n.Decides {
			deciding++
		}
		unevaluated := n.Outcome == RuleNotEvaluated
		if unevaluated != (n.Lacks != "") || rules[i].stops(j.Findings[i]) != (n.Need != "") {
			t.Fatalf("%s: %v, lacks %q, need %q", n.Rule, n.Outcome, n.Lacks, n.Need)
		}
		if hasFigures := !unevaluated && rules[i].Unit != "yes"; hasFigures != (n.Value != "" && n.Limit != "") {
			t.Fatalf("%s: value %q, limit %q", n.Rule, n.Value, n.Limit)
		}
	}
	want := 1
	if j.Valid() || len(j.Findings) == 0 {
		want = 0
	}
	if deciding != want || e.Summary == "" || want == 1 && !strings.Contains(e.Summary, string(j.Reason)) {
		t.Fatalf("reason %q: %d rules decide: %s", j.Reason, deciding, e.Summary)
	}
}

// TestEveryRuleHasWords keeps the tables of words complete.
func TestEveryRuleHasWords(t *testing.T) {
	names := map[Fault]bool{}
	for _, set := range []*Set{hexspot1, helium202605} {
		for _, r := range slices.Concat(set.Beacon, set.Witness) {
			names[r.Name] = true
			if _, ok := lacks[r.Name]; r.check == nil && !ok {
				t.Errorf("%s: no words for why it was not evaluated", r.Name)
			}
		}
	}
	for _, r := range appealTable {
		names[r.Name] = true
		_, known := lacks[r.Name]
		if r.optional && !known {
			t.Errorf("%s: no words", r.Name)
		}
	}
	for name, l := range lacks {
		if !names[name] || l.or == "" {
			t.Errorf("%s: words for a rule that is in no set, or none", name)
		}
		for _, before := range l.after {
			if !names[before] {
				t.Errorf("%s comes after %s, which is no rule", name, before)
			}
		}
	}
}

// TestUnjudgedReportsAreExplained: those without a beacon, and those of a frozen epoch.
func TestUnjudgedReportsAreExplained(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	e.Cases[0].Late = true
	v := sampleVerdict(t, e)
	late := hexspot1.ExplainBeacon(v, v.Beacon())
	e.Cases[0].Late, e.Cases[0].Beacons = false, nil
	v = sampleVerdict(t, e)
	orphan := hexspot1.ExplainWitness(v, &v.Witnesses[0])
	if !strings.Contains(late.Summary, "frozen") || !strings.Contains(orphan.Summary, "nobody has reported") || len(late.Rules)+len(orphan.Rules) > 0 {
		t.Errorf("%q, %q", late.Summary, orphan.Summary)
	}
}

func TestFiguresForPeople(t *testing.T) {
	for _, c := range []struct {
		unit  string
		n     int64
		value string
		apart string
	}{
		{"Unix ms", 1_749_596_551_001, "2025-06-10T23:02:31.001Z", "485999 h 2 min 31.001 s"},
		{"Unix ms", 0, "never", "0 s"},
		{"ms", 172_799_999, "47 h 59 min 59.999 s", "47 h 59 min 59.999 s"},
		{"ms", -61_001, "-1 min 1.001 s", "-1 min 1.001 s"},
		{"ms", -999, "-0.999 s", "-0.999 s"},
		{"s", 180, "3 min", "3 min"},
		{"udBm", -105_004_999, "-105.00 dBm", "-105.00 dB"},
		{"udBm", -4_999, "-0.00 dBm", "-0.00 dB"},
		{"mm", 999_999, "999.9 m", "999.9 m"},
		{"mm", -4_702_684, "-4.70 km", "-4.70 km"},
		{"km", 100, "100 km", "100 km"},
		{"Hz", 868_100_001, "868.100001 MHz", "868.100001 MHz"},
		{"Hz", -200_000, "-200 kHz", "-200 kHz"},
		{"SF", 9, "SF9", "9 steps"},
		{"slot", 1, "slot 1", "1 slot"},
		{"reports", 1, "1 other report", "1 report"},
		{"partners", 3, "3 partners", "3 partners"},
		{"windows", 0, "0 windows", "0 windows"},
		{"cells", 8, "8 cells", "8 cells"},
		{"clues", 2, "2 clues", "2 clues"},
		{"records", 1, "1 record", "1 record"},
		{"frames", 9, "9 frames", "9 frames"},
		{"owners", 2, "2 owners", "2 owners"},
		{"0.0001", 4_999, "49.99 %", "49.99 %"},
	} {
		m := measureOf(c.unit)
		if got := m.value(c.n); got != c.value {
			t.Errorf("%d %s is %q, want %q", c.n, c.unit, got, c.value)
		}
		if got := m.apart(c.n); got != c.apart {
			t.Errorf("%d %s apart is %q, want %q", c.n, c.unit, got, c.apart)
		}
	}
}

// TestCluesGolden explains a bad example of each clue.
func TestCluesGolden(t *testing.T) {
	var text transcript
	for _, name := range slices.Sorted(maps.Keys(badLinks)) {
		v := newVillage(t)
		badLinks[name](v)
		notes := v.weigh().ExplainLink(v.stations[0], v.stations[1])
		if notes[0].Weight == whole {
			t.Errorf("%s: the worst clue leaves the whole weight", name)
		}
		text.note("# %s", name)
		if err := WriteClues(&text, notes); err != nil {
			t.Fatal(err)
		}
	}
	text.golden(t, "clues.txt")
}
