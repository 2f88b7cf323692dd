package witness

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
)

// weighed are weights in which a station and a link have one clue each.
func weighed(t rapid.TB, station, link int64) *Weights {
	a, b, c := sampleStation(t, 0), sampleStation(t, 1), sampleStation(t, 2)
	w := newWeights(&radio.Stations{})
	if station >= 0 {
		w.enter(StationSubject(a), []Clue{{ClueDistance, 80, -900, -1_000, -700, station}, {ClueBalance, 80, 100, 850, 600, whole}})
	}
	if link >= 0 {
		w.enter(LinkSubject(b, c), []Clue{{ClueAnswers, 20, 3_000, 2_000, 4_000, link}})
	}
	return w
}

// TestAWeightBelowHalfIsProvisionalFirst goes through a week: it counts, what it takes is
// noted and, once it is final, no longer.
func TestAWeightBelowHalfIsProvisionalFirst(t *testing.T) {
	p := DefaultParameters(hexspot1)
	subject := StationSubject(sampleStation(t, 0))
	ps, took := Provisions{}, Held{}
	took.Add(subject, subject.A, Holding{Beacon: 5, Witness: 7})
	for day := range Epoch(9) {
		out := ps.Settle(p, 100+day, weighed(t, 4_999, whole), took, nil)
		ps = out.After
		now, ok := ps[subject]
		if !ok || len(ps) != 1 || now.Since != 100 || now.Seen != 100+day || len(out.Released) > 0 {
			t.Fatalf("day %d: %+v, released %v", day, ps, out.Released)
		}
		want := Holding{5 * uint64(day+1), 7 * uint64(day+1)}
		if day >= 7 {
			want = Holding{}
		}
		if now.Final != (day >= 7) || now.Held[subject.A] != want {
			t.Errorf("day %d: final %v, held %+v, want %+v", day, now.Final, now.Held[subject.A], want)
		}
		if turned := map[Epoch]Turn{0: TurnStarted, 7: TurnFinal}[day]; (len(out.Turns) == 1 && out.Turns[0].Turn == turned) != (turned != "") {
			t.Errorf("day %d: turns %+v", day, out.Turns)
		}
	}
}

func TestHalfIsNotProvisional(t *testing.T) {
	out := Provisions{}.Settle(DefaultParameters(hexspot1), 100, weighed(t, half, half), Held{}, nil)
	if len(out.After)+len(out.Turns) != 0 {
		t.Errorf("%+v", out)
	}
}

// TestWhatEndsAProvision: each turn, what it releases, and that a later fall begins anew.
func TestWhatEndsAProvision(t *testing.T) {
	p := DefaultParameters(hexspot1)
	link := LinkSubject(sampleStation(t, 2), sampleStation(t, 1))
	for _, c := range []struct {
		name     string
		after    Epoch
		weight   int64 // of the link; -1: no clue
		appeal   bool
		turn     Turn
		released Holding
	}{
		{"an appeal", 3, 9_000, true, TurnAppealed, Holding{Witness: 40}},
		{"an appeal after the time", 20, 9_000, true, TurnAppealed, Holding{}},
		{"reports", 3, half, false, TurnRecovered, Holding{}},
		{"a day away", 1, -1, false, "", Holding{}},
		{"two generations away", 28, -1, false, TurnForgotten, Holding{}},
	} {
		ps := Provisions{link: {Since: 100, Seen: 100, Weight: 10, Held: map[radio.Station]Holding{link.A: {Witness: 40}}}}
		if c.after >= 7 {
			ps[link] = Provision{Since: 100, Seen: 100, Weight: 10, Final: true}
		}
		out := ps.Settle(p, 100+c.after, weighed(t, -1, c.weight), Held{}, map[Subject]bool{link: c.appeal})
		if out.Released[link.A] != c.released {
			t.Errorf("%s: released %+v, want %+v", c.name, out.Released, c.released)
		}
		if c.turn == "" {
			if len(out.Turns) != 0 || out.After[link].Since != 100 {
				t.Errorf("%s: %+v", c.name, out)
			}
			continue
		}
		if len(out.Turns) != 1 || out.Turns[0].Turn != c.turn || len(out.After) != 0 {
			t.Errorf("%s: %+v", c.name, out)
		}
		again := out.After.Settle(p, 200, weighed(t, -1, 0), Held{}, nil).After[link]
		if again.Since != 200 || again.Final || len(again.Clues) != 1 {
			t.Errorf("%s: a later fall is %+v", c.name, again)
		}
	}
}

// TestNothingHeldIsLostOrMade: over any weeks of weights, appeals and shares, what is
// released was held, only appeals release, and the state is its own text.
func TestNothingHeldIsLostOrMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := DefaultParameters(hexspot1)
		p.ProvisionalEpochs = rapid.Int64Range(1, 4).Draw(t, "time")
		p.LinkEpochs = rapid.Int64Range(1, 3).Draw(t, "generation")
		subjects := []Subject{StationSubject(sampleStation(t, 0)), LinkSubject(sampleStation(t, 1), sampleStation(t, 2))}
		ps, taken, released := Provisions{}, uint64(0), uint64(0)
		for epoch := range Epoch(rapid.IntRange(1, 12).Draw(t, "epochs")) {
			weight := rapid.SampledFrom([]int64{-1, 0, half - 1, half, whole})
			held, accepted := Held{}, map[Subject]bool{}
			for _, s := range subjects {
				h := Holding{rapid.Uint64Max(9).Draw(t, "beacon"), rapid.Uint64Max(9).Draw(t, "witness")}
				held.Add(s, s.A, h)
				taken += h.Beacon + h.Witness
				accepted[s] = rapid.IntRange(0, 3).Draw(t, "appeal") == 0
			}
			text := ps.AppendText(nil)
			out := ps.Settle(p, epoch+1, weighed(t, weight.Draw(t, "station"), weight.Draw(t, "link")), held, accepted)
			if !bytes.Equal(ps.AppendText(nil), text) {
				t.Fatal("the provisions before were changed")
			}
			for _, h := range out.Released {
				released += h.Beacon + h.Witness
			}
			appealed := slices.ContainsFunc(out.Turns, func(x Turned) bool { return x.Turn == TurnAppealed })
			if len(out.Released) > 0 && !appealed {
				t.Fatalf("released %v without an appeal", out.Released)
			}
			ps = out.After
			checkProvisions(t, p, ps, epoch+1)
		}
		if kept := heldIn(ps); released+kept > taken {
			t.Fatalf("%d released and %d kept of %d", released, kept, taken)
		}
	})
}

func checkProvisions(t *rapid.T, p *Parameters, ps Provisions, epoch Epoch) {
	for s, now := range ps {
		if now.Final && now.Held != nil || now.Weight >= half || now.Seen < now.Since || !now.Final && epoch >= now.Ends(&p.Figures) {
			t.Fatalf("epoch %d: %v is %+v", epoch, s, now)
		}
	}
	text := ps.AppendText(nil)
	again, err := ParseProvisions(text)
	if err != nil || !bytes.Equal(again.AppendText(nil), text) {
		t.Fatalf("%v of\n%s", err, text)
	}
}

func heldIn(ps Provisions) uint64 {
	sum := uint64(0)
	for _, p := range ps {
		for h := range maps.Values(p.Held) {
			sum += h.Beacon + h.Witness
		}
	}
	return sum
}

func TestBlame(t *testing.T) {
	v := newVillage(t)
	badLinks[ClueAround](v)
	w := v.weigh()
	if got := w.Blame(v.stations[1], v.stations[0]); got.Subject != StationSubject(v.stations[0]) || got.Weight != w.Link(v.stations[0], v.stations[1]) || got.Rest != whole {
		t.Errorf("the station: %+v", got)
	}
	v = newVillage(t)
	badLinks[ClueAnswers](v)
	w = v.weigh()
	if got := w.Blame(v.stations[1], v.stations[0]); got.Subject != LinkSubject(v.stations[0], v.stations[1]) || got.Weight != 0 || got.Rest != whole {
		t.Errorf("the link: %+v", got)
	}
}

// drawnWeights are those of a beaconer, station 0, and some stations, each with a clue or none.
func drawnWeights(t *rapid.T, stations []radio.Station) *Weights {
	w := newWeights(&radio.Stations{})
	clue := func(name string) []Clue {
		if rapid.Bool().Draw(t, name) {
			return nil
		}
		return []Clue{{Name: ClueAround, Weight: rapid.SampledFrom([]int64{0, 1, 1_000, 3_333, half - 1, half, 9_999, whole}).Draw(t, name)}}
	}
	for _, s := range stations {
		w.enter(StationSubject(s), clue("station"))
		if s != stations[0] {
			w.enter(LinkSubject(stations[0], s), clue("link"))
		}
	}
	return w
}

// TestHeldIsNoMoreThanAnAppealBrings: whatever the weights, what is held of a loss is no more than
// the loss; of a witness, exactly what its link would have without the subject that is blamed; and
// the order of links and of beacons is no matter.
func TestHeldIsNoMoreThanAnAppealBrings(t *testing.T) {
	all := []radio.Station{sampleStation(t, 0), sampleStation(t, 1), sampleStation(t, 2), sampleStation(t, 3)}
	rapid.Check(t, func(t *rapid.T) {
		w := drawnWeights(t, all)
		most := Loss{Beacon: rapid.Uint64Max(1e12).Draw(t, "beacon")}
		selected := rapid.Permutation(all[1:]).Draw(t, "selected")
		for range selected {
			most.Witnesses = append(most.Witnesses, rapid.Uint64Max(1e12).Draw(t, "witness"))
		}
		held, again := Held{}, Held{}
		held.Take(w, all[0], selected, most)
		back := slices.Clone(selected)
		slices.Reverse(back)
		reversed := slices.Clone(most.Witnesses)
		slices.Reverse(reversed)
		again.Take(w, all[0], back, Loss{most.Beacon, reversed})
		if !maps.EqualFunc(held, again, maps.Equal) {
			t.Fatalf("%+v\n%+v", held, again)
		}
		sum := map[radio.Station]Holding{}
		for _, by := range held {
			for s, h := range by {
				sum[s] = sum[s].plus(h)
			}
		}
		if sum[all[0]].Beacon > most.Beacon {
			t.Fatalf("held %+v of %d", sum[all[0]], most.Beacon)
		}
		for i, s := range selected {
			b := w.Blame(all[0], s)
			want := uint64(0)
			if b.Weight < half {
				want = most.Witnesses[i] * (b.Rest - b.Weight) / (whole - b.Weight)
			}
			if b.Weight != w.Link(all[0], s) || b.Rest < b.Weight || sum[s].Witness != want || want > most.Witnesses[i] {
				t.Fatalf("%+v: held %+v, want %d of %d", b, sum[s], want, most.Witnesses[i])
			}
		}
	})
}

// TestTwoBlamedSubjects: where another subject leaves as little, neither appeal alone brings
// anything; where it leaves a fifth, a fifth is held.
func TestTwoBlamedSubjects(t *testing.T) {
	a, b := sampleStation(t, 0), sampleStation(t, 1)
	for other, want := range map[int64]uint64{0: 0, 2_000: 200, whole: 1_000} {
		w := newWeights(&radio.Stations{})
		w.enter(StationSubject(a), []Clue{{Weight: 0}})
		w.enter(StationSubject(b), []Clue{{Weight: other}})
		held := Held{}
		held.Take(w, a, []radio.Station{b}, Loss{1_000, []uint64{1_000}})
		subject := StationSubject(a)
		if held[subject][b].Witness != want || held[subject][a].Beacon != want || len(held) > 1 {
			t.Errorf("the other leaves %d: %+v", other, held)
		}
	}
}

func FuzzParseProvisions(f *testing.F) {
	s := StationSubject(sampleStation(f, 0))
	f.Add(Provisions{
		s: {Since: 3, Seen: 5, Weight: 17, Clues: []Clue{{ClueDistance, 80, -900, -1_000, -700, 17}}, Held: map[radio.Station]Holding{s.A: {1, 2}}},
		LinkSubject(sampleStation(f, 1), sampleStation(f, 2)): {Since: 3, Seen: 5, Final: true},
	}.AppendText(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		ps, err := ParseProvisions(text)
		if err == nil && !bytes.Equal(ps.AppendText(nil), text) {
			t.Errorf("%q gives back %q", text, ps.AppendText(nil))
		}
	})
}
