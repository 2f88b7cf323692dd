package town_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hexspot/cmd/internal/town"
	"hexspot/cmd/internal/town/towntest"
	"hexspot/radio"
	"hexspot/witness"
)

// TestCoverageGolden has the JSON that the page's coverage view is fed with.
func TestCoverageGolden(t *testing.T) {
	got, err := json.MarshalIndent(towntest.Coverage(nil), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "coverage.json", got)
}

func TestCoverageVerdicts(t *testing.T) {
	waits := func(f *town.CoverageFacts) {
		for s, h := range f.Hotspots {
			h.Waits = "the host clock is not set"
			f.Hotspots[s] = h
		}
	}
	for name, c := range map[string]struct {
		coverage *town.Coverage
		state    town.State
		word     string
		has      string
	}{
		"works":          {towntest.Coverage(nil), town.OK, "Works", "3 of 3 beacons judged so far hold, and 5 of 5 witness reports"},
		"waiting":        {towntest.NoBeacon(), town.Off, "Waiting", "No beacon has been sent yet"},
		"early":          {towntest.Early(), town.Off, "Too early", "count from 08:41:00 UTC on"},
		"an attack":      {towntest.PassedThrough(), town.Bad, "An attack went through", "Report for another network"},
		"cannot send":    {towntest.Coverage(waits), town.Warn, "Not everywhere", "4 hotspots cannot send beacons"},
		"cannot, at end": {towntest.Coverage(func(f *town.CoverageFacts) { waits(f); f.Ended = true }), town.OK, "Works", "hold"},
	} {
		v := c.coverage.Verdict
		if v.State != c.state || v.Word != c.word || !strings.Contains(v.Text, c.has) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestAttacksEndAsTheyMust: each kind has been made and has its fate, and one that has
// another is called out.
func TestAttacksEndAsTheyMust(t *testing.T) {
	want := map[string]string{
		"random_tag": "Rejected", "false_opening": "Rejected", "stale_replay": "Dropped", "relay": "Rejected", "foreign_beacon": "Dropped",
		"resent": "Not counted twice", "foreign_report": "Refused",
	}
	c := towntest.Coverage(nil)
	for _, a := range c.Attacks {
		if a.State != town.OK || a.Word != want[a.Kind] || a.Title == "" || a.Does == "" || len(a.Fates) == 0 {
			t.Errorf("%+v", a)
		}
	}
	if len(c.Attacks) != len(want) {
		t.Errorf("%d kinds", len(c.Attacks))
	}
	for _, a := range towntest.NoBeacon().Attacks {
		if a.State != town.Off || a.Word != "Not yet" || a.Fates == nil {
			t.Errorf("%+v", a)
		}
	}
}

// TestEveryRuleHasWords: no report is told by its reason's name alone.
func TestEveryRuleHasWords(t *testing.T) {
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, rules := range [][]witness.Rule{set.Beacon, set.Witness} {
		for _, r := range rules {
			if !town.HasWords(r) {
				t.Errorf("rule %s with unit %s", r.Name, r.Unit)
			}
		}
	}
	for reason := witness.NoPlan; reason <= witness.Faulty; reason++ {
		c := towntest.Coverage(func(f *town.CoverageFacts) {
			f.Hotspots = map[radio.Station]town.CoveringHotspot{{}: {Skipped: map[string]uint64{reason.Name(): 1}}}
		})
		if len(c.Skips) != 1 || c.Skips[0].Words == reason.Name() {
			t.Errorf("%s: %+v", reason.Name(), c.Skips)
		}
	}
}

// TestReportWords are those of the visual language.
func TestReportWords(t *testing.T) {
	set, _ := witness.SetNamed("hexspot-1")
	for _, c := range []struct {
		reason  witness.Fault
		finding witness.Finding
		want    string
	}{
		{"too_strong", witness.Finding{Value: -61_000_000, Limit: -71_300_000, Margin: -10_300_000}, "Louder than physics allows: −61.0\u00a0dBm, limit −71.3\u00a0dBm"},
		{"too_near", witness.Finding{Value: 180_000, Limit: 300_000, Margin: -120_000}, "Closer than a witness may be: 180\u00a0m, limit 300\u00a0m"},
		{"too_far", witness.Finding{Value: 101_200_000, Limit: 100_000_000, Margin: -1_200_000}, "Further than a witness may be: 101.2\u00a0km, limit 100.0\u00a0km"},
		{"too_late", witness.Finding{Margin: -2500}, "The report came after the case had closed, by 2.5\u00a0s"},
		{"rate", witness.Finding{Value: 9, Limit: 10, Margin: -1}, "Another spreading factor than the one drawn: 9, drawn 10"},
		{"channel", witness.Finding{Value: 867_100_000, Limit: 868_100_000, Margin: -1_000_000}, "Another channel than the one drawn: 867.100\u00a0MHz, drawn 868.100\u00a0MHz"},
		{"not_witnessed", witness.Finding{Value: 1, Margin: -3_600_000}, "Nobody had heard it in 48 h, so its reports wait"},
		{"mark", witness.Finding{}, "Another mark than the slot's"},
	} {
		j := witness.Judged{Reason: c.reason, Findings: make([]witness.Finding, len(set.Witness))}
		for i, r := range set.Witness {
			if r.Name == c.reason {
				c.finding.Outcome = witness.RuleFailed
				j.Findings[i] = c.finding
			}
		}
		if got := town.ReportWords(set.Witness, &j); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
	if got := town.ReportWords(set.Witness, &witness.Judged{}); got != "" {
		t.Errorf("%q of a valid report", got)
	}
}

// TestFinalTakesThePlace: an epoch's verdict counts in the place of the one on the case.
func TestFinalTakesThePlace(t *testing.T) {
	before := towntest.Coverage(nil).Counts
	after := towntest.CoverageTwice().Counts
	if before.Closed != after.Closed || before.Held != after.Held || before.Valid != after.Valid || before.Witnesses != after.Witnesses {
		t.Errorf("%+v, then %+v", before, after)
	}
}
