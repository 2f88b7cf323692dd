package radio

import (
	"testing"
)

func TestDataRateNeedsDirection(t *testing.T) {
	cases := []struct {
		plan     string
		index    int
		up, down string // "" is none
	}{
		{"US915_1", 8, "SF5BW125", "SF12BW500"},
		{"US915_1", 0, "SF10BW125", "SF5BW500"},
		{"US915_1", 5, "", ""},
		{"US915_1", 14, "", "SF6BW500"},
		{"AU915_0", 9, "SF6BW125", "SF11BW500"},
		{"AU915_0", 10, "SF5BW125", "SF10BW500"},
		{"AU915_0", 6, "SF8BW500", ""},
		{"EU868", 6, "SF7BW250", "SF7BW250"},
		{"EU868", 7, "FSK50000", "FSK50000"},
		{"EU868", 8, "", ""},
		{"EU868", 13, "SF5BW125", "SF5BW125"},
		{"KR920", 7, "", ""},
		{"IN865", 7, "FSK50000", "FSK50000"},
		{"CN470_3", 6, "SF7BW500", "SF7BW500"},
		{"EU868", -1, "", ""},
		{"EU868", 99, "", ""},
	}
	for _, c := range cases {
		p := mustPlan(t, c.plan)
		for d, want := range map[Direction]string{Up: c.up, Down: c.down} {
			got := ""
			if m, ok := p.DataRate(d, c.index); ok {
				got = m.String()
			}
			if got != want {
				t.Errorf("%s DR%d direction %d: %q, want %q", c.plan, c.index, d, got, want)
			}
		}
	}
}

func TestDownlinkRatesAreInverted(t *testing.T) {
	for _, p := range Plans() {
		for i := range 16 {
			down, _ := p.DataRate(Down, i)
			if m, ok := down.(LoRa); ok && (!m.InvertIQ || !m.NoCRC || m.Validate() != nil) {
				t.Errorf("%s DR%d down: %+v", p.Name, i, m)
			}
			up, _ := p.DataRate(Up, i)
			if m, ok := up.(LoRa); ok && (m.InvertIQ || m.NoCRC || m.Validate() != nil) {
				t.Errorf("%s DR%d up: %+v", p.Name, i, m)
			}
		}
	}
}
