package witness

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

// poor has an example for each row of the table: a station that is full and has a plan,
// and what became of it.
var poor = map[string]func(t *Tally, a *Surroundings){
	"not_registered": func(t *Tally, _ *Surroundings) { t.Presence = PresenceNone },
	"data_only":      func(t *Tally, _ *Surroundings) { t.Presence = PresenceDataOnly },
	"no_plan":        func(_ *Tally, a *Surroundings) { a.Plan = false },
	"weight": func(t *Tally, _ *Surroundings) {
		t.Beacons, t.Witnesses, t.Selections, t.BeaconWhole = Counts{"": 4}, 3, 3, 25_000
		t.Weakest = []WeakLink{{t.Station, 1_250, WhoseOwn, clueOf(ClueAround, 60, 700, ramp{600, 1_500})}}
	},
	"density": func(t *Tally, _ *Surroundings) {
		t.Observations, t.Selected, t.Scale = Counts{"": 4}, 1, 3
	},
	"silent": func(*Tally, *Surroundings) {},
	"no_beacon": func(t *Tally, _ *Surroundings) {
		t.Observations = Counts{"": 1, "not_witnessed": 30}
	},
	"heard_nobody": func(t *Tally, _ *Surroundings) { t.Beacons = Counts{"not_witnessing": 4} },
	"observations_failed": func(t *Tally, _ *Surroundings) {
		t.Beacons, t.Observations = Counts{"not_witnessing": 4}, Counts{"too_strong": 20, "orphan": 7, "not_witnessed": 90}
	},
	"reciprocity": func(t *Tally, _ *Surroundings) {
		t.Beacons, t.Observations = Counts{"not_witnessing": 1}, Counts{"": 3, "not_witnessed": 2}
	},
	"beacons_failed": func(t *Tally, _ *Surroundings) {
		t.Beacons, t.Observations = Counts{"too_late": 3, "not_due": 1}, Counts{"": 3}
	},
	"witnesses_failed": func(t *Tally, _ *Surroundings) {
		t.Beacons, t.Observations, t.Invalid = Counts{"": 4}, Counts{"": 2}, Counts{"too_strong": 72, "too_late": 3, "duplicate": 90, "self": 4}
	},
	"unheard": func(t *Tally, _ *Surroundings) {
		t.Beacons, t.Observations, t.Invalid = Counts{"": 4}, Counts{"not_witnessed": 12}, Counts{"self": 4}
	},
	"not_selected": func(t *Tally, _ *Surroundings) { t.Beacons, t.Witnesses = Counts{"": 1}, 1 },
}

func TestEachCauseHasAnExample(t *testing.T) {
	var text transcript
	for _, row := range causes {
		tally, around := poorTally(t)
		poor[row.name](&tally, &around)
		c, ok := hexspot1.CauseOf(&tally, around)
		if !ok || c.Name != row.name {
			t.Errorf("the example of %s has the cause %q", row.name, c.Name)
		}
		text.note("%s (rule %q, clue %q)\n  %s\n  %s", c.Name, c.Rule, c.Clue, c.Says, c.Cure)
	}
	alone, _ := poorTally(t)
	alone.Beacons = Counts{"": 1}
	c, _ := hexspot1.CauseOf(&alone, Surroundings{Plan: true, Within: 20 * coverage.Kilometre})
	text.note("%s, alone\n  %s\n  %s", c.Name, c.Says, c.Cure)
	text.note("%s, others with another plan\n  %s", c.Name, told(alone, Surroundings{Plan: true, PlanName: "EU868", Within: 20 * coverage.Kilometre, Others: 1, OthersWithin: 4_600_000}))
	alone.Beacons = Counts{"channel": 3}
	text.note("of another plan\n  %s", told(alone, Surroundings{Plan: true, PlanName: "EU868"}))
	alone.Beacons, alone.Observations = Counts{"not_witnessing": 3}, Counts{"beacon": 5}
	text.note("neighbours\n  %s", told(alone, Surroundings{Plan: true}))
	alone.Beacons, alone.Observations = Counts{"": 3}, nil
	for _, fault := range []Fault{"too_far", "too_near", "channel", "too_late", "not_witnessed"} {
		alone.Invalid = Counts{fault: 5}
		text.note("heard, %s\n  %s", fault, told(alone, Surroundings{Plan: true}))
	}
	poor["weight"](&alone, nil)
	for _, of := range []struct {
		whose Whose
		clue  ClueName
	}{{WhoseOwn, ClueSlope}, {WhoseLink, ClueAnswers}, {WhoseLink, ClueBeyond}, {WhosePartner, ClueAround}} {
		alone.Weakest[0].Whose, alone.Weakest[0].Clue.Name = of.whose, of.clue
		text.note("weight, %s %s\n  %s", of.whose, of.clue, told(alone, Surroundings{Plan: true}))
	}
	early := NotYet(1001)
	text.note("%s, not yet\n  %s\n  %s", early.Name, early.Says, early.Cure)
	text.golden(t, "causes.txt")
	if len(poor) != len(causes) {
		t.Errorf("%d examples of %d causes", len(poor), len(causes))
	}
}

func told(t Tally, a Surroundings) string {
	c, _ := hexspot1.CauseOf(&t, a)
	return c.Says + "\n  " + c.Cure
}

func poorTally(t rapid.TB) (Tally, Surroundings) {
	return Tally{Station: sampleStation(t, 0), Presence: PresenceFull, Scale: 10_000},
		Surroundings{Plan: true, Within: 20 * coverage.Kilometre, Stations: 12, Awake: 11, Nearest: 1_234_567}
}

// TestEveryPoorStationHasOneCause, with a sentence and a cure, whatever its tally; one that
// gets something has none.
func TestEveryPoorStationHasOneCause(t *testing.T) {
	station, partners := sampleStation(t, 0), [...]radio.Station{sampleStation(t, 1), sampleStation(t, 2)}
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SampledFrom([]*Set{hexspot1, helium202605}).Draw(t, "set")
		few := rapid.SampledFrom([]uint64{0, 0, 1, 7})
		tally := Tally{
			Station: station, Presence: rapid.SampledFrom([]Presence{PresenceNone, PresenceDataOnly, PresenceFull, PresenceFull}).Draw(t, "presence"),
			Beacons: drawCounts(t, set.Beacon), Observations: drawCounts(t, set.Witness),
			Witnesses: few.Draw(t, "witnesses"), Invalid: drawCounts(t, set.Witness), Selections: few.Draw(t, "selections"), Selected: few.Draw(t, "selected"),
			Beacon: few.Draw(t, "beacon"), Witness: few.Draw(t, "witness"),
			BeaconWhole: few.Draw(t, "beacon whole"), WitnessWhole: few.Draw(t, "witness whole"),
		}
		if rapid.Bool().Draw(t, "weak") {
			name := rapid.SampledFrom([]ClueName{ClueSlope, ClueAround, ClueAnswers, ClueClosed, "of tomorrow"}).Draw(t, "clue")
			whose := rapid.SampledFrom([]Whose{WhoseLink, WhoseOwn, WhosePartner}).Draw(t, "whose")
			partner := rapid.SampledFrom([]radio.Station{partners[0], partners[1]}).Draw(t, "partner")
			tally.Weaken(WeakLink{partner, 17, whose, Clue{Name: name, Value: rapid.Int64().Draw(t, "value")}})
		}
		around := Surroundings{Plan: rapid.Bool().Draw(t, "plan"), Stations: few.Draw(t, "stations"), Awake: few.Draw(t, "awake")}
		c, ok := set.CauseOf(&tally, around)
		if ok != (tally.Shares() == 0) {
			t.Fatalf("%d shares, cause %v", tally.Shares(), ok)
		}
		if ok && (c.Name == "" || !isSentence(c.Says) || !isSentence(c.Cure)) {
			t.Fatalf("%+v", c)
		}
		if heard := set.heardAtAll(&tally); ok && c.Name == "unheard" && heard || c.Name == "witnesses_failed" && !heard {
			t.Fatalf("%s, and observations of it %v", c.Name, tally.Invalid)
		}
		if fits := tally.Weakest != nil && canAppeal(&tally, tally.Weakest[0]); c.Name == "weight" && fits != strings.Contains(c.Cure, "appeal within") {
			t.Fatalf("%+v of %+v", c, tally.Weakest)
		}
		if again, _ := set.CauseOf(&tally, around); again != c {
			t.Fatalf("asked again: %+v, before %+v", again, c)
		}
	})
}

// heardAtAll says that somebody else reported the station's valid beacons.
func (s *Set) heardAtAll(t *Tally) bool {
	for reason, n := range t.Invalid {
		if n > 0 && reason != "" && reason != "self" && reason != "self_witness" && reason != "duplicate" {
			return true
		}
	}
	return t.Witnesses > 0
}

// canAppeal says that evidence of the station bears on the clue that decides on a link: on none of its
// partner's.
func canAppeal(t *Tally, l WeakLink) bool {
	switch l.Whose {
	case WhoseOwn:
		return decidable(StationSubject(t.Station), l.Clue.Name)
	case WhoseLink:
		return decidable(LinkSubject(t.Station, l.Partner), l.Clue.Name)
	}
	return false
}

func drawCounts(t *rapid.T, rules []Rule) Counts {
	names := []Fault{"", FaultOrphan, "rule_of_tomorrow"}
	for i := range rules {
		names = append(names, rules[i].Name)
	}
	return rapid.MapOfN(rapid.SampledFrom(names), rapid.Uint64Range(1, 5), 0, 4).Draw(t, "reports")
}

func isSentence(s string) bool {
	return strings.HasSuffix(s, ".") && !strings.Contains(s, "..") && !strings.Contains(s, "  ")
}
