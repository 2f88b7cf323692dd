package witness

import (
	"maps"
	"testing"
)

// reciprocal judges the sample at its time with the given state and events of other
// cases, and gives the reasons of the beacon and of witness 0.
func reciprocal(t *testing.T, before Events, others ...Case) (beacon, witness Fault) {
	t.Helper()
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	e.Before[c.Beacons[0].Station] = Events{Beaconed: before.Beaconed, Witnessed: before.Witnessed}
	e.Before[c.Witnesses[0].Station] = Events{Beaconed: before.Beaconed, Witnessed: before.Witnessed}
	e.Cases = append(e.Cases, others...)
	v := sampleVerdict(t, e)
	return v.Beacon().Reason, of(t, v.Witnesses, c.Witnesses[0].ID).Reason
}

// swapped is the sample the other way round, some slots later: its witness 0
// beacons, its beaconer hears it.
func swapped(t *testing.T, later int64) Case {
	c := sampleCase(t)
	c.Tag, c.Window, c.Slot = [18]byte{7}, c.Window+1, uint64(sampleSlot+later)
	c.Start += later * 60_000
	c.End += later * 60_000
	b, w := &c.Beacons[0], &c.Witnesses[0]
	b.Station, w.Station = w.Station, b.Station
	b.Site, w.Site = w.Site, b.Site
	b.Sent += later * 60_000
	b.Drawn.Start += later * 60_000
	b.Drawn.Due = c.Slot
	c.Value.Published += later * 60_000
	c.Value.Latest += later * 60_000
	w.Heard += later * 60_000
	c.Witnesses = c.Witnesses[:1]
	return c
}

func TestReciprocity(t *testing.T) {
	const t0, limit = sampleStart, 48 * hour
	for _, c := range []struct {
		name            string
		before          Events
		others          []Case
		beacon, witness Fault
	}{
		{"lately", Events{Beaconed: t0 - 1, Witnessed: t0 - 1}, nil, "", ""},
		{"just inside 48 h", Events{Beaconed: t0 - limit + 1, Witnessed: t0 - limit + 1}, nil, "", ""},
		{"48 h ago", Events{Beaconed: t0 - limit, Witnessed: t0 - limit}, nil, "not_witnessing", "beacon"},
		{"the witness was never witnessed", Events{Beaconed: 0, Witnessed: t0 - 1}, nil, "", "not_witnessed"},
		{"an event before in this epoch", Events{}, []Case{swapped(t, -60)}, "", ""},
		{"an event in the same slot", Events{}, []Case{swapped(t, 0)}, "", ""},
		{"an event to come does not help", Events{}, []Case{swapped(t, 1)}, "not_witnessing", "beacon"},
	} {
		beacon, witness := reciprocal(t, c.before, c.others...)
		if beacon != c.beacon || witness != c.witness {
			t.Errorf("%s: %q and %q, want %q and %q", c.name, beacon, witness, c.beacon, c.witness)
		}
	}
}

// TestAnEventNeedsAValidWitness: with its only witness invalid, a beacon is no event,
// except in Helium's set.
func TestAnEventNeedsAValidWitness(t *testing.T) {
	for set, want := range map[*Set]bool{hexspot1: false, helium202605: true} {
		e := sampleEpoch(t, set)
		c := &e.Cases[0]
		c.Witnesses = c.Witnesses[:1]
		c.Witnesses[0].Mark = [4]byte{}
		_, after, err := e.Judge(1)
		if err != nil {
			t.Fatal(err)
		}
		if moved := after[c.Beacons[0].Station].Beaconed > sampleStart-hour; moved != want {
			t.Errorf("%s: an event %v", set.Name, moved)
		}
	}
}

// TestSecondPassFailuresAreStillEvents: what fails only by reciprocity counts for the
// others, so two newcomers help each other and no order is needed.
func TestSecondPassFailuresAreStillEvents(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	e.Before = nil
	c := e.Cases[0]
	_, after, err := e.Judge(1)
	if err != nil {
		t.Fatal(err)
	}
	want := State{c.Beacons[0].Station: {Beaconed: sampleStart}}
	for _, w := range c.Witnesses {
		want[w.Station] = Events{Witnessed: sampleStart}
	}
	if !maps.Equal(after, want) {
		t.Errorf("state %v, want %v", after, want)
	}
}

func TestStateKeepsTheLatest(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	later := swapped(t, 30)
	e.Cases = append(e.Cases, later)
	_, after, err := e.Judge(2)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := after[later.Beacons[0].Station], (Events{Beaconed: later.Start, Witnessed: sampleStart}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := after[sampleStation(t, 3)], (Events{Beaconed: sampleStart - 20*hour, Witnessed: sampleStart}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestEpochLongerThanTheHorizon(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	e.Length = 48*hour + 1
	if _, _, err := e.Judge(1); err == nil {
		t.Error("an epoch longer than the horizon is judged")
	}
	e.Length = 48 * hour
	if _, _, err := e.Judge(1); err != nil {
		t.Error(err)
	}
}

// TestHeliumInterval: each beacon is compared with the one that came before it,
// valid or not, in this epoch or an earlier one, of which the state has the last.
func TestHeliumInterval(t *testing.T) {
	const window = 6 * hour
	for _, c := range []struct {
		name     string
		arrivals []int64 // of beacons before the sample's, in ms of its window
		last     int64   // of an earlier epoch; 0: none
		want     Fault
	}{
		{"the first ever", nil, 0, ""},
		{"one in the window before", []int64{-1}, 0, ""},
		{"one in the same window", []int64{0}, 0, "irregular_interval"},
		{"the latest of two decides", []int64{-window, 0}, 0, "irregular_interval"},
		{"in any order", []int64{0, -window}, 0, "irregular_interval"},
		{"the epoch before counts", nil, sampleStart, "irregular_interval"},
		{"long ago", nil, 1, ""},
		{"of both the later one decides", []int64{-1}, sampleStart, "irregular_interval"},
		{"it was this epoch's", []int64{-1}, 1, ""},
		{"one that came later is not before", nil, sampleStart + 10*hour, ""},
	} {
		e := sampleEpoch(t, helium202605)
		b := e.Cases[0].Beacons[0]
		events := e.Before[b.Station]
		events.Reported = c.last
		e.Before[b.Station] = events
		start := b.Receive - b.Receive%window
		for i, at := range c.arrivals {
			other := sampleCase(t)
			other.Tag, other.Witnesses = [18]byte{byte(50 + i)}, nil
			other.Beacons[0].ID, other.Beacons[0].Receive = [32]byte{byte(50 + i)}, start+at
			e.Cases = append(e.Cases, other)
		}
		if got := sampleVerdict(t, e).Beacon().Reason; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestTheLastReportIsCarried from one epoch to the next, of known stations, where rules ask.
func TestTheLastReportIsCarried(t *testing.T) {
	for set, carried := range map[*Set]bool{hexspot1: false, helium202605: true} {
		e := sampleEpoch(t, set)
		first := e.Cases[0].Beacons[0]
		again := sampleCase(t)
		again.Tag, again.Witnesses = [18]byte{50}, nil
		again.Beacons[0].ID, again.Beacons[0].Receive = [32]byte{50}, first.Receive+5
		stranger := sampleCase(t)
		stranger.Tag, stranger.Witnesses = [18]byte{51}, nil
		stranger.Beacons[0].ID, stranger.Beacons[0].Station, stranger.Beacons[0].Site = [32]byte{51}, sampleStation(t, 9), SiteFacts{}
		e.Cases = append(e.Cases, again, stranger)
		_, after, err := e.Judge(1)
		if err != nil {
			t.Fatal(err)
		}
		want := int64(0)
		if carried {
			want = first.Receive + 5
		}
		if got := after[first.Station].Reported; got != want {
			t.Errorf("%s: %d, want %d", set.Name, got, want)
		}
		if e, kept := after[sampleStation(t, 9)]; kept {
			t.Errorf("%s: a stranger leaves %+v", set.Name, e)
		}
		back, err := ParseState(after.AppendText(nil))
		if err != nil || !maps.Equal(back, after) {
			t.Errorf("%s: read again as %v, %v", set.Name, back, err)
		}
		next := sampleEpoch(t, set)
		next.Before = back
		b := &next.Cases[0].Beacons[0]
		b.Receive += 10
		if got := next.Cases[0].Beacons[0]; sampleVerdict(t, next).Beacon().Reason == "irregular_interval" != carried {
			t.Errorf("%s: %+v is regular", set.Name, got)
		}
	}
}

// TestARecordThatComesAgainCountsOnce, with its least time of arrival.
func TestARecordThatComesAgainCountsOnce(t *testing.T) {
	for _, order := range [][2]int64{{-1, 1}, {1, -1}} {
		e := sampleEpoch(t, helium202605)
		b := e.Cases[0].Beacons[0]
		start := b.Receive - b.Receive%(6*hour)
		other := sampleCase(t)
		other.Tag, other.Witnesses = [18]byte{50}, nil
		other.Beacons = append(other.Beacons, other.Beacons[0])
		for i := range other.Beacons {
			other.Beacons[i].ID, other.Beacons[i].Receive = [32]byte{50}, start+order[i]
		}
		e.Cases = append(e.Cases, other)
		if got := sampleVerdict(t, e).Beacon().Reason; got != "" {
			t.Errorf("arrivals %v: %q", order, got)
		}
	}
}

// TestNoEventIsAsOldAsTheEpochOfUnix: the figures of a station that never took part.
func TestNoEventIsAsOldAsTheEpochOfUnix(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	e.Before = nil
	got := findingOf(t, hexspot1.Beacon, sampleVerdict(t, e).Beacon(), "not_witnessing")
	if want := (Finding{RuleFailed, sampleStart, 48*hour - 1, 48*hour - 1 - sampleStart}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
