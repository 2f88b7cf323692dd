package radio

import (
	"slices"
	"testing"
)

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
