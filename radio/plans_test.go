package radio

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustPlan(t *testing.T, name string) Plan {
	t.Helper()
	p, err := PlanNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryPlanHolds(t *testing.T) {
	for _, p := range Plans() {
		if n := len(p.MultiSF); n < 1 || n > 8 {
			t.Errorf("%s: %d multi-SF channels", p.Name, n)
		}
		if fault := outOfReach(p); fault != "" {
			t.Errorf("%s: %s", p.Name, fault)
		}
		if fault := beaconFault(p); fault != "" {
			t.Errorf("%s: %s", p.Name, fault)
		}
		if fault := downlinkFault(p); fault != "" {
			t.Errorf("%s: %s", p.Name, fault)
		}
	}
}

// outOfReach holds 125 kHz and FSK channels to 400 kHz, 500 kHz channels to 330 kHz.
func outOfReach(p Plan) string {
	reach := map[Hertz]Hertz{}
	for _, f := range p.MultiSF {
		reach[f] = 400 * KHz
	}
	if p.FSK != nil {
		reach[p.FSK.Frequency] = 400 * KHz
	}
	if p.Service != nil && p.Service.Bandwidth == 500*KHz {
		reach[p.Service.Frequency] = 330 * KHz
	}
	for f, limit := range reach {
		if _, offset, ok := p.Radio(f); !ok || distance(offset) > limit {
			return fmt.Sprintf("%v is %v off its radio", f, offset)
		}
	}
	return ""
}

func beaconFault(p Plan) string {
	if !slices.IsSorted(p.BeaconChannels) || len(p.BeaconChannels) == 0 {
		return "beacon channels are not in ascending order"
	}
	for _, f := range p.BeaconChannels {
		if !slices.Contains(p.MultiSF, f) {
			return fmt.Sprintf("nobody hears a beacon at %v", f)
		}
		if _, ok := p.SubBand(f, p.BeaconMaxEIRP); !ok || !p.Transmit.Contains(f) {
			return fmt.Sprintf("a beacon at %v is not allowed", f)
		}
	}
	return ""
}

func downlinkFault(p Plan) string {
	if _, ok := p.DataRate(Down, p.RX2.DataRate); !ok {
		return "RX2 has no data rate"
	}
	for _, f := range append([]Hertz{p.RX2.Frequency}, p.MultiSF...) {
		rx1, ok := p.RX1Frequency(f)
		if f == p.RX2.Frequency {
			rx1, ok = f, true
		}
		if _, allowed := p.MaxEIRP(rx1); !ok || !allowed || !p.Transmit.Contains(rx1) {
			return fmt.Sprintf("no downlink at %v", rx1)
		}
	}
	return ""
}

// The table of protocol hexspot/1, "Draws": first channel, step, number, cap.
func TestBeaconChannelsOfProtocol(t *testing.T) {
	type row struct {
		name        string
		first, step Hertz
		count       int
		eirp        DBm
	}
	rows := []row{
		{"EU868", 867_100_000, 200_000, 8, 1600},
		{"AS923", 923_200_000, 200_000, 8, 1600}, {"AS923_2", 921_400_000, 200_000, 8, 1600},
		{"AS923_3", 916_600_000, 200_000, 8, 1600}, {"AS923_4", 917_300_000, 200_000, 8, 1600},
		{"KR920", 922_100_000, 200_000, 3, 1400}, {"EU433", 433_175_000, 200_000, 3, 1200},
	}
	for j := range 12 {
		shift := Hertz(j) * 1_600_000
		rows = append(rows, row{fmt.Sprintf("CN470_%d", j), 470_300_000 + shift, 200_000, 8, 1900})
		if j < 8 {
			rows = append(rows, row{fmt.Sprintf("US915_%d", j), 902_300_000 + shift, 200_000, 8, 2100},
				row{fmt.Sprintf("AU915_%d", j), 915_200_000 + shift, 200_000, 8, 3000})
		}
	}
	for _, r := range rows {
		p := mustPlan(t, r.name)
		checkBeacons(t, p, Row{r.first, r.step, r.count}.list(), r.eirp)
	}
	checkBeacons(t, mustPlan(t, "IN865"), []Hertz{865_062_500, 865_402_500, 865_985_000}, 3000)
	checkBeacons(t, mustPlan(t, "RU864"), []Hertz{
		864_100_000, 864_300_000, 864_500_000, 864_700_000, 864_900_000, 868_900_000, 869_100_000,
	}, 1600)
	if want := len(rows) + 2; len(Plans()) != want {
		t.Errorf("%d plans, %d in the protocol", len(Plans()), want)
	}
}

func checkBeacons(t *testing.T, p Plan, want []Hertz, eirp DBm) {
	t.Helper()
	if diff := cmp.Diff(want, p.BeaconChannels); diff != "" || p.BeaconMaxEIRP != eirp {
		t.Errorf("%s: %v, %s", p.Name, p.BeaconMaxEIRP, diff)
	}
}

func TestPlanNamed(t *testing.T) {
	for _, name := range []string{"EU868", "eu868", "Us915_1", "as923", "AS923_4", "cn470_11"} {
		if p, err := PlanNamed(name); err != nil || !strings.EqualFold(p.Name, name) || p.IsZero() || p.Topic() != strings.ToLower(name) {
			t.Errorf("%s: %s, %v", name, p.Name, err)
		}
	}
	for _, name := range []string{"", "EU", "EU868 ", "US915", "US915_8", "AS923_1", "AS923-2", "cn470_12", "Aſ923", "\u212aR920"} {
		p, err := PlanNamed(name)
		if err == nil || !p.IsZero() || !strings.Contains(err.Error(), "EU868, US915_0") {
			t.Errorf("%q: %q, %v", name, p.Name, err)
		}
	}
}

func TestPlanNamesAreUnique(t *testing.T) {
	names := map[string]bool{}
	for _, p := range Plans() {
		if names[p.Name] || p.Name != strings.ToUpper(p.Name) {
			t.Errorf("name %q", p.Name)
		}
		names[p.Name] = true
	}
}

func TestPlansShareNothing(t *testing.T) {
	first := Plans()
	for _, p := range first {
		clear(p.MultiSF)
		clear(p.BeaconChannels)
		clear(p.Uplink)
		clear(p.Downlink)
		clear(p.SubBands)
	}
	for i, p := range Plans() {
		if p.MultiSF[0] == 0 || p.BeaconChannels[0] == 0 || p.Uplink[0] == nil || p.Downlink[0] == nil || p.SubBands[0].Name == "" {
			t.Errorf("%s was changed through another copy", first[i].Name)
		}
	}
}

func TestZeroPlanAllowsNothing(t *testing.T) {
	var p Plan
	if !p.IsZero() {
		t.Error("the zero plan is not zero")
	}
	if _, _, ok := p.Radio(868_100 * KHz); ok {
		t.Error("a radio")
	}
	if _, ok := p.DataRate(Up, 0); ok {
		t.Error("an uplink data rate")
	}
	checkSilent(t, p, 868_100*KHz)
}

func TestReceiveOnlyPlansHearAndSendNothing(t *testing.T) {
	for _, p := range Plans() {
		r := p.ReceiveOnly()
		for _, f := range append([]Hertz{p.RX2.Frequency}, p.MultiSF...) {
			checkSilent(t, r, f)
		}
		r.Transmit, r.SubBands, r.RX1, r.RX2, r.Downlink = p.Transmit, p.SubBands, p.RX1, p.RX2, p.Downlink
		r.BeaconChannels, r.BeaconMaxEIRP = p.BeaconChannels, p.BeaconMaxEIRP
		if diff := cmp.Diff(p, r); diff != "" {
			t.Errorf("%s hears otherwise: %s", p.Name, diff)
		}
	}
}

// checkSilent demands that nothing may be sent at f.
func checkSilent(t *testing.T, p Plan, f Hertz) {
	t.Helper()
	_, answered := p.RX1Frequency(f)
	_, power := p.MaxEIRP(f)
	_, band := p.SubBand(f, -10000)
	_, rate := p.DataRate(Down, p.RX2.DataRate)
	if answered || power || band || rate || p.Transmit.Contains(f) || len(p.BeaconChannels) > 0 {
		t.Errorf("%s at %v: first window %v, power %v, sub-band %v, data rate %v, in %v, beacons at %v",
			p.Name, f, answered, power, band, rate, p.Transmit, p.BeaconChannels)
	}
}

func TestIsPlan(t *testing.T) {
	for _, p := range Plans() {
		if !IsPlan(p.Name) || IsPlan(strings.ToLower(p.Name)) || IsPlan(p.Name+" ") {
			t.Errorf("%s is a plan's name, and no other spelling", p.Name)
		}
	}
	if IsPlan("") {
		t.Error("there is a plan without a name")
	}
}
