package witness

import (
	"slices"
	"strings"
	"testing"

	"hexspot/radio"
)

// TestLateIsTooLate: a case that came when its epoch was frozen is too late for every set,
// opened or not, and neither event nor evidence.
func TestLateIsTooLate(t *testing.T) {
	for _, set := range []*Set{hexspot1, helium202605} {
		for _, opened := range []bool{true, false} {
			e := sampleEpoch(t, set)
			e.Before = State{}
			c := &e.Cases[0]
			c.Late = true
			if !opened {
				c.Beacons = nil
			}
			verdicts, after, err := e.Judge(1)
			if err != nil {
				t.Fatal(err)
			}
			v := verdicts[0]
			for _, j := range slices.Concat(v.Beacons, v.Witnesses) {
				if j.Reason != FaultLate || len(j.Findings) != 0 || j.OfBeacon {
					t.Errorf("%s, opened %v: %q with %d findings", set.Name, opened, j.Reason, len(j.Findings))
				}
			}
			if len(v.Witnesses) == 0 || len(after) != 0 {
				t.Errorf("%s: %d witnesses, state %v", set.Name, len(v.Witnesses), after)
			}
			book := NewLinkBook(e.Parameters)
			book.Add(c, &v)
			if book.stations.Len() != 0 {
				t.Errorf("%s: a late case is evidence", set.Name)
			}
			text := v.AppendText(nil, set)
			if again, err := ParseVerdicts(text, set); err != nil || len(again) != 1 {
				t.Errorf("%s: %v\n%s", set.Name, err, text)
			}
		}
	}
}

// TestSelectBySet: by cell and value, or by arrival, MaxSelected at most.
func TestSelectBySet(t *testing.T) {
	var candidates []Candidate
	for n := range 20 {
		site := sampleSite(t, byte(n+1), 45+float64(n)/20, 5.7)
		candidates = append(candidates, Candidate{sampleStation(t, n), site.Cell, int64(100 - n), [32]byte{byte(n)}})
	}
	for _, set := range []*Set{hexspot1, helium202605} {
		p := DefaultParameters(set)
		p.MaxSelected = 5
		got, err := p.Select(Entropy{1}, Tag{2}, candidates)
		if err != nil || len(got) != 5 {
			t.Fatalf("%s: %d, %v", set.Name, len(got), err)
		}
		var want []radio.Station
		if set == helium202605 {
			for n := range 5 {
				want = append(want, candidates[19-n].Station)
			}
		} else {
			selected, err := SelectByCell(Entropy{1}, Tag{2}, candidates, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range selected {
				want = append(want, s.Station)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", set.Name, got, want)
		}
	}
}

// TestWeakestClueIsTheWeight, from both ends, of the link or of a station.
func TestWeakestClueIsTheWeight(t *testing.T) {
	a, b, c := sampleStation(t, 1), sampleStation(t, 2), sampleStation(t, 3)
	w := newWeights(&radio.Stations{})
	w.enter(StationSubject(a), []Clue{{Name: ClueAround, Weight: 700}})
	w.enter(StationSubject(c), []Clue{{Name: ClueTwins, Weight: 9_000}})
	w.enter(LinkSubject(b, a), []Clue{{Name: ClueFading, Weight: 800}, {Name: ClueSlope, Weight: 10_000}})
	for _, x := range []struct {
		s, partner radio.Station
		whose      Whose
	}{{a, b, WhoseOwn}, {b, a, WhosePartner}, {a, c, WhoseOwn}, {c, a, WhosePartner}, {c, b, WhoseOwn}, {b, c, WhosePartner}} {
		clue, whose, ok := w.Weakest(x.s, x.partner)
		if !ok || uint64(clue.Weight) != w.Link(x.s, x.partner) || whose != x.whose {
			t.Errorf("%v about %s, %v, weight %d", clue, whose, ok, w.Link(x.s, x.partner))
		}
	}
	same := Clue{Name: ClueAround, Weight: 700}
	w.enter(LinkSubject(a, b), []Clue{same})
	if _, whose, _ := w.Weakest(a, b); whose != WhoseOwn {
		t.Errorf("a clue of the link and of the station is about %s", whose)
	}
	if _, whose, _ := w.Weakest(b, a); whose != WhoseLink {
		t.Errorf("a clue of the link and of the partner is about %s", whose)
	}
	if _, _, ok := w.Weakest(b, sampleStation(t, 4)); ok {
		t.Error("a link without clues has a weakest")
	}
}

// TestOwnClueDecidesAmongEqual: who has a clue that leaves nothing is told of that one, though one
// of a partner leaves nothing either and has a name that comes first.
func TestOwnClueDecidesAmongEqual(t *testing.T) {
	a, b := sampleStation(t, 1), sampleStation(t, 2)
	w := newWeights(&radio.Stations{})
	w.enter(StationSubject(a), []Clue{{Name: ClueSlope, Weight: 10_000}, {Name: ClueOther}, {Name: ClueAround}})
	w.enter(StationSubject(b), []Clue{{Name: ClueDistance}})
	w.enter(LinkSubject(a, b), []Clue{{Name: ClueBeyond}, {Name: ClueAnswers}})
	for s, want := range map[radio.Station]ClueName{a: ClueAround, b: ClueDistance} {
		partner := b
		if s == b {
			partner = a
		}
		clue, whose, _ := w.Weakest(s, partner)
		if whose != WhoseOwn || clue.Name != want {
			t.Errorf("%s of %s, want %s", clue.Name, whose, want)
		}
		tally := Tally{Station: s, Presence: PresenceFull, Scale: 10_000, Beacons: Counts{"": 4}, Witnesses: 3, Selections: 3, BeaconWhole: 25_000}
		tally.Weaken(WeakLink{partner, uint64(clue.Weight), whose, clue})
		if cause, _ := hexspot1.CauseOf(&tally, Surroundings{Plan: true}); cause.Clue != want || strings.Contains(cause.Cure, "othing of yours") {
			t.Errorf("%+v", cause)
		}
	}
}
