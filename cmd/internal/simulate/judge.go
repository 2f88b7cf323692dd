package simulate

import (
	"hexspot/radio"
	"hexspot/witness"
)

// court judges epoch after epoch and keeps the tallies.
type court struct {
	world      *world
	parameters *witness.Parameters
	state      witness.State
	links      witness.LinkState
	accounts   []account
	index      map[radio.Station]int
	tallies    map[Kind]*Tally
}

func newCourt(w *world) (*court, error) {
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		return nil, err
	}
	c := &court{
		world: w, parameters: witness.DefaultParameters(set), state: witness.State{},
		accounts: make([]account, len(w.stations)), index: map[radio.Station]int{}, tallies: map[Kind]*Tally{},
	}
	for i := range w.stations {
		s := &w.stations[i]
		c.index[s.id] = i
		kind := c.row(i)
		if c.tallies[kind] == nil {
			c.tallies[kind] = &Tally{Kind: kind}
		}
		c.tallies[kind].Stations++
	}
	return c, nil
}

// row is the kind that a station is tallied as: of informed cheaters each of their two
// ways.
func (c *court) row(i int) Kind {
	s := &c.world.stations[i]
	switch {
	case s.kind == Informed && s.secret:
		return Informed + "_apart"
	case s.kind == Informed:
		return Informed + "_in_town"
	}
	return s.kind
}

// judge takes one epoch. Before the first the reciprocity of all is as if the day
// before had been like it, so that a network's first hours do not count as cheating.
func (c *court) judge(d *day) error {
	cases, lies := d.cases()
	t := c.world.timing
	e := witness.FrozenEpoch{
		Parameters: c.parameters, Length: int64(t.EpochSlots) * int64(t.Slot), Before: c.state, Cases: cases,
	}
	if len(c.state) == 0 {
		_, first, err := e.Judge(c.world.config.Workers)
		if err != nil {
			return err
		}
		e.Before = earlier(first, e.Length)
	}
	verdicts, after, err := e.Judge(c.world.config.Workers)
	if err != nil {
		return err
	}
	links, weights, err := e.Links(d.epoch, verdicts, c.links, c.world.config.Workers)
	if err != nil {
		return err
	}
	c.state, c.links = after, links
	return c.book(d, cases, lies, verdicts, weights)
}

func earlier(s witness.State, by int64) witness.State {
	before := witness.State{}
	for station, e := range s {
		if e.Beaconed > 0 {
			e.Beaconed -= by
		}
		if e.Witnessed > 0 {
			e.Witnessed -= by
		}
		before[station] = e
	}
	return before
}

// book works out the units of every case, claimed and judged.
func (c *court) book(d *day, cases []witness.Case, lies [][]falsity, verdicts []witness.Verdict, weights *witness.Weights) error {
	type name struct {
		tag  [18]byte
		slot uint64
	}
	of := make(map[name]*witness.Verdict, len(verdicts))
	for i := range verdicts {
		of[name{verdicts[i].Tag, verdicts[i].Slot}] = &verdicts[i]
	}
	valueZ := [32]byte{byte(d.epoch), byte(d.epoch >> 8)}
	for k := range cases {
		v := of[name{cases[k].Tag, cases[k].Slot}]
		if err := c.bookCase(valueZ, &cases[k], lies[k], v, weights); err != nil {
			return err
		}
	}
	for i := range c.accounts {
		c.tallies[c.row(i)].count(&c.accounts[i])
	}
	return nil
}

func (c *court) bookCase(valueZ [32]byte, kase *witness.Case, lies []falsity, v *witness.Verdict, weights *witness.Weights) error {
	c.countReports(kase, lies, v)
	if len(v.Beacons) == 0 {
		return nil
	}
	by := c.index[v.Beacons[0].Station]
	claims := c.claims(kase, lies, v, weights)
	if c.world.stations[by].kind == Honest {
		return c.bookHonest(valueZ, kase.Tag, by, claims)
	}
	return c.bookFalse(valueZ, kase.Tag, by, claims)
}

// claims pairs observations, lies and findings: the order of the verdict is that of
// arrival, so they are found by record and place.
func (c *court) claims(kase *witness.Case, lies []falsity, v *witness.Verdict, weights *witness.Weights) []claim {
	type name struct {
		id    [32]byte
		index uint32
	}
	found := make(map[name]*witness.Judged, len(v.Witnesses))
	for i := range v.Witnesses {
		w := &v.Witnesses[i]
		found[name{w.ID, w.Index}] = w
	}
	var claims []claim
	for i := range kase.Witnesses {
		w := &kase.Witnesses[i]
		judged := found[name{w.ID, w.Index}]
		if judged.Reason == "too_near" { // nobody claims that
			continue
		}
		claims = append(claims, claim{
			by: c.index[w.Station], lie: lies[i], valid: judged.Valid(),
			weight:    weights.Link(v.Beacons[0].Station, w.Station),
			candidate: witness.Candidate{Station: w.Station, Cell: w.Site.Cell, Receive: w.Receive, ID: w.ID},
		})
	}
	return claims
}

// bookHonest books an honest station's beacon as if only honest stations had heard
// it, and for cheaters what they claim of it.
func (c *court) bookHonest(valueZ [32]byte, tag [18]byte, by int, claims []claim) error {
	var honest []claim
	for _, k := range claims {
		if k.lie == (falsity{}) && c.world.stations[k.by].kind == Honest {
			honest = append(honest, k)
		}
	}
	if err := c.bookUnits(valueZ, tag, by, honest, func(k *claim) (beaconer, hearer bool) { return true, true }); err != nil {
		return err
	}
	return c.bookFalse(valueZ, tag, by, claims)
}

// bookFalse books what false links bring to cheaters at either end.
func (c *court) bookFalse(valueZ [32]byte, tag [18]byte, by int, claims []claim) error {
	return c.bookUnits(valueZ, tag, by, claims, func(k *claim) (beaconer, hearer bool) {
		return k.lie.beaconer, k.lie.hearer
	})
}

// bookUnits books the units of one beacon to those that counts names.
func (c *court) bookUnits(valueZ [32]byte, tag [18]byte, by int, claims []claim, counts func(*claim) (beaconer, hearer bool)) error {
	ruled := make([]claim, len(claims))
	of := map[int]*claim{}
	for i := range claims {
		ruled[i] = claims[i]
		ruled[i].weight = whole
		if of[claims[i].by] == nil {
			of[claims[i].by] = &claims[i]
		}
	}
	claimed, err := c.world.unitsOf(valueZ, tag, claims, false)
	if err != nil {
		return err
	}
	byRules, err := c.world.unitsOf(valueZ, tag, ruled, true)
	if err != nil {
		return err
	}
	paid, err := c.world.unitsOf(valueZ, tag, claims, true)
	if err != nil {
		return err
	}
	for hearer, k := range of {
		forBeaconer, forHearer := counts(k)
		if forBeaconer {
			c.accounts[by].add(claimed[hearer].beaconer, byRules[hearer].beaconer, paid[hearer].beaconer)
		}
		if forHearer {
			c.accounts[hearer].add(claimed[hearer].witness, byRules[hearer].witness, paid[hearer].witness)
		}
	}
	return nil
}

const whole = 10_000

// countReports counts the reports of a case by what they are.
func (c *court) countReports(kase *witness.Case, lies []falsity, v *witness.Verdict) {
	for i := range v.Beacons {
		t := c.tallies[c.row(c.index[v.Beacons[i].Station])]
		t.Reports++
		if !v.Beacons[i].Valid() {
			t.Refused++
		}
	}
	for i := range v.Witnesses {
		t := c.tallies[c.row(c.index[v.Witnesses[i].Station])]
		t.Reports++
		if !v.Witnesses[i].Valid() {
			t.Refused++
		}
	}
}
