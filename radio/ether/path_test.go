package ether

import (
	"fmt"
	"math"
	"testing"
)

func TestLoss(t *testing.T) {
	c := Config{}.withDefaults()
	for distance, want := range map[float64]float64{
		0: 45.5, 1: 45.5, 10: 65.5, 100: 85.5, 1000: 120.5, 10_000: 155.5,
	} {
		if got := c.loss(distance); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v m: %v dB, want %v", distance, got, want)
		}
	}
}

// moments are mean and standard deviation.
func moments(list []float64) (mean, deviation float64) {
	for _, x := range list {
		mean += x / float64(len(list))
	}
	for _, x := range list {
		deviation += (x - mean) * (x - mean) / float64(len(list))
	}
	return mean, math.Sqrt(deviation)
}

// Shadowing is log-normal with the deviation that was asked for, belongs to a
// pair and holds both ways; fading adds its own for each frame.
func TestShadowingAndFading(t *testing.T) {
	const n = 20_000
	e, err := New(Config{Seed: 9, Shadowing: 800, Fading: 300})
	if err != nil {
		t.Fatal(err)
	}
	roof := e.stations[e.Add(Station{Name: "roof", Concentrator: true})]
	var shadows, fades []float64
	inside := 0
	for i := range n {
		d := e.stations[e.Add(Station{Name: fmt.Sprint(i), Place: Place{X: 1000}})]
		there, back := decibels(e.link(d, roof)), decibels(e.link(roof, d))
		if there != back {
			t.Fatalf("%v dB one way, %v the other", there, back)
		}
		if got := e.Path(d.id, roof.id).Float(); math.Abs(got-there) > 0.006 {
			t.Fatalf("path %v dB, want %v", got, there)
		}
		f := e.newFlight(Signal{From: d.id, Start: 5}, 1)
		shadows, fades = append(shadows, there+120.5), append(fades, decibels(e.level(f, roof))-there)
		if math.Abs(there+120.5) < 8 {
			inside++
		}
	}
	for what, c := range map[string]struct {
		list []float64
		want float64
	}{"shadowing": {shadows, 8}, "fading": {fades, 3}} {
		mean, deviation := moments(c.list)
		if math.Abs(mean) > 4*c.want/math.Sqrt(n) || math.Abs(deviation-c.want) > 4*c.want/math.Sqrt(2*n) {
			t.Errorf("%s: mean %.3f, deviation %.3f, want 0 and %v", what, mean, deviation, c.want)
		}
	}
	if share := float64(inside) / n; math.Abs(share-0.6827) > 0.014 {
		t.Errorf("%.4f within one deviation", share)
	}
}

func TestMove(t *testing.T) {
	e, err := New(Config{Shadowing: None, Fading: None})
	if err != nil {
		t.Fatal(err)
	}
	roof, car := e.Add(Station{Name: "roof", Concentrator: true}), e.Add(Station{Name: "car", Place: Place{X: 100}})
	gain := func() float64 { return math.Round(decibels(e.link(e.stations[car], e.stations[roof]))*10) / 10 }
	for _, step := range []struct {
		id   ID
		to   Place
		want float64
	}{{car, Place{X: 1000}, -120.5}, {roof, Place{X: 900}, -85.5}, {car, Place{X: 900, Y: 10_000}, -155.5}} {
		if e.Move(step.id, step.to); gain() != step.want {
			t.Errorf("%v to %v: %v dB, want %v", step.id, step.to, gain(), step.want)
		}
	}
	if got := e.Station(car).Place; got != (Place{900, 10_000}) {
		t.Error(got)
	}
}
