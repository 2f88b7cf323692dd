package radio

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestPlansGolden(t *testing.T) {
	var b strings.Builder
	for _, p := range Plans() {
		printPlan(&b, p)
	}
	golden(t, "plans.golden", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got); look at it, then run with -update:\n%s", name, diff)
	}
}

func printPlan(b *strings.Builder, p Plan) {
	fmt.Fprintf(b, "%s (%s)\n", p.Name, p.Topic())
	fmt.Fprintf(b, "  radios    A %v, B %v\n", p.Radios[0], p.Radios[1])
	for i, f := range p.MultiSF {
		fmt.Fprintf(b, "  multi-SF %d %v%s\n", i, f, placed(p, f))
	}
	if s := p.Service; s != nil {
		fmt.Fprintf(b, "  service   %v %s%s\n", s.Frequency, LoRa{SF: s.SF, Bandwidth: s.Bandwidth}, placed(p, s.Frequency))
	}
	if s := p.FSK; s != nil {
		fmt.Fprintf(b, "  FSK       %v %d bit/s in %d kHz%s\n", s.Frequency, s.BitRate, s.Bandwidth/KHz, placed(p, s.Frequency))
	}
	fmt.Fprintf(b, "  transmit  %v to %v\n", p.Transmit.Min, p.Transmit.Max)
	for _, s := range p.SubBands {
		fmt.Fprintf(b, "  band %-5s %v to %v, %d per mille, %v\n", s.Name, s.Range.Min, s.Range.Max, s.Permille, s.MaxEIRP)
	}
	fmt.Fprintf(b, "  dwell     %v at %v, optional %v\n", p.Dwell.Limit, p.Dwell.Bandwidth, p.Dwell.Optional)
	fmt.Fprintf(b, "  RX2       %v DR%d\n", p.RX2.Frequency, p.RX2.DataRate)
	for _, f := range p.MultiSF {
		rx1, ok := p.RX1Frequency(f)
		fmt.Fprintf(b, "  RX1       %v -> %v %v\n", f, rx1, ok)
	}
	fmt.Fprintf(b, "  up        %s\n  down      %s\n", printRates(p, Up), printRates(p, Down))
	fmt.Fprintf(b, "  beacons   %v at most %v\n\n", p.BeaconChannels, p.BeaconMaxEIRP)
}

func placed(p Plan, f Hertz) string {
	chain, offset, ok := p.Radio(f)
	if !ok {
		return " out of reach"
	}
	return fmt.Sprintf(" = %c %+.1f kHz", 'A'+chain, float64(offset)/float64(KHz))
}

func printRates(p Plan, d Direction) string {
	var list []string
	for i := range 16 {
		if m, ok := p.DataRate(d, i); ok {
			list = append(list, fmt.Sprintf("%d:%s", i, m))
		}
	}
	return strings.Join(list, " ")
}

type place struct {
	Chain  int
	Offset Hertz
}

func places(t *testing.T, p Plan, channels ...Hertz) []place {
	t.Helper()
	list := make([]place, len(channels))
	for i, f := range channels {
		chain, offset, ok := p.Radio(f)
		if !ok {
			t.Errorf("%s: %v is out of reach", p.Name, f)
		}
		list[i] = place{chain, offset}
	}
	return list
}

// The public HAL's SX1250 reference configurations.
func TestReferenceConfigurations(t *testing.T) {
	const a, b = 0, 1
	eu, us := mustPlan(t, "EU868"), mustPlan(t, "US915_1")
	checks := []struct {
		what      string
		got, want []place
	}{
		{"EU868", places(t, eu, eu.MultiSF...), []place{
			{b, -400_000}, {b, -200_000}, {b, 0}, {a, -400_000}, {a, -200_000}, {a, 0}, {a, 200_000}, {a, 400_000},
		}},
		{"EU868 single rate", places(t, eu, eu.Service.Frequency, eu.FSK.Frequency), []place{{b, -200_000}, {b, 300_000}}},
		{"US915_1", places(t, us, us.MultiSF...), []place{
			{a, -400_000}, {a, -200_000}, {a, 0}, {a, 200_000}, {b, -300_000}, {b, -100_000}, {b, 100_000}, {b, 300_000},
		}},
		{"US915_1 single rate", places(t, us, us.Service.Frequency), []place{{a, 300_000}}},
	}
	for _, c := range checks {
		if diff := gocmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
	if us.FSK != nil || *us.Service != (ServiceChannel{904_600 * KHz, 8, 500 * KHz}) {
		t.Errorf("US915_1: service %+v, FSK %+v", us.Service, us.FSK)
	}
	if *eu.Service != (ServiceChannel{868_300 * KHz, 7, 250 * KHz}) || *eu.FSK != (FSKChannel{868_800 * KHz, 125 * KHz, 50_000}) {
		t.Errorf("EU868: service %+v, FSK %+v", eu.Service, eu.FSK)
	}
}

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
	if diff := gocmp.Diff(want, p.BeaconChannels); diff != "" || p.BeaconMaxEIRP != eirp {
		t.Errorf("%s: %v, %s", p.Name, p.BeaconMaxEIRP, diff)
	}
}

func TestPlanNamed(t *testing.T) {
	for _, name := range []string{"EU868", "eu868", "Us915_1", "as923", "AS923_4", "cn470_11"} {
		if p, err := PlanNamed(name); err != nil || !strings.EqualFold(p.Name, name) || p.IsZero() || p.Topic() != strings.ToLower(name) {
			t.Errorf("%s: %s, %v", name, p.Name, err)
		}
	}
	for _, name := range []string{"", "EU", "EU868 ", "US915", "US915_8", "AS923_1", "AS923-2", "cn470_12", "EUſ868"} {
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
	if _, ok := p.RX1Frequency(868_100 * KHz); ok {
		t.Error("a receive window")
	}
	if _, ok := p.MaxEIRP(868_100 * KHz); ok {
		t.Error("a power")
	}
	if _, ok := p.SubBand(868_100*KHz, -10000); ok {
		t.Error("a sub-band")
	}
	if _, ok := p.DataRate(Up, 0); ok {
		t.Error("a data rate")
	}
}

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

func TestSubBands(t *testing.T) {
	cases := []struct {
		f    Hertz
		eirp DBm
		want string // "" is not allowed
	}{
		{868_100 * KHz, 1600, "M"}, {868_100 * KHz, 1601, ""}, {867_100 * KHz, 1400, "L"},
		{869_525 * KHz, 2900, "P"}, {869_525 * KHz, 2901, ""}, {868_800 * KHz, 1600, "N"},
		{863_500 * KHz, 1000, "K"}, {868_650 * KHz, 0, ""}, {869_300 * KHz, 0, ""},
		{869_800 * KHz, 900, "Q"}, {869_800 * KHz, 901, "R"}, {869_800 * KHz, 1601, ""}, {915 * MHz, 0, ""},
	}
	p := mustPlan(t, "EU868")
	for _, c := range cases {
		if s, ok := p.SubBand(c.f, c.eirp); s.Name != c.want || ok != (c.want != "") {
			t.Errorf("%v at %v: %q, want %q", c.f, c.eirp, s.Name, c.want)
		}
	}
	if most, ok := p.MaxEIRP(869_800 * KHz); !ok || most != 1600 {
		t.Errorf("869.8 MHz: %v, want the greater of two rules", most)
	}
	q, _ := p.SubBand(869_800*KHz, 900)
	r, _ := p.SubBand(869_800*KHz, 1400)
	if q.Limited() || !r.Limited() {
		t.Errorf("duty cycle: Q %d, R %d", q.Permille, r.Permille)
	}
}

func TestRadioTakesTheNearest(t *testing.T) {
	p := Plan{Radios: [2]Hertz{867_000 * KHz, 867_600 * KHz}}
	cases := map[Hertz]struct {
		chain  int
		offset Hertz
		ok     bool
	}{
		867_300 * KHz:     {0, 300 * KHz, true}, // as far from both
		867_300*KHz + 1:   {1, -300*KHz + 1, true},
		866_600 * KHz:     {0, -400 * KHz, true},
		866_600*KHz - 1:   {0, 0, false},
		868_000 * KHz:     {1, 400 * KHz, true},
		868_000*KHz + 1:   {0, 0, false},
		-867_000_000_0000: {0, 0, false},
	}
	for f, want := range cases {
		if chain, offset, ok := p.Radio(f); chain != want.chain || offset != want.offset || ok != want.ok {
			t.Errorf("%v: %d %v %v, want %+v", f, chain, offset, ok, want)
		}
	}
}

func TestReceiveOneCountsAcrossRows(t *testing.T) {
	p := Plan{RX1: ReceiveOne{
		Uplinks:  []Row{{First: 100, Step: 10, Count: 3}, {First: 105, Step: 10, Count: 3}},
		Downlink: Row{First: 500, Step: 1, Count: 4},
	}}
	for uplink, want := range map[Hertz]Hertz{100: 500, 120: 502, 105: 503, 115: 500, 125: 501} {
		if got, ok := p.RX1Frequency(uplink); !ok || got != want {
			t.Errorf("%d is answered at %d %v, want %d", uplink, got, ok, want)
		}
	}
}

func TestRowIndex(t *testing.T) {
	r := Row{First: 100, Step: 10, Count: 3}
	var hits []Hertz
	for f := Hertz(0); f < 200; f++ {
		if i, ok := r.Index(f); ok {
			hits = append(hits, f)
			if r.At(i) != f {
				t.Errorf("channel %d is %d, not %d", i, r.At(i), f)
			}
		}
	}
	if !slices.Equal(hits, r.list()) {
		t.Errorf("hits %v", hits)
	}
	if _, ok := (Row{}).Index(0); ok {
		t.Error("the zero row has a channel")
	}
}
