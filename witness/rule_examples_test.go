package witness

import (
	"slices"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
)

// spoiler makes the sample's beacon, or its witness 0, fail one rule.
type spoiler func(t testing.TB, e *FrozenEpoch, c *Case, b *BeaconFacts, w *WitnessFacts)

// badBeacons has a bad example for each rule on beacons, by set and name.
var badBeacons = map[string]map[Fault]spoiler{
	"hexspot-1": {
		"unknown":   func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Site = SiteFacts{} },
		"data_only": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Site.Full = false },
		"no_site": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) {
			b.Site = SiteFacts{Known: true, Full: true}
		},
		"no_plan": func(_ testing.TB, e *FrozenEpoch, _ *Case, _ *BeaconFacts, _ *WitnessFacts) {
			delete(e.Parameters.Plans, "EU868")
		},
		"range": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Sent = 1 << 53 },
		"value_late": func(_ testing.TB, _ *FrozenEpoch, c *Case, _ *BeaconFacts, _ *WitnessFacts) {
			c.Value.Published = c.Value.Latest + 1
		},
		"not_due":       func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Drawn.Due++ },
		"opening":       func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Opens = false },
		"channel":       func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Frequency++ },
		"rate":          func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.SF = 8 },
		"too_loud":      func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Conducted = 1_451 },
		"outside_slot":  func(_ testing.TB, _ *FrozenEpoch, c *Case, b *BeaconFacts, _ *WitnessFacts) { b.Sent = c.End },
		"too_late":      func(_ testing.TB, _ *FrozenEpoch, c *Case, b *BeaconFacts, _ *WitnessFacts) { b.Receive = c.Close },
		"second_beacon": secondBeacon,
		"denied":        func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Denied = true },
		"not_witnessing": func(_ testing.TB, e *FrozenEpoch, c *Case, b *BeaconFacts, _ *WitnessFacts) {
			e.Before[b.Station] = Events{Beaconed: c.Start - 1, Witnessed: c.Start - 48*hour}
		},
	},
	"helium-2026-05": {
		"gateway_not_found": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Site = SiteFacts{} },
		"not_asserted": func(_ testing.TB, e *FrozenEpoch, _ *Case, _ *BeaconFacts, _ *WitnessFacts) {
			delete(e.Parameters.Plans, "EU868")
		},
		"denied": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Denied = true },
		"entropy_expired": func(_ testing.TB, _ *FrozenEpoch, c *Case, b *BeaconFacts, _ *WitnessFacts) {
			b.Receive = c.Start + 181_000
		},
		"invalid_capability": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Site.Full = false },
		"irregular_interval": func(_ testing.TB, e *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) {
			events := e.Before[b.Station]
			events.Reported = b.Receive - b.Receive%(6*hour)
			e.Before[b.Station] = events
		},
		"invalid_packet": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Frequency += 200_000 },
		"gateway_no_valid_witnesses": func(_ testing.TB, e *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) {
			e.Before[b.Station] = Events{Beaconed: b.Receive - 1, Witnessed: b.Receive - 48*hour}
		},
	},
}

// secondBeacon has the station report another beacon in another slot of the window.
func secondBeacon(_ testing.TB, e *FrozenEpoch, c *Case, b *BeaconFacts, _ *WitnessFacts) {
	other := *c
	other.Tag, other.Slot, other.Witnesses = [18]byte{9}, c.Slot+1, nil
	report := *b
	report.ID = [32]byte{200}
	other.Beacons = []BeaconFacts{report}
	e.Cases = append(e.Cases, other)
}

var badWitnesses = map[string]map[Fault]spoiler{
	"hexspot-1": {
		"beacon":    func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, _ *WitnessFacts) { b.Opens = false },
		"self":      func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, w *WitnessFacts) { w.Station = b.Station },
		"duplicate": duplicateReport,
		"unknown":   func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Site = SiteFacts{} },
		"data_only": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Site.Full = false },
		"no_site": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Site = SiteFacts{Known: true, Full: true}
		},
		"plan":         func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Site.Plan = "IN865" },
		"range":        func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Index = 32 },
		"too_late":     func(_ testing.TB, _ *FrozenEpoch, c *Case, _ *BeaconFacts, w *WitnessFacts) { w.Receive = c.Close },
		"outside_slot": func(_ testing.TB, _ *FrozenEpoch, c *Case, _ *BeaconFacts, w *WitnessFacts) { w.Heard = c.End + 5_000 },
		"mark":         func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Mark[0]++ },
		"channel":      func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Frequency++ },
		"rate":         func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.SF = 10 },
		"denied":       func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.DeniedPair = true },
		"too_near": func(t testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Site = sampleSite(t, w.Site.Owner[0], 45.1925, 5.72)
		},
		"too_far": func(t testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Site = sampleSite(t, w.Site.Owner[0], 46.2, 5.72)
		},
		"too_strong": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.SignalRSSI = level(-7_000)
		},
		"too_weak": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.SignalRSSI, w.SNR = level(-13_951), -1_500
		},
		"noise": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.SignalRSSI, w.SNR = level(-13_500), -499
		},
		"fine_time": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			late := *w.Fine + 200_000
			w.Fine = &late
		},
		"not_witnessed": func(_ testing.TB, e *FrozenEpoch, c *Case, _ *BeaconFacts, w *WitnessFacts) {
			e.Before[w.Station] = Events{Beaconed: c.Start - 48*hour, Witnessed: c.Start - 1}
		},
	},
	"helium-2026-05": {
		"beacon":            nil, // no witness has it: it gets the beacon's reason, see TestHeliumWitnessInheritsTheReason
		"duplicate":         duplicateReport,
		"gateway_not_found": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Site = SiteFacts{} },
		"not_asserted": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Site = SiteFacts{Known: true, Full: true}
		},
		"denied":       func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Denied = true },
		"denied_edge":  func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.DeniedPair = true },
		"self_witness": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, w *WitnessFacts) { w.Station = b.Station },
		"entropy_expired": func(_ testing.TB, _ *FrozenEpoch, c *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Receive = c.Start + 181_000
		},
		"too_late": func(_ testing.TB, _ *FrozenEpoch, _ *Case, b *BeaconFacts, w *WitnessFacts) {
			w.Receive = b.Receive + 4_001
		},
		"invalid_packet": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Mark[0]++ },
		"invalid_capability": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Site.Full = false
		},
		"invalid_frequency": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Frequency += 100_001 },
		"invalid_region":    func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) { w.Site.Plan = "IN865" },
		"below_min_distance": func(t testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Site = sampleSite(t, w.Site.Owner[0], 45.1925, 5.72)
		},
		"max_distance_exceeded": func(t testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.Site = sampleSite(t, w.Site.Owner[0], 46.11, 5.72)
		},
		"bad_rssi": func(_ testing.TB, _ *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			w.SignalRSSI = level(-7_000)
		},
		"gateway_no_valid_beacons": func(_ testing.TB, e *FrozenEpoch, _ *Case, _ *BeaconFacts, w *WitnessFacts) {
			e.Before[w.Station] = Events{Beaconed: w.Receive - 48*hour, Witnessed: w.Receive - 1}
		},
	},
}

// duplicateReport has the station's other report come first.
func duplicateReport(_ testing.TB, _ *FrozenEpoch, c *Case, _ *BeaconFacts, w *WitnessFacts) {
	first := *w
	first.ID, first.Receive = [32]byte{99}, w.Receive-1
	c.Witnesses = append(c.Witnesses, first)
}

func level(l radio.DBm) *radio.DBm { return &l }

// TestEachRuleHasABadExample goes through every row of every table. Each spoiled
// report fails exactly that rule first, and all before it pass.
func TestEachRuleHasABadExample(t *testing.T) {
	for _, set := range []*Set{hexspot1, helium202605} {
		for i := range set.Beacon {
			name := set.Beacon[i].Name
			t.Run(set.Name+"/beacon/"+string(name), func(t *testing.T) {
				e := spoiled(t, set, badBeacons[set.Name][name])
				v := sampleVerdict(t, e)
				checkFailure(t, set.Beacon, of(t, v.Beacons, e.Cases[0].Beacons[0].ID), i)
			})
		}
		for i := range set.Witness {
			name := set.Witness[i].Name
			if bad, ok := badWitnesses[set.Name][name]; ok && bad == nil {
				continue
			}
			t.Run(set.Name+"/witness/"+string(name), func(t *testing.T) {
				e := spoiled(t, set, badWitnesses[set.Name][name])
				v := sampleVerdict(t, e)
				checkFailure(t, set.Witness, of(t, v.Witnesses, e.Cases[0].Witnesses[0].ID), i)
			})
		}
	}
}

func spoiled(t testing.TB, set *Set, bad spoiler) *FrozenEpoch {
	t.Helper()
	if bad == nil {
		t.Fatal("the rule has no bad example")
	}
	e := sampleEpoch(t, set)
	c := &e.Cases[0]
	b, w := &c.Beacons[0], &c.Witnesses[0]
	spoil := *c
	bad(t, e, &spoil, b, w)
	e.Cases[0] = spoil
	return e
}

func checkFailure(t testing.TB, rules []Rule, j *Judged, want int) {
	t.Helper()
	if j.Reason != rules[want].Name {
		t.Fatalf("reason %q, want %q", j.Reason, rules[want].Name)
	}
	if f := j.Findings[want]; f.Outcome != RuleFailed || f.Margin >= 0 {
		t.Errorf("finding %+v, want failed by a margin", f)
	}
	for i := range want {
		if rules[i].stops(j.Findings[i]) {
			t.Errorf("rule %s before it: %+v", rules[i].Name, j.Findings[i])
		}
	}
}

// TestTablesAreSound keeps the names, their order and what a row must say.
func TestTablesAreSound(t *testing.T) {
	for _, c := range []struct {
		rules []Rule
		names []Fault
	}{
		{hexspot1.Beacon, []Fault{"unknown", "data_only", "no_site", "no_plan", "range", "value_late", "not_due",
			"opening", "channel", "rate", "too_loud", "outside_slot", "too_late", "second_beacon", "denied", "not_witnessing"}},
		{hexspot1.Witness, []Fault{"beacon", "self", "duplicate", "unknown", "data_only", "no_site", "plan", "range",
			"too_late", "outside_slot", "mark", "channel", "rate", "denied", "too_near", "too_far", "too_strong",
			"too_weak", "noise", "fine_time", "not_witnessed"}},
		{helium202605.Beacon, []Fault{"gateway_not_found", "not_asserted", "denied", "entropy_expired", "invalid_capability",
			"irregular_interval", "invalid_packet", "gateway_no_valid_witnesses"}},
		{helium202605.Witness, []Fault{"beacon", "duplicate", "gateway_not_found", "not_asserted", "denied", "denied_edge",
			"self_witness", "entropy_expired", "too_late", "invalid_packet", "invalid_capability", "invalid_frequency",
			"invalid_region", "below_min_distance", "max_distance_exceeded", "bad_rssi", "gateway_no_valid_beacons"}},
	} {
		if len(c.rules) != len(c.names) {
			t.Fatalf("%d rules, want %d", len(c.rules), len(c.names))
		}
		for i, r := range c.rules {
			if r.Name != c.names[i] || r.Unit == "" || r.Need == "" {
				t.Errorf("row %d: %+v, want %s with unit and need", i, r, c.names[i])
			}
			if last := i == len(c.rules)-1; (r.check == nil) != last {
				t.Errorf("%s: only the last rule belongs to the second pass", r.Name)
			}
		}
	}
}

// TestHeliumCodes keeps the numbers of Helium's reasons.
func TestHeliumCodes(t *testing.T) {
	codes := map[Fault]int{
		"gateway_not_found": 8, "not_asserted": 2, "denied": 9, "entropy_expired": 3, "invalid_capability": 5,
		"irregular_interval": 7, "invalid_packet": 10, "gateway_no_valid_witnesses": 24, "duplicate": 20,
		"denied_edge": 21, "self_witness": 15, "too_late": 22, "invalid_frequency": 14, "invalid_region": 12,
		"below_min_distance": 19, "max_distance_exceeded": 13, "bad_rssi": 11, "gateway_no_valid_beacons": 23,
		"beacon": 0,
	}
	for _, r := range slices.Concat(helium202605.Beacon, helium202605.Witness) {
		if want, ok := codes[r.Name]; !ok || r.Code != want {
			t.Errorf("%s has code %d, want %d", r.Name, r.Code, want)
		}
	}
}

// TestNoDistanceIsTooFar has the witness on the other side of the earth: no distance,
// no loss, no pair of fine times.
func TestNoDistanceIsTooFar(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	w := &e.Cases[0].Witnesses[0]
	w.Site = sampleSite(t, 2, -45.19, 175)
	j := of(t, sampleVerdict(t, e).Witnesses, w.ID)
	for name, want := range map[Fault]RuleOutcome{
		"too_near": RulePassed, "too_far": RuleFailed, "too_strong": RuleNotEvaluated, "too_weak": RuleNotEvaluated,
		"noise": RuleNotEvaluated, "fine_time": RuleNotEvaluated,
	} {
		if got := findingOf(t, hexspot1.Witness, j, name); got.Outcome != want {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
	if j.Reason != "too_far" {
		t.Errorf("reason %q", j.Reason)
	}
}

// TestSignalNeedsAChipThatGivesIt judges no signal by channel RSSI.
func TestSignalNeedsAChipThatGivesIt(t *testing.T) {
	e := sampleEpoch(t, hexspot1)
	w := &e.Cases[0].Witnesses[0]
	w.SignalRSSI, w.ChannelRSSI = nil, -1_000
	j := of(t, sampleVerdict(t, e).Witnesses, w.ID)
	for _, name := range []Fault{"too_strong", "too_weak", "noise"} {
		if got := findingOf(t, hexspot1.Witness, j, name); got.Outcome != RuleNotEvaluated {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if !j.Valid() {
		t.Errorf("reason %q", j.Reason)
	}
}

func TestHeliumWitnessInheritsTheReason(t *testing.T) {
	e := sampleEpoch(t, helium202605)
	e.Cases[0].Beacons[0].Opens = false
	v := sampleVerdict(t, e)
	for _, w := range v.Witnesses {
		if w.Reason != "invalid_packet" || !w.OfBeacon {
			t.Errorf("reason %q, the beacon's own: %v", w.Reason, w.OfBeacon)
		}
	}
}

// TestHeliumLag: where a witness report came before the beacon's, the lag counts from
// the first of them.
func TestHeliumLag(t *testing.T) {
	for lag, want := range map[int64]Fault{1_500: "", 1_501: "too_late"} {
		e := sampleEpoch(t, helium202605)
		c := &e.Cases[0]
		c.Beacons[0].Receive = c.Start + 60_000
		for i := range c.Witnesses {
			c.Witnesses[i].Receive = c.Start + 40_000
		}
		c.Witnesses[2].Receive += lag
		if j := of(t, sampleVerdict(t, e).Witnesses, c.Witnesses[2].ID); j.Reason != want {
			t.Errorf("lag %d: reason %q, want %q", lag, j.Reason, want)
		}
	}
}

// TestHeliumDistanceIsCutToKilometres: 100 999 m pass, as they did.
func TestHeliumDistanceIsCutToKilometres(t *testing.T) {
	for length, want := range map[coverage.Millimetres]RuleOutcome{100_999_499: RulePassed, 100_999_500: RuleFailed} {
		v := view{p: DefaultParameters(helium202605), link: link{located: true, ok: true, length: length}}
		if got := withinKilometres(&v); got.Outcome != want {
			t.Errorf("%d mm: %+v", length, got)
		}
	}
}

// TestHeliumAtNoDistance: any signal passes on the spot (another rule fails there), and
// at one metre free space decides.
func TestHeliumAtNoDistance(t *testing.T) {
	for length, want := range map[coverage.Millimetres]RuleOutcome{0: RulePassed, 499: RulePassed, 500: RuleFailed, 1_000: RuleFailed} {
		e := sampleEpoch(t, helium202605)
		c := &e.Cases[0]
		w := c.Witnesses[0]
		w.SignalRSSI = level(30_000)
		v := view{p: e.Parameters, c: c, b: &c.Beacons[0], w: &w, beaconSane: true, witnessSane: true,
			link: link{located: true, ok: true, length: length}}
		if got := notOverFreeSpace(&v); got.Outcome != want {
			t.Errorf("%d mm: %+v, want %v", length, got, want)
		}
	}
}

// TestHeliumNeedsFiguresInRange: what is out of range passes no rule about it.
func TestHeliumNeedsFiguresInRange(t *testing.T) {
	for name, spoil := range map[string]func(*Case){
		"beaconer": func(c *Case) { c.Beacons[0].Sent = -1 },
		"witness":  func(c *Case) { c.Witnesses[0].Heard = -1 },
	} {
		c := sampleCase(t)
		spoil(&c)
		verdict := Judge(&c, DefaultParameters(helium202605))
		j := of(t, verdict.Witnesses, c.Witnesses[0].ID)
		for _, rule := range []Fault{"too_late", "invalid_frequency", "bad_rssi"} {
			if got := findingOf(t, helium202605.Witness, j, rule); got.Outcome != RuleFailed {
				t.Errorf("%s: %s %+v", name, rule, got)
			}
		}
	}
}

// TestWithoutAPlanThereIsNoCap: power is not judged by a cap of nothing.
func TestWithoutAPlanThereIsNoCap(t *testing.T) {
	e := spoiled(t, hexspot1, badBeacons["hexspot-1"]["no_plan"])
	if got := findingOf(t, hexspot1.Beacon, sampleVerdict(t, e).Beacon(), "too_loud"); got != (Finding{}) {
		t.Errorf("%+v", got)
	}
}
