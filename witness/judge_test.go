package witness

import (
	"slices"
	"testing"

	"hexspot/radio"
)

func TestFirstReportByArrivalIDAndIndex(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	a, b, d := c.Witnesses[0], c.Witnesses[0], c.Witnesses[0]
	a.Index = 5
	b.ID = [32]byte{0, 1}
	d.Receive, d.ID = a.Receive+1, [32]byte{0}
	c.Witnesses = append(c.Witnesses, d, a, b)
	v := sampleVerdict(t, e)
	var got []Fault
	for _, j := range v.Witnesses {
		if j.Station == a.Station {
			got = append(got, j.Reason)
		}
	}
	if v.Witnesses[0].ID != b.ID || !slices.Equal(got, []Fault{"", "duplicate", "duplicate", "duplicate"}) {
		t.Errorf("first is %x, reasons %q", v.Witnesses[0].ID, got)
	}
	if v.Witnesses[1].Index != 2 || v.Witnesses[2].Index != 5 {
		t.Errorf("indexes %d, %d, want 2 before 5", v.Witnesses[1].Index, v.Witnesses[2].Index)
	}
}

func TestOrphans(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	e.Cases[0].Beacons = nil
	v := sampleVerdict(t, e)
	if v.Beacon() != nil || len(v.Witnesses) != 4 {
		t.Fatalf("%d witnesses", len(v.Witnesses))
	}
	for _, j := range v.Witnesses {
		if j.Reason != FaultOrphan {
			t.Errorf("reason %q", j.Reason)
		}
	}
}

// TestAStrangerCannotTakeATag: whoever repeats a signature that became known opens
// nothing, and the witnesses stay with the station that does.
func TestAStrangerCannotTakeATag(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	thief := c.Beacons[0]
	thief.Station, thief.ID, thief.Opens, thief.Receive = sampleStation(t, 4), [32]byte{1}, false, c.Start
	c.Beacons = append(c.Beacons, thief)
	v := sampleVerdict(t, e)
	if v.Beacon().Station != c.Beacons[0].Station || !v.Beacon().Valid() {
		t.Errorf("the beacon is %v, %q", v.Beacon().Station, v.Beacon().Reason)
	}
	if got := of(t, v.Beacons, thief.ID).Reason; got != "opening" {
		t.Errorf("the thief: %q", got)
	}
	if got := v.Witnesses[0].Reason; got != "" {
		t.Errorf("a witness: %q", got)
	}
}

// TestSecondBeaconFailsBoth also in a case of its own, and for two reports of one
// tag.
func TestSecondBeaconFailsBoth(t *testing.T) {
	e := spoiled(t, hexspot1, secondBeacon)
	for _, v := range mustJudge(t, e) {
		if f := findingOf(t, hexspot1.Beacon, v.Beacon(), "second_beacon"); f != (Finding{RuleFailed, 1, 0, -1}) {
			t.Errorf("%x: %+v", v.Tag, f)
		}
	}
	e = sampleEpoch(t, hexspot1)
	c := &e.Cases[0]
	again := c.Beacons[0]
	again.ID, again.Sent = [32]byte{1}, again.Sent+1
	c.Beacons = append(c.Beacons, again)
	for _, j := range sampleVerdict(t, e).Beacons {
		if j.Reason != "second_beacon" {
			t.Errorf("two reports of one tag: %q", j.Reason)
		}
	}
	e = sampleEpoch(t, hexspot1)
	e.Cases[0].Beacons = append(e.Cases[0].Beacons, e.Cases[0].Beacons[0])
	if j := sampleVerdict(t, e).Beacon(); j.Reason != "" {
		t.Errorf("one record twice: %q", j.Reason)
	}
}

// TestAnotherWindowIsNoSecondBeacon: reports of one station in two windows stand.
func TestAnotherWindowIsNoSecondBeacon(t *testing.T) {
	e := spoiled(t, hexspot1, secondBeacon)
	e.Cases[1].Window++
	e.Cases[1].Slot += 360
	for _, v := range mustJudge(t, e) {
		if f := findingOf(t, hexspot1.Beacon, v.Beacon(), "second_beacon"); f.Outcome != RulePassed {
			t.Errorf("slot %d: %+v", v.Slot, f)
		}
	}
}

func TestOverDrawnIsNoted(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	e.Cases[0].Beacons[0].Drawn.EIRP = 1_000 // it sends 1450
	if b := sampleVerdict(t, e).Beacon(); b.Over != 450 || !b.Valid() {
		t.Errorf("over %v, reason %q", b.Over, b.Reason)
	}
}

func TestBeaconTimeEdges(t *testing.T) {
	for _, c := range []struct {
		drawn, sent int64
		want        Fault
	}{
		{30_000, 25_000, ""}, {30_000, 24_999, "outside_slot"}, {30_000, 59_999, ""}, {30_000, 60_000, "outside_slot"},
		{2_000, 0, ""}, {2_000, -1, "outside_slot"},
	} {
		e := sampleEpoch(t, hexspot1)
		b := &e.Cases[0].Beacons[0]
		b.Drawn.Start, b.Sent = sampleStart+c.drawn, sampleStart+c.sent
		if got := sampleVerdict(t, e).Beacon().Reason; got != c.want {
			t.Errorf("drawn %d, sent %d: %q, want %q", c.drawn, c.sent, got, c.want)
		}
	}
}

// TestFindings keeps what a figure is and when it fails.
func TestFindings(t *testing.T) {
	for name, c := range map[string]struct{ got, want Finding }{
		"yes":         {yes(true), Finding{RulePassed, 1, 1, 0}},
		"no":          {yes(false), Finding{RuleFailed, 0, 1, -1}},
		"at most":     {atMost(7, 7), Finding{RulePassed, 7, 7, 0}},
		"over":        {atMost(8, 7), Finding{RuleFailed, 8, 7, -1}},
		"at least":    {atLeast(7, 7), Finding{RulePassed, 7, 7, 0}},
		"under":       {atLeast(5, 7), Finding{RuleFailed, 5, 7, -2}},
		"equal":       {equal(7, 7), Finding{RulePassed, 7, 7, 0}},
		"unequal":     {equal(5, 7), Finding{RuleFailed, 5, 7, -2}},
		"below both":  {within(-1, 0, 10), Finding{RuleFailed, -1, 0, -1}},
		"nearer low":  {within(4, 0, 10), Finding{RulePassed, 4, 0, 4}},
		"nearer high": {within(6, 0, 10), Finding{RulePassed, 6, 10, 4}},
		"above both":  {within(12, 0, 10), Finding{RuleFailed, 12, 10, -2}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
}

// TestWithoutASiteThereIsNoGeometry, on either side.
func TestWithoutASiteThereIsNoGeometry(t *testing.T) {
	for name, spoil := range map[string]func(*Case){
		"beaconer": func(c *Case) { c.Beacons[0].Site = SiteFacts{Known: true, Full: true} },
		"witness":  func(c *Case) { c.Witnesses[0].Site = SiteFacts{Known: true, Full: true} },
	} {
		e := sampleEpoch(t, hexspot1)
		c := &e.Cases[0]
		spoil(c)
		j := of(t, sampleVerdict(t, e).Witnesses, c.Witnesses[0].ID)
		for _, rule := range []Fault{"plan", "too_near", "too_far", "too_strong", "fine_time"} {
			if got := findingOf(t, hexspot1.Witness, j, rule); got != (Finding{}) {
				t.Errorf("%s without a site: %s %+v", name, rule, got)
			}
		}
	}
}

// TestRange puts each figure just over its bound, and on it.
func TestRange(t *testing.T) {
	beacons := map[string]func(c *Case, b *BeaconFacts, over int64){
		"slot":      func(c *Case, _ *BeaconFacts, over int64) { c.Slot = uint64(1<<40 - 1 + over) },
		"sent":      func(_ *Case, b *BeaconFacts, over int64) { b.Sent = 1<<53 - 1 + over },
		"receive":   func(_ *Case, b *BeaconFacts, over int64) { b.Receive = 1<<53 - 1 + over },
		"before":    func(_ *Case, b *BeaconFacts, over int64) { b.Sent = -over },
		"conducted": func(_ *Case, b *BeaconFacts, over int64) { b.Conducted = -32_767 - radio.DBm(over) },
		"frequency": func(_ *Case, b *BeaconFacts, over int64) { b.Frequency = 1_000_000_000 + radio.Hertz(over) },
		"low":       func(_ *Case, b *BeaconFacts, over int64) { b.Frequency = 100_000_000 - radio.Hertz(over) },
	}
	for name, set := range beacons {
		for over, want := range map[int64]RuleOutcome{0: RulePassed, 1: RuleFailed} {
			c := sampleCase(t)
			set(&c, &c.Beacons[0], over)
			v := Judge(&c, DefaultParameters(hexspot1))
			if got := findingOf(t, hexspot1.Beacon, v.Beacon(), "range"); got.Outcome != want {
				t.Errorf("%s, %d over: %+v", name, over, got)
			}
		}
	}
	witnesses := map[string]func(w *WitnessFacts, over int64){
		"heard":     func(w *WitnessFacts, over int64) { w.Heard = 1<<53 - 1 + over },
		"index":     func(w *WitnessFacts, over int64) { w.Index = uint32(31 + over) },
		"channel":   func(w *WitnessFacts, over int64) { w.ChannelRSSI = 32_767 + radio.DBm(over) },
		"signal":    func(w *WitnessFacts, over int64) { w.SignalRSSI = level(-32_767 - radio.DBm(over)) },
		"snr":       func(w *WitnessFacts, over int64) { w.SNR = 32_767 + radio.DB(over) },
		"frequency": func(w *WitnessFacts, over int64) { w.Frequency = 1_000_000_000 + radio.Hertz(over) },
	}
	for name, set := range witnesses {
		for over, want := range map[int64]RuleOutcome{0: RulePassed, 1: RuleFailed} {
			c := sampleCase(t)
			set(&c.Witnesses[0], over)
			v := Judge(&c, DefaultParameters(hexspot1))
			if got := findingOf(t, hexspot1.Witness, of(t, v.Witnesses, c.Witnesses[0].ID), "range"); got.Outcome != want {
				t.Errorf("%s, %d over: %+v", name, over, got)
			}
		}
	}
}
