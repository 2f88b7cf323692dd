package witness

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

// appealRig has a station 0 whose beacons two drivers, stations 1 and 2 of other owners,
// heard beside it; spoiling it makes an appeal fail one rule.
type appealRig struct {
	t        testing.TB
	network  radio.Network
	world    AppealWorld
	sites    map[radio.Station]SiteFacts
	events   State
	partner  radio.Station
	slots    []Slot
	level    radio.DBm
	drivers  []int
	at       coverage.Position // of the drivers
	evidence []radio.Signed    // besides
	chain    *Chain
	anchor   radio.Signed
	values   []Value

	receipt func(s radio.Signed, closes Millis) []radio.Signed // of a record whose case closes then
}

const appealEpoch Epoch = 20_249

func newAppealRig(t testing.TB) *appealRig {
	timing := scheduleNamed(t, "default").Timing
	r := &appealRig{t: t, network: testNetwork{t, 1}.station().Network(), level: -6_000, drivers: []int{1, 2}, sites: map[radio.Station]SiteFacts{}}
	r.receipt = func(s radio.Signed, closes Millis) []radio.Signed { return []radio.Signed{r.received(s, closes-1)} }
	first, to := timing.Slots(appealEpoch)
	a, chain := testNetwork{t, 1}.chain(first, to, 0, 1)
	last, _ := chain.Value(to - 1)
	a.Timing = timing
	r.chain, r.anchor, r.values = chain, testNetwork{t, 1}.sign(a), []Value{{to - 1, 0, last}}
	for n := range 8 {
		r.slots = append(r.slots, first+Slot(n)*100)
	}
	for n, place := range [][2]float64{{45.19, 5.72}, {45.30, 5.72}, {45.31, 5.72}, {45.25, 5.80}} {
		r.sites[sampleStation(t, n)] = sampleSite(t, byte(1+n), place[0], place[1])
	}
	r.at = r.sites[sampleStation(t, 0)].Position
	begins := int64(timing.Start(first))
	r.events = State{}
	for n := range 4 {
		r.events[sampleStation(t, n)] = Events{Beaconed: begins - 1, Witnessed: begins - 1}
	}
	r.world = AppealWorld{
		Network: r.network, Timing: timing, Parameters: DefaultParameters(hexspot1), Epoch: appealEpoch,
		Site: func(s radio.Station) SiteFacts { return r.sites[s] }, Events: r.events.At,
		Before: Provisions{
			StationSubject(sampleStation(t, 0)):                   {Since: appealEpoch - 1, Clues: []Clue{{Name: ClueAround}}},
			LinkSubject(sampleStation(t, 0), sampleStation(t, 3)): {Since: appealEpoch - 1, Clues: []Clue{{Name: ClueAnswers}}},
		},
	}
	return r
}

func (r *appealRig) sign(n int, kind radio.Kind, body body) radio.Signed {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint64(seed, uint64(n))
	var signer ed25519.PrivateKey = ed25519.NewKeyFromSeed(seed)
	if n < 0 {
		signer = signerOf(r.t, "ed25519", testNetwork{r.t, 1}.seed()).(ed25519.PrivateKey)
	}
	s, err := radio.Sign(signer, r.network, kind, body.Append(nil))
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// beacon is the report of station 0's beacon in a slot, and what is heard of it.
func (r *appealRig) beacon(k Slot) (Beacon, Observation) {
	value, _ := r.chain.Value(k)
	seed := make([]byte, ed25519.SeedSize)
	sig := radio.Signature(ed25519.Sign(ed25519.NewKeyFromSeed(seed), OpeningMessage(Lot{r.network, sampleStation(r.t, 0), value}, k)))
	sent := r.world.Timing.Start(k) + 30_000
	b := Beacon{k, sig, OnAir{868_100_000, 9, 1_300, 1, sent}}
	return b, Observation{
		Frame: Frame{FrameBeacon, MarkOf(r.network, value), TagOf(sig)}, Frequency: 868_100_000, SF: 9, ChannelRSSI: r.level,
		SignalRSSI: r.level, HasSignalRSSI: true, Heard: sent + 300, Copies: 1,
	}
}

// received is the network's receipt of a record.
func (r *appealRig) received(s radio.Signed, at Millis) radio.Signed {
	return r.sign(-1, radio.KindReceipt, Receipt{Record: s.ID(r.network), Received: at, Epoch: appealEpoch})
}

// file signs all of it. Each driver has a record for each slot.
func (r *appealRig) file() (AppealFile, Appeal) {
	evidence := slices.Clone(r.evidence)
	var receipts []radio.Signed
	for _, s := range evidence {
		receipts = append(receipts, r.receipt(s, r.world.Timing.CaseCloses(r.slots[0]))...)
	}
	add := func(k Slot, s radio.Signed) {
		evidence = append(evidence, s)
		receipts = append(receipts, r.receipt(s, r.world.Timing.CaseCloses(k))...)
	}
	var where Positions
	for _, k := range r.slots {
		b, o := r.beacon(k)
		add(k, r.sign(0, radio.KindBeacon, b))
		for _, n := range r.drivers {
			add(k, r.sign(n, radio.KindWitness, Batch{appealEpoch, []Observation{o}}))
		}
		where.Fixes = append(where.Fixes, Fix{o.Heard - 20_000, r.at, 5_000})
	}
	for _, n := range r.drivers {
		evidence = append(evidence, r.sign(n, radio.KindPositions, where))
	}
	f, a, err := NewAppealFile(r.network, appealEpoch-1, r.partner, evidence)
	if err != nil {
		r.t.Fatal(err)
	}
	f.Anchors, f.Values, f.Receipts = []radio.Signed{r.anchor}, r.values, receipts
	f.Record = r.sign(0, radio.KindAppeal, a)
	if a, err = f.Verify(r.network); err != nil {
		r.t.Fatal(err)
	}
	return f, a
}

// facts looks at it.
func (r *appealRig) facts() AppealFacts {
	f, a := r.file()
	return r.world.Facts(f, a, 77)
}

func (r *appealRig) station(n int) radio.Station { return sampleStation(r.t, n) }

// audit has the network appoint station 4, which was near and sent what station 0 heard.
func (r *appealRig) audit(heard bool) {
	first, to := r.world.Timing.Slots(appealEpoch)
	r.drivers = []int{4}
	r.sites[r.station(4)] = sampleSite(r.t, 1, 45.4, 5.72) // of the owner himself, even
	r.evidence = []radio.Signed{
		r.sign(-1, radio.KindAudit, Audit{r.station(4), first, to}),
		r.sign(4, radio.KindDiscovery, Discovery{first, Tag{9}, OnAir{868_100_000, 10, 1_300, 1, 5}}),
	}
	if heard {
		o := largest()
		o.Frame, o.Heard = Frame{FrameDiscovery, Mark{}, Tag{9}}, r.world.Timing.Start(first)
		r.evidence = append(r.evidence, r.sign(0, radio.KindWitness, Batch{appealEpoch, []Observation{o}}))
	}
}

// badAppeals has a bad example for each rule but the last.
var badAppeals = map[Fault]func(r *appealRig){
	"below_half": func(r *appealRig) { delete(r.world.Before, StationSubject(r.station(0))) },
	"undecided": func(r *appealRig) {
		p := r.world.Before[StationSubject(r.station(0))]
		p.Clues = append(p.Clues, Clue{Name: ClueElsewhere})
		r.world.Before[StationSubject(r.station(0))] = p
	},
	"no_site": func(r *appealRig) { delete(r.sites, r.station(0)) },
	"useless": func(r *appealRig) {
		b, _ := r.beacon(r.slots[0])
		b.Slot++ // the signature is of another
		r.evidence = append(r.evidence, r.sign(0, radio.KindBeacon, b))
	},
	"in_time": func(r *appealRig) {
		r.receipt = func(s radio.Signed, closes Millis) []radio.Signed { return []radio.Signed{r.received(s, closes)} }
	},
	"own_positions": func(r *appealRig) {
		r.evidence = append(r.evidence, r.sign(0, radio.KindPositions, Positions{[]Fix{{At: 1, Position: r.sites[r.station(1)].Position}}}))
	},
	"heard_near": func(r *appealRig) { r.slots = r.slots[:7] },
	"over_time":  func(r *appealRig) { r.slots = rising8(r.slots[0]) },
	"independent": func(r *appealRig) {
		r.drivers = r.drivers[:1]
		_, o := r.beacon(r.slots[0])
		r.evidence = append(r.evidence, r.sign(2, radio.KindWitness, Batch{appealEpoch, []Observation{o}}),
			r.sign(2, radio.KindPositions, Positions{[]Fix{{o.Heard, r.at, 0}}})) // a stranger who heard one
	},
	"both_ways": func(r *appealRig) { r.audit(false) },
}

func rising8(from Slot) (slots []Slot) {
	for n := range Slot(8) {
		slots = append(slots, from+n)
	}
	return slots
}

func TestAGoodAppealIsAdmitted(t *testing.T) {
	for name, do := range map[string]func(r *appealRig){
		"two drivers": func(*appealRig) {},
		"an audit":    func(r *appealRig) { r.audit(true) },
		"a link": func(r *appealRig) {
			r.partner, r.at, r.level = r.station(3), r.sites[r.station(3)].Position, -12_000
		},
		"own positions that agree": func(r *appealRig) {
			r.evidence = append(r.evidence, r.sign(0, radio.KindPositions, Positions{[]Fix{{At: 1, Position: r.sites[r.station(0)].Position}}}))
		},
	} {
		r := newAppealRig(t)
		do(r)
		facts := r.facts()
		j := r.world.Parameters.JudgeAppeal(&facts)
		if j.Reason != "" || facts.frames() != 8 || facts.windows() != 2 {
			t.Errorf("%s: %q, %+v", name, j.Reason, facts)
		}
	}
}

// TestWhatIsMadeAfterwardsIsNoEvidence: active stations of other owners, who sign all that was
// missing when it is too late, are believed nothing, whatever receipts they bring.
func TestWhatIsMadeAfterwardsIsNoEvidence(t *testing.T) {
	for name, receipt := range map[string]func(r *appealRig, s radio.Signed, closes Millis) []radio.Signed{
		"none": func(*appealRig, radio.Signed, Millis) []radio.Signed { return nil },
		"when the case is over": func(r *appealRig, s radio.Signed, closes Millis) []radio.Signed {
			return []radio.Signed{r.received(s, closes)}
		},
		"one that friends sign": func(r *appealRig, s radio.Signed, closes Millis) []radio.Signed {
			return []radio.Signed{r.sign(1, radio.KindReceipt, Receipt{Record: s.ID(r.network), Received: closes - 1})}
		},
		"one of another record": func(r *appealRig, _ radio.Signed, closes Millis) []radio.Signed {
			return []radio.Signed{r.sign(-1, radio.KindReceipt, Receipt{Received: closes - 1})}
		},
		"one that is no receipt": func(r *appealRig, s radio.Signed, _ Millis) []radio.Signed { return []radio.Signed{s} },
	} {
		r := newAppealRig(t)
		r.receipt = func(s radio.Signed, closes Millis) []radio.Signed { return receipt(r, s, closes) }
		facts := r.facts()
		if j := r.world.Parameters.JudgeAppeal(&facts); j.Reason != "in_time" || len(facts.Exhibits) != 0 || facts.Late != 24 {
			t.Errorf("%s: %q, %d exhibits, %d late", name, j.Reason, len(facts.Exhibits), facts.Late)
		}
	}
}

// TestOnlyObservationsInTimeCount: those of one record whose frames' cases were open yet.
func TestOnlyObservationsInTimeCount(t *testing.T) {
	r := newAppealRig(t)
	_, early := r.beacon(r.slots[0])
	_, last := r.beacon(r.slots[7])
	s := r.sign(1, radio.KindWitness, Batch{appealEpoch, []Observation{early, last}})
	r.slots, r.drivers = []Slot{r.slots[0], r.slots[7]}, nil
	r.evidence = []radio.Signed{s, r.sign(1, radio.KindPositions, Positions{[]Fix{{early.Heard, r.at, 0}, {last.Heard, r.at, 0}}})}
	closed := r.world.Timing.CaseCloses(r.slots[0])
	r.receipt = func(s radio.Signed, closes Millis) []radio.Signed {
		if s.Kind == radio.KindWitness {
			closes = closed + 1
		}
		return []radio.Signed{r.received(s, closes-1)}
	}
	if facts := r.facts(); facts.Late != 0 || len(facts.Exhibits) != 1 || facts.Exhibits[0].Slot != r.slots[1] {
		t.Errorf("%+v", facts)
	}
}

// TestIngestsOfTheAnchorGiveReceipts, and the earliest receipt counts.
func TestIngestsOfTheAnchorGiveReceipts(t *testing.T) {
	r := newAppealRig(t)
	a, err := ParseAnchor(r.anchor.Body)
	if err != nil {
		t.Fatal(err)
	}
	a.Ingests = []radio.Station{r.station(9)}
	r.anchor = testNetwork{t, 1}.sign(a)
	r.receipt = func(s radio.Signed, closes Millis) []radio.Signed {
		return []radio.Signed{r.sign(9, radio.KindReceipt, Receipt{Record: s.ID(r.network), Received: closes - 1})}
	}
	facts := r.facts()
	if j := r.world.Parameters.JudgeAppeal(&facts); j.Reason != "" {
		t.Errorf("%q", j.Reason)
	}
	r = newAppealRig(t)
	r.slots = r.slots[:2]
	r.receipt = func(s radio.Signed, closes Millis) []radio.Signed {
		return []radio.Signed{r.received(s, closes), r.received(s, closes-1), r.received(s, closes+1)}
	}
	if facts := r.facts(); facts.Late != 0 || facts.frames() != 2 {
		t.Errorf("%+v", facts)
	}
}

// TestNothingIsLookedAtWithoutAWeightBelowHalf: it costs nothing then, and says so.
func TestNothingIsLookedAtWithoutAWeightBelowHalf(t *testing.T) {
	r := newAppealRig(t)
	badAppeals["below_half"](r)
	f, a := r.file()
	r.world.Site = func(radio.Station) SiteFacts { return SiteFacts{} }
	facts := r.world.Facts(f, a, 77)
	j := r.world.Parameters.JudgeAppeal(&facts)
	if facts.Useless+facts.Late != 0 || facts.Located || len(facts.Exhibits) != 0 || j.Reason != "below_half" {
		t.Errorf("%+v, %q", facts, j.Reason)
	}
	for i, n := range ExplainAppeal(&j).Rules {
		if i > 0 && (n.Outcome != RuleNotEvaluated || n.Lacks == "") {
			t.Errorf("%+v", n)
		}
	}
}

// TestKeysWithoutRadiosAreNoWitnesses: who was not heard of late, or heard nobody, does not
// count, whatever it signs; nor does an event of the epoch before the horizon.
func TestKeysWithoutRadiosAreNoWitnesses(t *testing.T) {
	for name, change := range map[string]func(e *Events, since int64){
		"never heard":    func(e *Events, _ int64) { e.Beaconed = 0 },
		"heard nobody":   func(e *Events, _ int64) { e.Witnessed = 0 },
		"heard long ago": func(e *Events, since int64) { e.Beaconed = since - 1 },
	} {
		r := newAppealRig(t)
		e := r.events[r.station(2)]
		change(&e, r.world.since())
		r.events[r.station(2)] = e
		facts := r.facts()
		if j := r.world.Parameters.JudgeAppeal(&facts); j.Reason != "independent" {
			t.Errorf("%s: %q", name, j.Reason)
		}
	}
}

func TestEachAppealRuleHasABadExample(t *testing.T) {
	var text transcript
	for _, rule := range appealTable[:len(appealTable)-1] {
		r := newAppealRig(t)
		if badAppeals[rule.Name] == nil {
			t.Fatalf("%s has no bad example", rule.Name)
		}
		badAppeals[rule.Name](r)
		facts := r.facts()
		j := r.world.Parameters.JudgeAppeal(&facts)
		j.Conclude(&Weights{})
		if j.Reason != rule.Name || j.Accepted() {
			t.Errorf("%s: the bad example fails %q: %+v", rule.Name, j.Reason, j.Findings)
		}
		text.note("%s: %s", rule.Name, ExplainAppeal(&j).Summary)
	}
	text.golden(t, "appeals.txt")
}

// TestWhatIsNoExhibit: an observation counts only if somebody independent heard the
// station's own frame, near, in its slot, lately, and loud.
func TestWhatIsNoExhibit(t *testing.T) {
	for name, spoil := range map[string]func(r *appealRig){
		"far from the place":    func(r *appealRig) { r.at = r.sites[r.station(3)].Position },
		"too weak to be near":   func(r *appealRig) { r.level = -8_500 },
		"the owner's driver":    func(r *appealRig) { r.sameOwner(1); r.sameOwner(2) },
		"drivers in bad shape":  func(r *appealRig) { r.blame(1); r.blame(2) },
		"the station itself":    func(r *appealRig) { r.drivers = []int{0} },
		"unknown drivers":       func(r *appealRig) { delete(r.sites, r.station(1)); delete(r.sites, r.station(2)) },
		"a month ago":           func(r *appealRig) { r.world.Epoch += 15 },
		"in time to come":       func(r *appealRig) { r.world.Epoch-- },
		"slots without a value": func(r *appealRig) { r.values = nil },
		"another chain's value": func(r *appealRig) { r.values[0].Entropy[0]++ },
	} {
		r := newAppealRig(t)
		spoil(r)
		if facts := r.facts(); len(facts.Exhibits) != 0 {
			t.Errorf("%s: %d exhibits", name, len(facts.Exhibits))
		}
	}
}

func (r *appealRig) sameOwner(n int) {
	site := r.sites[r.station(n)]
	site.Owner = r.sites[r.station(0)].Owner
	r.sites[r.station(n)] = site
}

func (r *appealRig) blame(n int) { r.world.Before[StationSubject(r.station(n))] = Provision{} }

// TestEvidenceIsWeighed: what was shown answers the clues that doubt presence, and the
// silence of a link's partner, and no other; the state keeps it for two generations.
func TestEvidenceIsWeighed(t *testing.T) {
	for _, name := range []ClueName{ClueSlope, ClueFading, ClueAnswers, ClueBalance, ClueDistance, ClueBeyond, ClueElsewhere, ClueAround, ClueOther, ClueTwins, ClueOwner, ClueClosed} {
		v := newVillage(t)
		badLinks[name](v)
		if name == ClueAround {
			v.surround(t, 12)
		}
		s := v.stations[0]
		before := v.weigh().Link(s, v.stations[1])
		v.state.Shown = map[Way][2]int64{{s, s}: {8, 0}, {s, v.stations[1]}: {0, 40}}
		after := v.weigh()
		left := slices.ContainsFunc(after.Clues(s, v.stations[1]), func(c Clue) bool { return c.Name == name && c.Weight < half })
		decided := name == ClueAnswers || wordsOfClue(name).presence
		if before >= half || left == decided {
			t.Errorf("%s: weight %d before, %v after", name, before, after.Clues(s, v.stations[1]))
		}
	}
}

// surround has more neighbours not hear the first station.
func (v *village) surround(t *testing.T, neighbours int) {
	for n := range neighbours {
		v.state.Near[Way{v.stations[0], sampleStation(t, 50+n)}] = [2]NearSums{{Asked: 4}, {}}
	}
}

func TestShownFramesAreKept(t *testing.T) {
	b := NewLinkBook(DefaultParameters(hexspot1))
	w := Way{sampleStation(t, 0), sampleStation(t, 1)}
	other := NewLinkBook(b.p)
	b.Show(w, 9)
	other.Show(w, 12)
	b.Merge(other)
	state, _, err := b.Settle(LinkState{}, 14)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseLinkState(state.AppendText(nil))
	if err != nil || again.shownFrames(w) != 12 {
		t.Fatalf("%d frames, %v", again.shownFrames(w), err)
	}
	for _, c := range []struct{ epoch, want int64 }{{27, 12}, {28, 12}, {42, 0}} {
		later, _, err := NewLinkBook(b.p).Settle(again, Epoch(c.epoch))
		if got := later.shownFrames(w); err != nil || got != c.want {
			t.Errorf("epoch %d: %d frames, want %d", c.epoch, got, c.want)
		}
	}
}

// TestAnAppealIsConcludedByTheWeight that follows with it, and published as its text.
func TestAnAppealIsConcludedByTheWeight(t *testing.T) {
	for weight, accepted := range map[int64]bool{half: true, half - 1: false} {
		r := newAppealRig(t)
		facts := r.facts()
		j := r.world.Parameters.JudgeAppeal(&facts)
		j.Conclude(weighed(t, weight, -1))
		all := []JudgedAppeal{j}
		SortAppeals(all)
		if j.Accepted() != accepted || AcceptedSubjects(all)[j.Subject] != accepted {
			t.Errorf("weight %d: %q", weight, j.Reason)
		}
		out := OutcomesOf(all, &SettledProvisions{Turns: []Turned{{Subject: j.Subject, Turn: TurnAppealed}}, Released: map[radio.Station]Holding{j.Station: {1, 2}}})
		again, err := ParseOutcomes(out.AppendText(nil))
		if err != nil || len(again.Appeals) != 1 || again.Appeals[0].Reason != j.Reason || !slices.Equal(again.Appeals[0].Findings, j.Findings) {
			t.Errorf("%+v, %v", again, err)
		}
		if !slices.Equal(again.Turns, out.Turns) || again.Released[j.Station] != (Holding{1, 2}) {
			t.Errorf("%+v", again)
		}
		if e := ExplainAppeal(&j); len(e.Rules) != len(appealTable) || e.Summary == "" {
			t.Errorf("%+v", e)
		}
	}
}

func FuzzParseOutcomes(f *testing.F) {
	r := newAppealRig(f)
	facts := r.facts()
	j := r.world.Parameters.JudgeAppeal(&facts)
	link := LinkSubject(r.station(0), r.station(3))
	out := OutcomesOf([]JudgedAppeal{j}, &SettledProvisions{Turns: []Turned{{Subject: link, Turn: TurnFinal}}, Released: map[radio.Station]Holding{j.Station: {1, 2}}})
	f.Add(out.AppendText(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		out, err := ParseOutcomes(text)
		if err == nil && !bytes.Equal(out.AppendText(nil), text) {
			t.Errorf("%q gives back %q", text, out.AppendText(nil))
		}
	})
}

// TestAnyEvidenceIsLookedAt: records of any kinds by anybody end in findings, never in a
// panic, and strangers' records alone are never admitted.
func TestAnyEvidenceIsLookedAt(t *testing.T) {
	rapid.Check(t, func(d *rapid.T) {
		r := newAppealRig(t)
		r.drivers, r.slots = nil, r.slots[:1]
		for range rapid.IntRange(0, 6).Draw(d, "records") {
			kind := rapid.SampledFrom([]radio.Kind{radio.KindPositions, radio.KindWitness, radio.KindBeacon, radio.KindDiscovery, radio.KindSite}).Draw(d, "kind")
			text := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(d, "body")
			r.evidence = append(r.evidence, r.sign(rapid.IntRange(0, 3).Draw(d, "by"), kind, rawBody(text)))
		}
		facts := r.facts()
		if j := r.world.Parameters.JudgeAppeal(&facts); j.Reason == "" || len(j.Findings) != len(appealTable) {
			d.Fatalf("%+v", j)
		}
	})
}

// rawBody is a body as it is.
type rawBody []byte

func (b rawBody) Append(to []byte) []byte { return append(to, b...) }

// TestWeighed: the weight that an appeal is against is shown beside its rule, and rules that
// were not looked at have no cure.
func TestWeighed(t *testing.T) {
	j := JudgedAppeal{Judged{Findings: make([]Finding, len(appealTable)), Reason: "undecided"}, Subject{A: sampleStation(t, 0)}}
	j.Findings[0], j.Findings[1] = yes(true), atMost(1, 0)
	e := ExplainAppeal(&j)
	e.Weighed(Provisions{})
	if e.Rules[0].Value != "" {
		t.Errorf("%+v", e.Rules[0])
	}
	e.Weighed(Provisions{j.Subject: {Weight: 1_250}})
	if r := e.Rules[0]; r.Value != "12.50 %" || r.Limit != "below 50.00 %" || r.Margin != "37.50 %" {
		t.Errorf("%+v", r)
	}
	for _, r := range e.Rules {
		if (r.Need != "") != (r.Rule == "undecided") {
			t.Errorf("the cure of %s is %q", r.Rule, r.Need)
		}
	}
}
