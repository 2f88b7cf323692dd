package radio

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
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
