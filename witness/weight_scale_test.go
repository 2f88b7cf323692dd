package witness

import (
	"testing"

	"hexspot/coverage"
)

func TestScaleBySet(t *testing.T) {
	home := cellOf(t, "8c1f9ed938c4bff")
	coarse, err := home.Parent(10)
	if err != nil {
		t.Fatal(err)
	}
	middle, err := home.Parent(11)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := cellOf(t, "8b2a10721270fff")
	stations := []coverage.Hex{home, home, coarse}
	for _, c := range []struct {
		name    string
		set     *Set
		cell    coverage.Hex
		counted bool
		want    coverage.Scale
	}{
		{"three share one", hexspot1, home, true, 3_333},
		{"the coarse one too", hexspot1, coarse, true, 3_333},
		{"a newcomer would be the fourth", hexspot1, home, false, 2_500},
		{"a newcomer alone", hexspot1, elsewhere, false, 10_000},
		{"counted, but not in the snapshot's cells", hexspot1, elsewhere, true, 10_000},
		{"Helium sees two", helium202605, home, true, 5_000},
		{"and knows no newcomers", helium202605, home, false, 5_000},
		{"a fixed scale where nobody is counted", helium202605, elsewhere, false, 2_000},
		{"a site of resolution 11 is counted", helium202605, middle, false, 5_000},
		{"and for coarse sites", helium202605, coarse, true, 2_000},
	} {
		d, err := c.set.Density(stations)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DefaultParameters(c.set).Scale(d, c.cell, c.counted); err != nil || got != c.want {
			t.Errorf("%s: %d, %v, want %d", c.name, got, err, c.want)
		}
	}
}
