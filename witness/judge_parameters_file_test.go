package witness

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// without is the file of a set's defaults as a build wrote it that had not some figures.
func without(set *Set, missing ...string) []byte {
	p := DefaultParameters(set)
	p.lacks = map[string]bool{}
	for _, name := range missing {
		p.lacks[name] = true
	}
	return p.Encode()
}

// TestFilesOfOtherBuilds: what came later is 0, what is not known is kept, and the bytes
// and the hash stay those that were anchored.
func TestFilesOfOtherBuilds(t *testing.T) {
	appeals := hexspotLater[1]
	newer := bytes.Replace(DefaultParameters(hexspot1).Encode(), []byte(`"horizon":172800000`), []byte(`"horizon":172800000,"horizon_of_tomorrow":1`), 1)
	for name, c := range map[string]struct {
		file             []byte
		missing, unknown []string
	}{
		"this build's":        {DefaultParameters(hexspot1).Encode(), nil, nil},
		"no appeals":          {without(hexspot1, appeals...), appeals, nil},
		"the first rules":     {without(hexspot1, slices.Concat(hexspotLater...)...), slices.Sorted(slices.Values(slices.Concat(hexspotLater...))), nil},
		"a newer build's":     {newer, nil, []string{"horizon_of_tomorrow"}},
		"another set's":       {bytes.Replace(without(helium202605), []byte(`"horizon"`), []byte(`"gone":-3,"horizon"`), 1), nil, []string{"gone"}},
		"a changed default's": {bytes.Replace(without(hexspot1), []byte(`"min_distance":300000`), []byte(`"min_distance":200000`), 1), nil, nil},
	} {
		p, err := ParseParameters(c.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(p.Encode(), c.file) {
			t.Errorf("%s: written again as\n%s", name, p.Encode())
		}
		if !slices.Equal(p.Missing(), c.missing) || !slices.Equal(p.Unknown(), c.unknown) {
			t.Errorf("%s: %v are missing, %v unknown", name, p.Missing(), p.Unknown())
		}
		for _, f := range p.Table() {
			if (f.Value == 0) != slices.Contains(c.missing, f.Name) {
				t.Errorf("%s: %s = %d", name, f.Name, f.Value)
			}
		}
	}
}

// TestFiguresThatAreGone are no reason not to judge.
func TestFiguresThatAreGone(t *testing.T) {
	set := *hexspot1
	set.gone = []string{"aaa"}
	p := Parameters{Set: &set}
	figures := map[string]int64{"aaa": 1, "bbb": 2}
	for _, r := range set.rows {
		figures[r.name] = r.value
	}
	if err := p.take(figures); err != nil || !slices.Equal(p.Unknown(), []string{"bbb"}) {
		t.Errorf("%v, %v", p.Unknown(), err)
	}
}

// TestTheFirstFileIsReadForEver: testdata has the file of each set as networks have anchored
// it first, which -update leaves alone. What the set has beyond it needs a group in its
// table of later figures, and what it has no more a name among those that are gone.
func TestTheFirstFileIsReadForEver(t *testing.T) {
	for _, set := range []*Set{hexspot1, helium202605} {
		first, err := os.ReadFile("testdata/" + set.Name + ".first.json")
		if err != nil {
			t.Fatal(err)
		}
		p, err := ParseParameters(first)
		if err != nil {
			t.Errorf("%s: %v", set.Name, err)
			continue
		}
		if unknown := p.Unknown(); len(unknown) > 0 {
			t.Errorf("%s: %s are not known any more", set.Name, strings.Join(unknown, ", "))
		}
	}
}

// TestAppealsAndWeightsAreOff: a file of before they came has none.
func TestAppealsAndWeightsAreOff(t *testing.T) {
	for _, missing := range [][]string{hexspotLater[1], slices.Concat(hexspotLater...)} {
		p, err := ParseParameters(without(hexspot1, missing...))
		if err != nil {
			t.Fatal(err)
		}
		e := sampleEpoch(t, hexspot1)
		e.Parameters = p
		verdicts, _, err := e.Judge(1)
		if err != nil {
			t.Fatal(err)
		}
		book := NewLinkBook(p)
		for i := range verdicts {
			book.Add(&e.Cases[i], &verdicts[i])
		}
		_, weights, err := book.Settle(LinkState{}, 7)
		if err != nil {
			t.Fatal(err)
		}
		v := &verdicts[0]
		if w := weights.Link(v.Beacon().Station, v.Witnesses[0].Station); w != whole && len(missing) > len(hexspotLater[1]) {
			t.Errorf("a weight of %d", w)
		}
		if out := (Provisions{}).Settle(p, 100, weighed(t, 0, 0), Held{}, nil); len(out.After)+len(out.Turns) != 0 {
			t.Errorf("%+v", out)
		}
	}
}
