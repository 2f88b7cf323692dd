package radio

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func multi(frequencies ...Hertz) (list []Channel) {
	for _, f := range frequencies {
		list = append(list, Channel{Frequency: f, Bandwidth: 125 * KHz, SFs: []SpreadingFactor{7, 8, 9, 10, 11, 12}})
	}
	return list
}

func wide(f Hertz) Channel {
	return Channel{Frequency: f, Bandwidth: 250 * KHz, SFs: []SpreadingFactor{7}}
}

func shift(f Hertz) Channel {
	return Channel{Frequency: f, Bandwidth: 125 * KHz, BitRate: 50_000}
}

// channels are what a plan receives on, as a network would ask for it.
func (p Plan) channels() []Channel {
	list := multi(p.MultiSF...)
	if s := p.Service; s != nil {
		list = append(list, Channel{Frequency: s.Frequency, Bandwidth: s.Bandwidth, SFs: []SpreadingFactor{s.SF}})
	}
	if s := p.FSK; s != nil {
		list = append(list, Channel{Frequency: s.Frequency, Bandwidth: s.Bandwidth, BitRate: s.BitRate})
	}
	return list
}

// TestEveryPlanCanBeAskedFor: the channels of each region can be set by hand, and
// nothing but the radios' centres may differ then.
func TestEveryPlanCanBeAskedFor(t *testing.T) {
	for _, want := range Plans() {
		got, err := Plan{}.WithChannels(want.channels())
		if err != nil {
			t.Errorf("%s: %v", want.Name, err)
			continue
		}
		all := want
		all.MultiSF, all.Service, all.FSK = nil, nil, nil
		if all, err = all.WithChannels(want.channels()); err != nil || all.Radios != got.Radios {
			t.Errorf("%s: %v, radios %v and %v", want.Name, err, all.Radios, got.Radios)
		}
		all.Radios = want.Radios
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("%s: %s", want.Name, diff)
		}
	}
}

func TestWithChannelsPlacesRadios(t *testing.T) {
	for _, c := range []struct {
		name     string
		channels []Channel
		want     [2]Hertz
	}{
		{"one", multi(868_100_000), [2]Hertz{868_100_000, 868_100_000}},
		{"three", multi(868_500_000, 868_100_000, 868_300_000), [2]Hertz{868_100_000, 868_400_000}},
		{"eight", multi(eight(902_300 * KHz)...), [2]Hertz{902_600_000, 903_400_000}},
		{"two at the limit", multi(867_000_000, 867_800_000, 868_000_000, 868_800_000), [2]Hertz{867_400_000, 868_400_000}},
		{"India", multi(865_062_500, 865_402_500, 865_985_000), [2]Hertz{865_232_500, 865_985_000}},
	} {
		p, err := Plan{Name: "X"}.WithChannels(c.channels)
		if err != nil || p.Radios != c.want || p.Name != "X" {
			t.Errorf("%s: %v %v, want %v (%v)", c.name, p.Name, p.Radios, c.want, err)
		}
	}
}

func TestWithChannelsRefuses(t *testing.T) {
	one := multi(868_100_000)
	for _, c := range []struct {
		name     string
		channels []Channel
		want     string
	}{
		{"none", nil, "none of them"},
		{"only FSK", []Channel{shift(868_800_000)}, "none of them"},
		{"nine", multi(slices.Concat(eight(867_100*KHz), []Hertz{868_900_000})...), "channel 8 at 868.9 MHz: want at most 8"},
		{"twice", multi(868_100_000, 868_100_000), "channel 1 at 868.1 MHz: the channel is there twice"},
		{"too far apart", multi(867_000_000, 867_800_001, 868_900_000, 869_700_001), "out of reach"},
		{"three groups", multi(863_000_000, 866_000_000, 869_000_000), "out of reach"},
		{"two wide", append(one, wide(868_300_000), wide(868_500_000)), "at most one LoRa channel of 250"},
		{"wide with two", append(one, Channel{Frequency: 1, Bandwidth: 500 * KHz, SFs: []SpreadingFactor{7, 8}}), "2 spreading factors: want 1"},
		{"bandwidth", append(one, Channel{Frequency: 1, Bandwidth: 203 * KHz, SFs: []SpreadingFactor{7}}), "203000 Hz"},
		{"spreading factor", append(one, Channel{Frequency: 1, Bandwidth: 125 * KHz, SFs: []SpreadingFactor{13}}), "13"},
		{"two FSK", append(one, shift(868_800_000), shift(868_600_000)), "at most one FSK"},
		{"bit rate", append(one, Channel{Frequency: 1, Bandwidth: 125 * KHz, BitRate: 1 << 31}), "bit rate"},
	} {
		p, err := Plan{Name: "X"}.WithChannels(c.channels)
		if err == nil || !strings.Contains(err.Error(), c.want) || !p.IsZero() {
			t.Errorf("%s: error %v, plan %q, want %q", c.name, err, p.Name, c.want)
		}
	}
}

// TestCentresAreTheBest: whatever can be reached with any two centres is reached.
func TestCentresAreTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Range(863_000_000, 870_000_000).Draw(t, "a"), rapid.Int64Range(863_000_000, 870_000_000).Draw(t, "b")
		n := rapid.IntRange(1, 8).Draw(t, "n")
		var list []Hertz
		for range n {
			centre := rapid.SampledFrom([]int64{a, b}).Draw(t, "centre")
			f := Hertz(centre + rapid.Int64Range(-400_000, 399_999).Draw(t, "offset"))
			if !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
		if _, err := (Plan{}).WithChannels(multi(list...)); err != nil {
			t.Fatalf("radios at %d and %d reach %v, but: %v", a, b, list, err)
		}
	})
}

func FuzzWithChannels(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		var channels []Channel
		for len(data) >= 4 && len(channels) < 64 {
			c := Channel{Frequency: 868*MHz + Hertz(int8(data[0]))*10*KHz, Bandwidth: Hertz(data[1]) * 25 * KHz, BitRate: uint32(data[2]) << 10}
			for i := range data[3] % 3 {
				c.SFs = append(c.SFs, SpreadingFactor(data[2])+SpreadingFactor(i))
			}
			channels, data = append(channels, c), data[4:]
		}
		p, err := Plan{Name: "X"}.WithChannels(channels)
		if err != nil {
			return
		}
		if got := len(p.frequencies()); got != len(channels) {
			t.Errorf("%d channels of %d", got, len(channels))
		}
		for _, c := range p.frequencies() {
			if _, _, ok := p.Radio(c); !ok {
				t.Errorf("%v is out of reach of %v", c, p.Radios)
			}
		}
	})
}
