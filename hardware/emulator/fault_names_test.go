package emulator

import (
	"strings"
	"testing"
)

func TestParseFaults(t *testing.T) {
	cases := []struct {
		list  string
		want  Faults
		fault string // "" is good
	}{
		{"", Faults{}, ""},
		{"stall no_pps", Faults{Stall: true, NoPPS: true}, ""},
		{"agc_stuck=3 arb_version=9", Faults{AGCStuck: 3, ARBVersion: 9}, ""},
		{"stall=false", Faults{}, ""},
		{"agc_stuck", Faults{}, "want agc_stuck=N"},
		{"agc_stuck=256", Faults{}, "0 to 255"},
		{"agc_stuck=-1", Faults{}, "0 to 255"},
		{"stall=1", Faults{}, "takes no number"},
		{"smoke", Faults{}, "known are version_zero, "},
		{`stall=true,"no_pps":true`, Faults{}, "takes no number"},
		{"=", Faults{}, "unknown"},
	}
	for _, c := range cases {
		got, err := ParseFaults(strings.Fields(c.list))
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v, want %q", c.list, err, c.fault)
		}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.list, got, c.want)
		}
	}
}

func TestEveryFaultHasAName(t *testing.T) {
	names, valued := FaultNames()
	for _, name := range names {
		text := name
		if valued[name] {
			text += "=1"
		}
		if f, err := ParseFaults([]string{text}); err != nil || f == (Faults{}) {
			t.Errorf("%s: %+v, %v", text, f, err)
		}
	}
}
