package witness

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestParameterFiles(t *testing.T) {
	for _, set := range []*Set{hexspot1, helium202605} {
		want, err := os.ReadFile("testdata/" + set.Name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		p := DefaultParameters(set)
		if got := p.Encode(); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", set.Name, got, want)
		}
		back, err := ParseParameters(want)
		if err != nil {
			t.Fatal(err)
		}
		if back.Figures != p.Figures || back.Set != set || back.Hash() != p.Hash() {
			t.Errorf("%s: the file read again differs", set.Name)
		}
	}
}

func TestEachFigureHasAReason(t *testing.T) {
	for _, set := range []*Set{hexspot1, helium202605} {
		table := DefaultParameters(set).Table()
		sorted := slices.IsSortedFunc(table, func(a, b Figure) int { return strings.Compare(a.Name, b.Name) })
		if !sorted {
			t.Errorf("%s: the table is not sorted by name", set.Name)
		}
		seen := map[*int64]bool{}
		var figures Figures
		for i, f := range table {
			pointer := set.rows[i].pointer(&figures)
			if f.Unit == "" || f.Reason == "" || f.Value == 0 || seen[pointer] {
				t.Errorf("%s: row %+v lacks something, or its figure has two rows", set.Name, f)
			}
			seen[pointer] = true
		}
	}
}

func TestEachTimingHasAReason(t *testing.T) {
	for name, schedule := range schedules {
		table := schedule.Table()
		if len(table) != 9 {
			t.Errorf("%s: %d rows", name, len(table))
		}
		for _, f := range table {
			if f.Name == "" || f.Unit == "" || f.Reason == "" || f.Value == 0 && f.Name != "hold_ms" {
				t.Errorf("%s: row %+v lacks something", name, f)
			}
		}
	}
}

func TestParseParametersRefuses(t *testing.T) {
	good := string(DefaultParameters(hexspot1).Encode())
	if _, err := ParseParameters([]byte(strings.Replace(good, `"horizon"`, `"`+strings.Repeat("a", MaxParameters)+`":1,"horizon"`, 1))); err == nil {
		t.Error("a file without end is read")
	}
	for name, change := range map[string][2]string{
		"no line feed":    {"}\n", "}"},
		"a space":         {`"set":`, `"set": `},
		"unknown set":     {"hexspot-1", "hexspot-2"},
		"unknown plan":    {"EU868", "EU869"},
		"plan's case":     {"EU868", "eu868"},
		"missing figure":  {`"horizon":172800000,`, ``},
		"half a group":    {`"exhibit_age":60000,`, ``},
		"zero figure":     {`"min_distance":300000`, `"min_distance":0`},
		"sign":            {`"noise_low":-13000`, `"noise_low":13000`},
		"15 selected":     {`"max_selected":14`, `"max_selected":15`},
		"short horizon":   {`"horizon":172800000`, `"horizon":1`},
		"too large":       {`"min_distance":300000`, `"min_distance":1000000000001`},
		"a fraction":      {`"min_distance":300000`, `"min_distance":300000.0`},
		"figure twice":    {`"horizon":172800000`, `"horizon":1,"horizon":172800000`},
		"no plans":        {`"plans":{`, `"plans":null,"x":{`},
		"something after": {"}\n", "}\n{}"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s changes nothing", name)
		}
		if _, err := ParseParameters([]byte(bad)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

func TestBoundsAreOfFigures(t *testing.T) {
	for name, b := range closeBounds {
		if !hexspot1.has(name) && !helium202605.has(name) || b.least > b.most {
			t.Errorf("%s has bounds %+v", name, b)
		}
	}
	for _, set := range []*Set{hexspot1, helium202605} {
		for i, r := range set.rows {
			for v, want := range map[int64]bool{
				boundsOf(&r).least: true, boundsOf(&r).most: true, boundsOf(&r).least - 1: false, boundsOf(&r).most + 1: false, 0: false,
			} {
				p := DefaultParameters(set)
				*set.rows[i].pointer(&p.Figures) = v
				if err := p.Validate(); (err == nil) != want {
					t.Errorf("%s = %d: %v", r.name, v, err)
				}
			}
		}
	}
}

func FuzzParseParameters(f *testing.F) {
	f.Add(DefaultParameters(hexspot1).Encode())
	f.Add(DefaultParameters(helium202605).Encode())
	f.Add([]byte(`{"figures":{},"plans":{},"set":"hexspot-1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseParameters(b)
		if err == nil && !bytes.Equal(p.Encode(), b) {
			t.Errorf("%q is read, but written as %q", b, p.Encode())
		}
	})
}
