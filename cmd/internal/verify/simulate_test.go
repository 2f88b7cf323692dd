package verify

import (
	"bytes"
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"hexspot/cmd/internal/simulate"
	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// country is a simulated network: what its journal would have, by epoch, and what the
// simulation's own judge made of it.
type country struct {
	network  radio.Network
	timing   witness.Timing
	listings []coverage.Listing
	records  [][]Record
	judged   []simulate.Judgement
}

func (c *country) Sites(sites []simulate.Published) (err error) {
	c.listings, err = simulate.Listings(sites)
	return err
}

func (c *country) Begin(witness.Epoch) error {
	c.records = append(c.records, nil)
	return nil
}

func (c *country) put(r Record) {
	last := len(c.records) - 1
	c.records[last] = append(c.records[last], r)
}

func (c *country) Keep(r simulate.Record) error {
	if r.Signed.Kind == radio.KindAnchor {
		c.network = r.Signed.Station.Network()
		return nil
	}
	c.put(Record{string(r.Signed.Kind), r.Receive, r.Signed.Append(nil)})
	return nil
}

func (c *country) Entropy(kind string, at witness.Millis, message []byte) error {
	c.put(Record{kind, at, message})
	return nil
}

func (c *country) Judged(j simulate.Judgement) error {
	c.judged = append(c.judged, j)
	return nil
}

const countrySeed = 5

// smallCountry has a bit of every kind of cheating, over two epochs.
var smallCountry = sync.OnceValues(func() (*country, error) {
	c := &country{}
	_, err := simulate.Run(context.Background(), simulate.Config{
		Hotspots: 48, Epochs: 2, Seed: countrySeed, Cheaters: simulate.Each(0.04), Signatures: true, Workers: 2,
	}, c)
	return c, err
})

func mustCountry(t testing.TB) *country {
	t.Helper()
	c, err := smallCountry()
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := witness.ScheduleNamed("default")
	if err != nil {
		t.Fatal(err)
	}
	c.timing = schedule.Timing
	return c
}

func (c *country) facts(t testing.TB) Facts {
	t.Helper()
	sites, err := SitesOf(c.listings)
	if err != nil {
		t.Fatal(err)
	}
	return Facts{
		Network: c.network, Timing: c.timing, Parameters: c.judged[0].Parameters,
		Sites: func(s radio.Station, _ witness.Epoch) witness.SiteFacts { return sites[s] },
	}
}

// shuffled are the records in another order.
func shuffled(records []Record, seed uint64) []Record {
	random := rand.New(rand.NewPCG(seed, 0))
	list := append([]Record(nil), records...)
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// TestDocketJudgesAsTheSimulation feeds a docket with records in any order and judges its
// cases: the verdicts of the simulation, which knew the facts without records.
func TestDocketJudgesAsTheSimulation(t *testing.T) {
	c := mustCountry(t)
	d := NewDocket(c.facts(t))
	for _, r := range shuffled(c.records[0], 1) {
		if err := d.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := d.Cases()
	if err != nil {
		t.Fatal(err)
	}
	j := c.judged[0]
	e := witness.FrozenEpoch{Parameters: j.Parameters, Length: int64(c.timing.EpochSlots) * int64(c.timing.Slot), Before: j.Before, Cases: cases}
	verdicts, after, err := e.Judge(2)
	if err != nil {
		t.Fatal(err)
	}
	got := witness.AppendVerdicts(nil, j.Parameters.Set, verdicts)
	want := witness.AppendVerdicts(nil, j.Parameters.Set, j.Verdicts)
	if !bytes.Equal(got, want) {
		t.Fatal(firstDifference(got, want))
	}
	if got, want := after.AppendText(nil), j.After.AppendText(nil); !bytes.Equal(got, want) {
		t.Error(firstDifference(got, want))
	}
	if len(cases) < 180 || len(d.Drops()) != 0 {
		t.Errorf("%d cases, dropped %v", len(cases), d.Drops())
	}
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(got, want []byte) string {
	a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return "got  " + string(a[i]) + "\nwant " + string(b[i])
		}
	}
	return "one is the beginning of the other"
}
