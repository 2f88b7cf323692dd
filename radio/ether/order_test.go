package ether_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hexspot/radio"
	"hexspot/radio/ether"
)

// town is a set of stations and of what they send, drawn at random.
type town struct {
	stations []ether.Station
	calls    []call
}

// call is a signal, or a window, or (if cut is set) a signal that is cut.
type call struct {
	name   string
	from   int // number of the station
	signal ether.Signal
	window *ether.Window
	cut    time.Duration
}

func drawTown(t *rapid.T) town {
	var w town
	for i := range rapid.IntRange(2, 8).Draw(t, "stations") {
		w.stations = append(w.stations, ether.Station{Name: fmt.Sprintf("s%d", i),
			Concentrator: i == 0 || rapid.Bool().Draw(t, "concentrator"), Demodulators: rapid.IntRange(0, 3).Draw(t, "demodulators"),
			Place: ether.Place{X: rapid.Float64Range(-2000, 2000).Draw(t, "x"), Y: rapid.Float64Range(-2000, 2000).Draw(t, "y")}})
	}
	chains := map[int]uint8{}
	for i := range rapid.IntRange(1, 30).Draw(t, "calls") {
		c := call{name: fmt.Sprintf("f%d", i), from: rapid.IntRange(0, len(w.stations)-1).Draw(t, "from")}
		at := time.Duration(rapid.IntRange(0, 40).Draw(t, "at")) * 5 * time.Millisecond
		m := drawRate(t)
		f := 868_100*radio.KHz + radio.Hertz(rapid.IntRange(0, 2).Draw(t, "channel"))*50*radio.KHz
		if m != nil && rapid.IntRange(0, 4).Draw(t, "window") == 0 {
			c.window = &ether.Window{Frequency: f, Modulation: m, From: at, To: at + 60*time.Millisecond}
		}
		// A chain of its own each time: a busy one refuses whoever comes second.
		chains[c.from]++
		c.signal = ether.Signal{Start: at, Frequency: f, Modulation: m, Chain: chains[c.from],
			EIRP: radio.LevelOf(rapid.Float64Range(0, 27).Draw(t, "dbm")), Payload: []byte(c.name)}
		if m == nil || rapid.IntRange(0, 5).Draw(t, "cut") == 0 {
			c.cut = at + time.Duration(rapid.IntRange(0, 100).Draw(t, "after"))*time.Millisecond
		}
		w.calls = append(w.calls, c)
	}
	return w
}

func drawRate(t *rapid.T) radio.Modulation {
	return rapid.SampledFrom([]radio.Modulation{nil, radio.FSK{BitRate: 50_000},
		radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz}, radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz}, radio.LoRa{SF: 9, Bandwidth: 125 * radio.KHz},
		radio.LoRa{SF: 9, Bandwidth: 250 * radio.KHz}, radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, InvertIQ: true},
		radio.LoRa{SF: 5, Bandwidth: 500 * radio.KHz}}).Draw(t, "rate")
}

// run tells an air of everything, in the order of the lists, and of the time in
// steps (0: all at the end).
func (w town) run(t interface{ Fatal(...any) }, step time.Duration) string {
	air, err := ether.New(ether.Config{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	ids, names := map[string]ether.ID{}, []string{}
	for _, s := range w.stations {
		ids[s.Name] = air.Add(s)
		names = append(names, s.Name)
	}
	var out strings.Builder
	take := func(until time.Duration) {
		for _, a := range air.Ended(until) {
			out.WriteString(arrivalLine(string(a.Signal.Payload), names, a) + "\n")
		}
	}
	now := time.Duration(0)
	for _, c := range w.calls {
		for ; step > 0 && now+step < c.signal.Start; now += step {
			take(now)
		}
		c.tell(t, air, ids)
	}
	for ; step > 0 && now < 500*time.Millisecond; now += step {
		take(now)
	}
	take(time.Minute)
	return out.String()
}

func (c call) tell(t interface{ Fatal(...any) }, air *ether.Ether, ids map[string]ether.ID) {
	c.signal.From = ids[fmt.Sprintf("s%d", c.from)]
	if c.window != nil {
		air.Listen(c.signal.From, *c.window)
		return
	}
	id, err := air.Transmit(c.signal)
	if err != nil {
		t.Fatal(err)
	}
	if c.cut > 0 {
		air.Cut(id, c.cut)
	}
}

// What is heard does not depend on the order in which stations are added and
// signals of one instant are told of, nor on how often the air is asked.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTown(t)
		slices.SortStableFunc(w.calls, func(a, b call) int { return cmp.Compare(a.signal.Start, b.signal.Start) })
		want := w.run(t, 0)

		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 0))
		other := town{slices.Clone(w.stations), slices.Clone(w.calls)}
		r.Shuffle(len(other.stations), func(i, j int) {
			other.stations[i], other.stations[j] = other.stations[j], other.stations[i]
		})
		r.Shuffle(len(other.calls), func(i, j int) { other.calls[i], other.calls[j] = other.calls[j], other.calls[i] })
		if got := other.run(t, 0); got != want {
			t.Fatalf("all told in another order:\n%s\nwant:\n%s", got, want)
		}
		slices.SortStableFunc(other.calls, func(a, b call) int { return cmp.Compare(a.signal.Start, b.signal.Start) })
		for _, step := range []time.Duration{time.Millisecond, 37 * time.Millisecond} {
			if got := other.run(t, step); got != want {
				t.Fatalf("asked every %v:\n%s\nwant:\n%s", step, got, want)
			}
		}
	})
}

// Two that disturb a frame alike: the first by name is called the cause, whoever
// was told of first.
func TestEqualDisturbers(t *testing.T) {
	for _, order := range [][]string{{"east", "west", "wanted"}, {"wanted", "west", "east"}} {
		air := newAir(t, ether.Config{Shadowing: ether.None, Fading: ether.None})
		air.Add(ether.Station{Name: "roof", Concentrator: true})
		ids := map[string]ether.ID{}
		for name, x := range map[string]float64{"east": 300, "west": -300, "wanted": 500} {
			ids[name] = air.Add(ether.Station{Name: name, Place: ether.Place{X: x}})
		}
		for _, name := range order {
			send(t, air, ether.Signal{From: ids[name], Modulation: loraRate(7), EIRP: 1400})
		}
		for _, a := range air.Ended(time.Second) {
			if a.Signal.From == ids["wanted"] && (a.Fate != ether.Collided || a.By != ids["east"]) {
				t.Errorf("told in order %v: %+v", order, a)
			}
		}
	}
}
