package verify

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"hexspot/cmd/internal/simulate"
	"hexspot/radio"
	"hexspot/witness"
)

// byParameters are an epoch's records with anchors that state other parameters.
func (c *country) byParameters(t testing.TB, p *witness.Parameters, records []Record) []Record {
	t.Helper()
	list := append([]Record(nil), records...)
	for i, r := range list {
		if r.Kind != kindAnchor {
			continue
		}
		signed, err := radio.ParseSigned(r.Message)
		if err != nil {
			t.Fatal(err)
		}
		anchor, err := witness.ParseAnchor(signed.Body)
		if err != nil {
			t.Fatal(err)
		}
		anchor.Parameters = p.Hash()
		if signed, err = radio.Sign(simulate.KeyOf(countrySeed, -1), c.network, radio.KindAnchor, anchor.Append(nil)); err != nil {
			t.Fatal(err)
		}
		list[i].Message = signed.Append(nil)
	}
	return list
}

// parametersWith are those of a set with other figures.
func parametersWith(t testing.TB, set *witness.Set, figure func(witness.Figure) int64) *witness.Parameters {
	t.Helper()
	figures := ""
	for _, f := range witness.DefaultParameters(set).Table() {
		figures += fmt.Sprintf(",%q:%d", f.Name, figure(f))
	}
	p, err := witness.ParseParameters([]byte(fmt.Sprintf(`{"figures":{%s},"plans":{"EU868":1600},"set":%q}`+"\n", figures[1:], set.Name)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEverySetThatIsAcceptedVerifies an epoch: no figure that a parameter file may have keeps an
// epoch from being judged, weighed, paid and handed on.
func TestEverySetThatIsAcceptedVerifies(t *testing.T) {
	c := mustCountry(t)
	random := rand.New(rand.NewPCG(8, 0))
	drawn := func(f witness.Figure) int64 {
		return [...]int64{f.Value, f.Value, f.Least, f.Most, f.Least + random.Int64N(f.Most-f.Least+1), f.Least + random.Int64N(min(f.Most-f.Least, 1000)+1)}[random.IntN(6)]
	}
	for _, name := range []string{"hexspot-1", "helium-2026-05"} {
		set, err := witness.SetNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		sets := []*witness.Parameters{
			parametersWith(t, set, func(f witness.Figure) int64 { return f.Least }),
			parametersWith(t, set, func(f witness.Figure) int64 { return f.Most }),
		}
		for range 10 {
			sets = append(sets, parametersWith(t, set, drawn))
		}
		for _, p := range sets {
			in := c.inputs(1, c.byParameters(t, p, c.records[1]))
			in.Parameters = []*witness.Parameters{p}
			s, dir := mustEpoch(t, in)
			if s.Reports() == 0 {
				t.Errorf("nothing was judged by %s: %+v", p.Encode(), s)
			}
			if _, err := ReadBefore(dir); err != nil {
				t.Errorf("%v after %s", err, p.Encode())
			}
		}
	}
}
