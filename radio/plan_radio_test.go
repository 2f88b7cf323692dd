package radio

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
		if diff := cmp.Diff(c.want, c.got); diff != "" {
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
