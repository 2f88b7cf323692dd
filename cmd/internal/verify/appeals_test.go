package verify

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"hexspot/cmd/internal/simulate"
	"hexspot/radio"
	"hexspot/witness"
)

// plaintiff is a station of the country that its neighbours never heard, or so the state
// before says: its weight is below one half, and held something already.
type plaintiff struct {
	*country
	t       testing.TB
	number  int
	station radio.Station
	subject witness.Subject
	events  witness.State // before the epoch
}

func newPlaintiff(t testing.TB) (*plaintiff, Inputs) {
	t.Helper()
	p := &plaintiff{country: mustCountry(t), t: t}
	in := p.inputs(1, p.records[1])
	p.events = in.Before.State
	p.choose(in.Before.Links)
	near := maps.Clone(in.Before.Links.Near)
	for _, l := range p.listings {
		if l.Station != p.station {
			near[witness.Way{From: p.station, To: l.Station}] = [2]witness.NearSums{{Asked: 10_000}, {}}
		}
	}
	in.Before.Links.Near = near
	in.Before.Provisions = witness.Provisions{p.subject: {
		Since: p.judged[0].Epoch, Seen: p.judged[0].Epoch, Weight: 17,
		Clues: []witness.Clue{{Name: witness.ClueAround, Reports: 99}},
		Held:  map[radio.Station]witness.Holding{p.station: {Beacon: 1_000, Witness: 2_000}},
	}}
	return p, in
}

// choose takes the first station with neighbours, few of them, and nothing against it.
func (p *plaintiff) choose(links witness.LinkState) {
	p.t.Helper()
	neighbours := map[radio.Station]int{}
	for w := range links.Near {
		neighbours[w.From]++
	}
	for n := range len(p.listings) {
		s, err := radio.StationOf(simulate.KeyOf(5, n).Public())
		if err != nil {
			p.t.Fatal(err)
		}
		if neighbours[s] >= 1 && neighbours[s] <= 3 && !slices.ContainsFunc(p.judged[1].Weights.Station(s), func(c witness.Clue) bool { return c.Weight < 10_000 }) {
			p.number, p.station, p.subject = n, s, witness.StationSubject(s)
			return
		}
	}
	p.t.Fatal("the country has no such station")
}

func (p *plaintiff) sign(n int, kind radio.Kind, body interface{ Append([]byte) []byte }) radio.Signed {
	p.t.Helper()
	s, err := radio.Sign(simulate.KeyOf(5, n), p.network, kind, body.Append(nil))
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// entropy is the anchor of the second epoch, and its chain as far as the epoch goes.
func (p *plaintiff) entropy() (radio.Signed, *witness.Trail, witness.Value) {
	p.t.Helper()
	from, to := p.timing.Slots(p.judged[1].Epoch)
	var signed radio.Signed
	var trail *witness.Trail
	for _, r := range p.records[1] {
		if r.Kind != kindAnchor {
			continue
		}
		s, err := radio.ParseSigned(r.Message)
		if err != nil {
			p.t.Fatal(err)
		}
		if a, err := witness.OpenAnchor(s, p.network); err == nil && a.Covers(from) {
			signed, trail = s, witness.NewTrail(p.network, a)
		}
	}
	for _, r := range p.records[1] {
		values, err := witness.ParseValues(r.Message)
		if r.Kind == kindValue && err == nil && values[0].Slot == to-1 && trail.Learn(values[0].Slot, values[0].Entropy) == nil {
			return signed, trail, values[0]
		}
	}
	p.t.Fatal("the epoch's entropy is not there")
	return radio.Signed{}, nil, witness.Value{}
}

// appeal is the record of an appeal with eight discovery beacons that so many stations of
// other owners heard beside it, all of it received so long before the cases closed.
func (p *plaintiff) appeal(drivers int, ahead witness.Millis) Record {
	anchor, trail, value := p.entropy()
	from, _ := p.timing.Slots(p.judged[1].Epoch)
	sites, err := SitesOf(p.listings)
	if err != nil {
		p.t.Fatal(err)
	}
	var evidence, receipts []radio.Signed
	report := func(n int, k witness.Slot, kind radio.Kind, body interface{ Append([]byte) []byte }) {
		s := p.sign(n, kind, body)
		r := witness.Receipt{Record: s.ID(p.network), Received: p.timing.CaseCloses(k) - ahead, Epoch: p.judged[1].Epoch}
		evidence, receipts = append(evidence, s), append(receipts, p.sign(-1, radio.KindReceipt, r))
	}
	near := p.others(drivers, sites)
	var where witness.Positions
	for i := range witness.Slot(8) {
		k := from + i*100
		x, _ := trail.Value(k)
		on := witness.OnAir{Frequency: 868_100_000, SF: 10, Conducted: 1_300, Sent: p.timing.Start(k) + 20_000}
		d := witness.Discovery{Slot: k, Random: witness.Tag{9, byte(i)}, OnAir: on}
		report(p.number, k, radio.KindDiscovery, d)
		heard := witness.Observation{
			Frame: witness.Frame{Type: witness.FrameDiscovery, Tag: d.Random, Mark: witness.MarkOf(p.network, x)}, Frequency: on.Frequency, SF: 10,
			ChannelRSSI: -6_000, SignalRSSI: -6_000, HasSignalRSSI: true, Heard: on.Sent + 371, Copies: 1,
		}
		for _, n := range near {
			report(n, k, radio.KindWitness, witness.Batch{Epoch: p.judged[1].Epoch, Observations: []witness.Observation{heard}})
		}
		where.Fixes = append(where.Fixes, witness.Fix{At: on.Sent, Position: sites[p.station].Position})
	}
	for _, n := range near {
		evidence = append(evidence, p.sign(n, radio.KindPositions, where))
	}
	file, body, err := witness.NewAppealFile(p.network, p.judged[0].Epoch, radio.Station{}, evidence)
	if err != nil {
		p.t.Fatal(err)
	}
	file.Anchors, file.Values, file.Receipts = []radio.Signed{anchor}, []witness.Value{value}, receipts
	file.Record = p.sign(p.number, radio.KindAppeal, body)
	return Record{kindAppeal, p.timing.Start(from) + 5_000_000, file.Append(nil)}
}

// others are stations on the air, of owners of their own.
func (p *plaintiff) others(n int, sites map[radio.Station]witness.SiteFacts) []int {
	var found []int
	owners := [][20]byte{sites[p.station].Owner}
	for i := range len(p.listings) {
		s, err := radio.StationOf(simulate.KeyOf(5, i).Public())
		if err != nil {
			p.t.Fatal(err)
		}
		site, ok := sites[s]
		events := p.events[s]
		if ok && events.Beaconed > 0 && events.Witnessed > 0 && len(found) < n && !slices.Contains(owners, [20]byte(site.Owner)) {
			found, owners = append(found, i), append(owners, site.Owner)
		}
	}
	return found
}

// TestAnAppealReleasesWhatWasHeld goes through an epoch with and without an appeal, and
// with one that has a driver too few.
func TestAnAppealReleasesWhatWasHeld(t *testing.T) {
	p, in := newPlaintiff(t)
	paid := map[int]uint64{}
	for drivers, want := range map[int]witness.Turn{0: "", 1: "", 2: witness.TurnAppealed} {
		in := in
		in.Records = from(p.records[1])
		if drivers > 0 {
			in.Records = from(append(slices.Clone(p.records[1]), p.appeal(drivers, 1), p.appeal(drivers, 1)))
		}
		_, dir := mustEpoch(t, in)
		r := mustOpen(t, dir)
		outcomes, err := r.Outcomes()
		if err != nil {
			t.Fatal(err)
		}
		provisions, err := r.Provisions()
		if err != nil {
			t.Fatal(err)
		}
		turn := witness.Turn("")
		for _, x := range outcomes.Turns {
			if x.Subject == p.subject {
				turn = x.Turn
			}
		}
		now, kept := provisions[p.subject]
		if turn != want || kept != (want == "") || len(outcomes.Appeals) != min(drivers, 1) {
			t.Errorf("%d drivers: turn %q, provision %+v, %d appeals", drivers, turn, now, len(outcomes.Appeals))
		}
		if kept && now.Held[p.station].Beacon+now.Held[p.station].Witness <= 3_000 {
			t.Errorf("%d drivers: nothing more was held: %+v", drivers, now.Held[p.station])
		}
		tally, _, err := r.Tally(p.station)
		if err != nil {
			t.Fatal(err)
		}
		paid[drivers] = tally.Shares()
		if drivers == 1 && outcomes.Appeals[0].Reason != "independent" {
			t.Errorf("one driver: %q", outcomes.Appeals[0].Reason)
		}
	}
	if paid[0] != 0 || paid[1] != 0 || paid[2] <= 3_000 {
		t.Errorf("shares without, with a bad and with a good appeal: %v", paid)
	}
}

// TestFriendsWhoSignAfterwardsReleaseNothing: the same evidence, of active stations of other owners,
// received when the cases had closed.
func TestFriendsWhoSignAfterwardsReleaseNothing(t *testing.T) {
	p, in := newPlaintiff(t)
	in.Records = from(append(slices.Clone(p.records[1]), p.appeal(2, 0)))
	_, dir := mustEpoch(t, in)
	r := mustOpen(t, dir)
	outcomes, err := r.Outcomes()
	if err != nil {
		t.Fatal(err)
	}
	if len(outcomes.Appeals) != 1 || outcomes.Appeals[0].Reason != "in_time" || len(outcomes.Released) != 0 {
		t.Errorf("%+v", outcomes)
	}
	if provisions, err := r.Provisions(); err != nil || provisions[p.subject].Held == nil {
		t.Errorf("%+v, %v", provisions[p.subject], err)
	}
}

// TestAppealsAreBounded: of a station with a weight below one half four have an outcome, whatever the order and
// whoever else appeals; of one without, the evidence is not even kept.
func TestAppealsAreBounded(t *testing.T) {
	p, in := newPlaintiff(t)
	good := p.appeal(2, 1)
	file, err := witness.ParseAppealFile(good.Message)
	if err != nil {
		t.Fatal(err)
	}
	var many []Record
	for n := range 6 {
		body := witness.Appeal{Epoch: witness.Epoch(1 + n), Evidence: []radio.RecordID{file.Evidence[0].ID(p.network)}}
		one := witness.AppealFile{Record: p.sign(p.number, radio.KindAppeal, body), Evidence: file.Evidence[:1]}
		many = append(many, Record{kindAppeal, good.Stamp + 1 + witness.Millis(n), one.Append(nil)})
	}
	other := (p.number + 1) % len(p.listings)
	for n := range 2 { // one of a station without such a weight, one of nobody
		body := witness.Appeal{Epoch: 1, Evidence: []radio.RecordID{file.Evidence[0].ID(p.network)}}
		one := witness.AppealFile{Record: p.sign(other+n*100_000, radio.KindAppeal, body), Evidence: file.Evidence[:1]}
		many = append(many, Record{kindAppeal, good.Stamp, one.Append(nil)})
	}
	many = append(many, good, good)
	var texts []string
	for _, reverse := range []bool{false, true} {
		in := in
		if reverse {
			slices.Reverse(many)
			in.Workers = 4
		}
		in.Records = from(append(slices.Clone(p.records[1]), many...))
		s, dir := mustEpoch(t, in)
		outcomes, err := mustOpen(t, dir).Outcomes()
		if err != nil {
			t.Fatal(err)
		}
		if s.Drops[DropAppeal] != 5 || len(outcomes.Appeals) != 1+witness.MostAppeals {
			t.Errorf("%d outcomes, %v", len(outcomes.Appeals), s.Drops)
		}
		texts = append(texts, string(outcomes.AppendText(nil)))
		for _, j := range outcomes.Appeals {
			if want := (j.Subject == p.subject); j.Accepted() != (want && j.Receive == int64(good.Stamp)) || (j.Reason == "below_half") == want {
				t.Errorf("%v: %q", j.Subject, j.Reason)
			}
		}
	}
	if texts[0] != texts[1] {
		t.Errorf("%s\n%s", texts[0], texts[1])
	}
}

// TestHeldIsWhatWeightsTook: of the first epoch's shares no more is held than weights took,
// and the two agree for links that are below one half.
func TestHeldIsWhatWeightsTook(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	r := mustOpen(t, dir)
	provisions, err := r.Provisions()
	if err != nil {
		t.Fatal(err)
	}
	held := map[radio.Station]witness.Holding{}
	for _, p := range provisions {
		for s, h := range p.Held {
			held[s] = witness.Holding{Beacon: held[s].Beacon + h.Beacon, Witness: held[s].Witness + h.Witness}
		}
	}
	some := 0
	for tally, err := range r.Tallies() {
		if err != nil {
			t.Fatal(err)
		}
		h := held[tally.Station]
		if h.Beacon > tally.BeaconWhole-tally.Beacon || h.Witness > tally.WitnessWhole-tally.Witness {
			t.Errorf("%v: held %+v of %+v", tally.Station, h, tally)
		}
		if h.Witness > 0 {
			some++
		}
	}
	if some == 0 || len(provisions) == 0 {
		t.Errorf("%d stations with something held, %d provisions", some, len(provisions))
	}
}

// TestResultHasItsEntropy: the anchors and last values lead to the value of every slot.
func TestResultHasItsEntropy(t *testing.T) {
	c := mustCountry(t)
	_, dir := mustEpoch(t, c.inputs(1, c.records[1]))
	anchors, values, err := mustOpen(t, dir).Entropy()
	if err != nil || len(anchors) == 0 {
		t.Fatal(anchors, err)
	}
	chains := witness.NewChains(c.network)
	for _, a := range anchors {
		if err := chains.AddAnchor(a); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range values {
		if err := chains.AddValue(v); err != nil {
			t.Fatal(err)
		}
	}
	from, to := c.timing.Slots(c.judged[1].Epoch)
	for k := from; k < to; k++ {
		if _, ok := chains.Value(k); !ok {
			t.Fatalf("slot %d has no value", k)
		}
	}
}

// TestAppealsThatAreNone are counted by name, and change nothing.
func TestAppealsThatAreNone(t *testing.T) {
	p, in := newPlaintiff(t)
	good := p.appeal(2, 1)
	forged := bytes.Clone(good.Message)
	forged[len(forged)-1] ^= 1 // of the value: it leads to no anchor, which is the appeal's own fault
	late := good
	late.Stamp += p.timing.Start(p.timing.EpochSlots)
	in.Records = from(append(slices.Clone(p.records[1]),
		Record{kindAppeal, good.Stamp, []byte{1}}, Record{kindAppeal, -1, good.Message}, late, Record{kindAppeal, good.Stamp, forged}))
	s, dir := mustEpoch(t, in)
	outcomes, err := mustOpen(t, dir).Outcomes()
	if err != nil {
		t.Fatal(err)
	}
	if s.Drops[DropEncoding] != 1 || s.Drops[DropRange] != 1 || len(outcomes.Appeals) != 1 || outcomes.Appeals[0].Accepted() {
		t.Errorf("%v, %+v", s.Drops, outcomes.Appeals)
	}
}
