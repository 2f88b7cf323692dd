package witness

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

// stationNumbered is one of many stations.
func stationNumbered(t testing.TB, n byte) radio.Station { return testNetwork{t, n}.station() }

func discoveryHeard(tag byte, at Millis) Observation {
	return Observation{Frame: Frame{Type: FrameDiscovery, Tag: Tag{tag}}, Frequency: 868_100_000, SF: 10, Heard: at, Copies: 1}
}

func TestDiscoveries(t *testing.T) {
	timing := schedules["default"].Timing
	owner, ear, other := stationNumbered(t, 1), stationNumbered(t, 2), stationNumbered(t, 3)
	at := timing.Start(40) + 300
	mine := Discovery{Slot: 40, Random: Tag{7}}
	for _, c := range []struct {
		name string
		do   func(*Discoveries) []Echo
		want []radio.Station // that heard it
	}{
		{"announced before it is heard", func(d *Discoveries) []Echo {
			return append(d.Announce(at, owner, mine), d.Hear(at, ear, []Observation{discoveryHeard(7, at)})...)
		}, []radio.Station{ear}},
		{"announced after it was heard by two", func(d *Discoveries) []Echo {
			before := append(d.Hear(at, ear, []Observation{discoveryHeard(7, at)}), d.Hear(at, other, []Observation{discoveryHeard(7, at)})...)
			return append(before, d.Announce(at+earlyFor-1, owner, mine)...)
		}, []radio.Station{ear, other}},
		{"announced too late", func(d *Discoveries) []Echo {
			d.Hear(at, ear, []Observation{discoveryHeard(7, at)})
			d.sweep(at + earlyFor)
			return d.Announce(at+earlyFor, owner, mine)
		}, nil},
		{"reported twice", func(d *Discoveries) []Echo {
			d.Announce(at, owner, mine)
			return d.Hear(at, ear, []Observation{discoveryHeard(7, at), discoveryHeard(7, at)})
		}, []radio.Station{ear}},
		{"announced twice", func(d *Discoveries) []Echo {
			d.Hear(at, ear, []Observation{discoveryHeard(7, at)})
			return append(d.Announce(at, owner, mine), d.Announce(at, owner, mine)...)
		}, []radio.Station{ear}},
		{"announced by somebody who heard it", func(d *Discoveries) []Echo {
			d.Announce(at, owner, mine)
			echoes := d.Announce(at, other, mine)
			return append(echoes, d.Hear(at, ear, []Observation{discoveryHeard(7, at)})...)
		}, []radio.Station{ear}},
		{"other bytes", func(d *Discoveries) []Echo {
			d.Announce(at, owner, mine)
			return d.Hear(at, ear, []Observation{discoveryHeard(8, at)})
		}, nil},
		{"another slot", func(d *Discoveries) []Echo {
			d.Announce(at, owner, mine)
			return d.Hear(at, ear, []Observation{discoveryHeard(7, timing.End(40)+ClockSlack), discoveryHeard(7, timing.Start(40)-ClockSlack-1)})
		}, nil},
		{"the slot as another clock has it", func(d *Discoveries) []Echo {
			d.Announce(at, owner, mine)
			return d.Hear(at, ear, []Observation{discoveryHeard(7, timing.End(40)+ClockSlack-1)})
		}, []radio.Station{ear}},
		{"a beacon with these bytes", func(d *Discoveries) []Echo {
			d.Announce(at, owner, mine)
			o := discoveryHeard(7, at)
			o.Frame.Type = FrameBeacon
			return d.Hear(at, ear, []Observation{o})
		}, nil},
		{"heard by its sender", func(d *Discoveries) []Echo {
			d.Announce(at, owner, mine)
			return d.Hear(at, owner, []Observation{discoveryHeard(7, at)})
		}, nil},
		{"announced when its case is closed", func(d *Discoveries) []Echo {
			d.Hear(at, ear, []Observation{discoveryHeard(7, at)})
			return d.Announce(timing.CaseCloses(40), owner, mine)
		}, nil},
	} {
		var got []radio.Station
		for _, e := range c.do(NewDiscoveries(timing)) {
			if e.To != owner || e.HeardBy.Observation.Frame.Tag != mine.Random {
				t.Errorf("%s: %s is told of %s", c.name, e.To, e.HeardBy.Observation.Frame.Tag)
			}
			got = append(got, e.HeardBy.Station)
		}
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b radio.Station) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDiscoveriesAreBounded(t *testing.T) {
	demo := schedules["demo"].Timing
	d := NewDiscoveries(demo)
	at := demo.Start(40)
	number := func(i int) Tag { return Tag{byte(i), byte(i >> 8), byte(i >> 16)} }
	owner, ear := stationNumbered(t, 1), stationNumbered(t, 2)
	for i := range mostAnnounced + 10 {
		d.Announce(at, owner, Discovery{Slot: 40, Random: number(i)})
	}
	for i := range mostEarlyEach + 10 {
		o := discoveryHeard(0, at)
		o.Frame.Tag = number(1<<20 + i)
		d.Hear(at, ear, []Observation{o})
	}
	if len(d.announced) != mostAnnounced || d.waiting != mostEarlyEach || len(d.early) != mostEarlyEach {
		t.Errorf("%d announced, %d wait", len(d.announced), d.waiting)
	}
	d.sweep(at + earlyFor)
	if len(d.announced)+len(d.early)+len(d.each)+d.waiting != 0 {
		t.Errorf("%d announced, %d wait when all is over", len(d.announced), d.waiting)
	}
}

// TestEachEchoOnce: however announcements and observations come, each station is told
// of once for a beacon, and what is counted is what is kept.
func TestEachEchoOnce(t *testing.T) {
	demo := schedules["demo"].Timing
	stations := []radio.Station{stationNumbered(t, 1), stationNumbered(t, 2), stationNumbered(t, 3)}
	rapid.Check(t, func(t *rapid.T) {
		d, now := NewDiscoveries(demo), demo.Start(40)
		told := map[Echo]bool{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now += Millis(rapid.IntRange(0, 20_000).Draw(t, "pause"))
			s, tag := rapid.SampledFrom(stations).Draw(t, "station"), byte(rapid.IntRange(1, 3).Draw(t, "tag"))
			var echoes []Echo
			if rapid.Bool().Draw(t, "announce") {
				echoes = d.Announce(now, s, Discovery{Slot: demo.SlotAt(now), Random: Tag{tag}})
			} else {
				echoes = d.Hear(now, s, []Observation{discoveryHeard(tag, now)})
			}
			for _, e := range echoes {
				key := Echo{e.To, HeardBy{Station: e.HeardBy.Station, Observation: Observation{Frame: e.HeardBy.Observation.Frame, Heard: e.HeardBy.Observation.Heard}}}
				if told[key] || e.To == e.HeardBy.Station {
					t.Fatalf("%s is told of %s again", e.To, e.HeardBy.Station)
				}
				told[key] = true
			}
		}
		waiting := 0
		for _, list := range d.early {
			waiting += len(list)
		}
		for _, n := range d.each {
			waiting -= n
			d.waiting -= n
		}
		if waiting != 0 || d.waiting != 0 {
			t.Fatal("the counts are not those of what is kept")
		}
	})
}

func TestHeardBy(t *testing.T) {
	full := HeardBy{Station: stationNumbered(t, 2), Observation: discoveryHeard(7, 80_500)}
	far := full.Between(coverage.Position{}, coverage.Position{X: 2 * farthest})
	near := full.Between(coverage.Position{X: 5}, coverage.Position{X: 1005})
	if far.HasDistance || !near.HasDistance || near.Distance != 1000 {
		t.Errorf("far %v, near %v", far.HasDistance, near.Distance)
	}
	for _, h := range []HeardBy{full, near} {
		got, err := ParseHeardBy(h.Append(nil))
		if err != nil || got != h {
			t.Errorf("%+v, %v", got, err)
		}
	}
	for name, spoil := range map[string]func(*HeardBy){
		"no station":     func(h *HeardBy) { h.Station = radio.Station{} },
		"a beacon":       func(h *HeardBy) { h.Observation.Frame.Type = FrameBeacon },
		"out of range":   func(h *HeardBy) { h.Observation.Copies = 0 },
		"endless length": func(h *HeardBy) { h.Distance, h.HasDistance = 5*farthest, true },
	} {
		h := full
		spoil(&h)
		if got, err := ParseHeardBy(h.Append(nil)); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func FuzzParseHeardBy(f *testing.F) {
	f.Add(HeardBy{Station: stationNumbered(f, 2), Observation: discoveryHeard(7, 80_500), HasDistance: true}.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := ParseHeardBy(b); err == nil && string(h.Append(nil)) != string(b) {
			t.Errorf("%x is read as %+v", b, h)
		}
	})
}
