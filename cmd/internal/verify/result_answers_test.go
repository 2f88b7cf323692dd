package verify

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// TestWhatIsAboutAStation compares what is found of each station without reading the rest
// with what reading all gives.
func TestWhatIsAboutAStation(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	r := mustOpen(t, dir)
	provisions, err := r.Provisions()
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := r.Outcomes()
	if err != nil {
		t.Fatal(err)
	}
	some := 0
	for tally, err := range r.Tallies() {
		if err != nil {
			t.Fatal(err)
		}
		s := tally.Station
		want := witness.Provisions{}
		for subject, p := range provisions {
			if _, held := p.Held[s]; held || subject.A == s || subject.B == s {
				want[subject] = p
			}
		}
		got, err := r.ProvisionsOf(s)
		if err != nil || !bytes.Equal(got.AppendText(nil), want.AppendText(nil)) {
			t.Fatalf("provisions of %v: %v\n%s\nwant\n%s", s, err, got.AppendText(nil), want.AppendText(nil))
		}
		some += len(want)
		mine, err := r.OutcomesOf(s)
		turns := slices.DeleteFunc(slices.Clone(outcomes.Turns), func(x witness.Turning) bool { return x.Subject.A != s && x.Subject.B != s })
		if err != nil || !slices.Equal(mine.Turns, turns) {
			t.Fatalf("turns of %v: %v, want %v, %v", s, mine.Turns, turns, err)
		}
	}
	if some == 0 {
		t.Error("no station has anything to do with a provision")
	}
	for _, j := range outcomes.Appeals {
		if got, ok, err := r.Appeal(j.ID); err != nil || !ok || got.Station != j.Station {
			t.Errorf("appeal %v: %v, %v", j.ID, ok, err)
		}
	}
	if _, ok, err := r.Appeal(radio.RecordID{1}); err != nil || ok {
		t.Errorf("an appeal that is not there: %v, %v", ok, err)
	}
	sameWithMemory(t, dir)
	if none, err := r.ProvisionsOf(mustNewStation(t)); err != nil || len(none) > 0 {
		t.Errorf("a stranger: %v, %v", none, err)
	}
}

// sameWithMemory: keys that were found sound once change no answer, however few of them are held.
func sameWithMemory(t *testing.T, dir string) {
	t.Helper()
	checking, remembering := mustOpen(t, dir), mustOpen(t, dir)
	remembering.Know(radio.NewRecentStations(3))
	for tally, err := range checking.Tallies() {
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := checking.Station(tally.Station)
		got, ok, failed := remembering.Station(tally.Station)
		if err = errors.Join(err, failed); err != nil || !ok || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v: %+v, %v, want %+v", tally.Station, got, err, want)
		}
	}
}
