package radio

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// figures are what no library has and a golden cannot judge: typed from the
// regional figures of ChirpStack v4 (EIRP), ChirpStack Concentratord (ranges,
// service channels, duty cycle) and RP002 (dwell), not printed by the code.
type figures struct {
	transmit Range
	service  Hertz // above the first multi-SF channel; 0 is none
	rate     string
	eirp     DBm
	permille int
	dwell    Dwell
}

var regionFigures = map[string]figures{
	"US915": {Range{902_000_000, 928_000_000}, 700_000, "SF8BW500", 2100, 1000, Dwell{400 * time.Millisecond, 125_000, false}},
	"AU915": {Range{915_000_000, 928_000_000}, 700_000, "SF8BW500", 3000, 1000, Dwell{400 * time.Millisecond, 125_000, true}},
	"AS923": {Range{915_000_000, 928_000_000}, 1_300_000, "SF7BW250", 1600, 1000, Dwell{400 * time.Millisecond, 0, true}},
	"IN865": {Range{865_000_000, 867_000_000}, 0, "", 3000, 1000, Dwell{}},
	"KR920": {Range{920_900_000, 923_300_000}, 0, "", 2300, 1000, Dwell{}},
	"RU864": {Range{864_000_000, 870_000_000}, 0, "", 1600, 10, Dwell{}},
	"CN470": {Range{470_000_000, 510_000_000}, 0, "", 1900, 1000, Dwell{}},
	"EU433": {Range{433_050_000, 434_900_000}, 0, "", 1200, 100, Dwell{}},
}

func TestRegionFigures(t *testing.T) {
	for _, p := range Plans() {
		region, _, _ := strings.Cut(p.Name, "_")
		want, ok := regionFigures[region]
		if region == "EU868" {
			continue // has sub-bands: TestEU868Figures
		}
		if got := figuresOf(p); !ok || got != want {
			t.Errorf("%s: %+v, want %+v", p.Name, got, want)
		}
		if p.FSK != nil || len(p.SubBands) != 1 || p.SubBands[0].Range != p.Transmit {
			t.Errorf("%s: FSK %v, sub-bands %v in %v", p.Name, p.FSK, p.SubBands, p.Transmit)
		}
	}
}

func figuresOf(p Plan) figures {
	f := figures{transmit: p.Transmit, eirp: p.SubBands[0].MaxEIRP, permille: p.SubBands[0].Permille, dwell: p.Dwell}
	if s := p.Service; s != nil {
		f.service, f.rate = s.Frequency-p.MultiSF[0], LoRa{SF: s.SF, Bandwidth: s.Bandwidth}.String()
	}
	return f
}

// The duty cycle of EN 300 220 with EIRP.
func TestEU868Figures(t *testing.T) {
	p := mustPlan(t, "EU868")
	want := []SubBand{
		{"K", Range{863_000_000, 865_000_000}, 1, 1600},
		{"L", Range{865_000_000, 868_000_000}, 10, 1600},
		{"M", Range{868_000_000, 868_600_000}, 10, 1600},
		{"N", Range{868_700_000, 869_200_000}, 1, 1600},
		{"P", Range{869_400_000, 869_650_000}, 100, 2900},
		{"Q", Range{869_700_000, 870_000_000}, 1000, 900},
		{"R", Range{869_700_000, 870_000_000}, 10, 1600},
	}
	if diff := cmp.Diff(want, p.SubBands); diff != "" {
		t.Error(diff)
	}
	if p.Transmit != (Range{863_000_000, 870_000_000}) || p.Dwell != (Dwell{}) {
		t.Errorf("transmit %v, dwell %v", p.Transmit, p.Dwell)
	}
}
