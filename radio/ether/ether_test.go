package ether_test

import (
	"errors"
	"testing"
	"time"

	"hexspot/radio"
	"hexspot/radio/ether"
)

func TestConfigValidate(t *testing.T) {
	for _, c := range []ether.Config{{}, {Exponent: 2, Shadowing: 400}, {Exponent: 4.5, Shadowing: 1200}, {Shadowing: ether.None, Fading: ether.None}} {
		if _, err := ether.New(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, c := range []ether.Config{{Exponent: 1}, {Exponent: 7}, {Reference: -1}, {Reference: 20_000}, {Loss: -1}, {Loss: 30_000},
		{Shadowing: -2}, {Shadowing: 2001}, {Fading: -300}} {
		if _, err := ether.New(c); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}

func TestSignalsThatCannotBe(t *testing.T) {
	air := newAir(t, ether.Config{})
	id := air.Add(ether.Station{Name: "a"})
	air.Ended(time.Second)
	for name, s := range map[string]ether.Signal{
		"nobody's":       {From: 5, Start: time.Second, Modulation: loraRate(7)},
		"negative":       {From: ether.Nobody, Start: time.Second, Modulation: loraRate(7)},
		"before time":    {From: id, Start: -1, Modulation: loraRate(7)},
		"no such rate":   {From: id, Start: time.Second, Modulation: radio.LoRa{SF: 13, Bandwidth: 125 * radio.KHz}},
		"no bit rate":    {From: id, Start: time.Second, Modulation: radio.FSK{}},
		"no such thing":  {From: id, Start: time.Second, Modulation: strange{}},
		"lies in past":   {From: id, Start: 0, Modulation: loraRate(7)},
		"carrier's past": {From: id, Start: -1},
	} {
		if _, err := air.Transmit(s); err == nil || errors.Is(err, ether.ErrPast) != (name == "lies in past") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, any := air.Next(); any {
		t.Error("something is on the air")
	}
}

func TestNext(t *testing.T) {
	air := newAir(t, ether.Config{})
	a, b := air.Add(ether.Station{Name: "a"}), air.Add(ether.Station{Name: "b"})
	m := loraRate(7)
	long, _ := air.Transmit(ether.Signal{From: a, Modulation: loraRate(12)})
	air.Transmit(ether.Signal{From: b})
	short, _ := air.Transmit(ether.Signal{From: b, Chain: 1, Start: time.Second, Modulation: m})
	expect := func(want time.Duration) {
		t.Helper()
		if got, any := air.Next(); !any || got != want {
			t.Errorf("next at %v, want %v", got, want)
		}
	}
	expect(loraRate(12).TimeOnAir(0))
	air.Cut(long, time.Millisecond)
	expect(time.Millisecond)
	air.Ended(time.Millisecond)
	expect(time.Second + m.TimeOnAir(0))
	air.Cut(short, time.Hour) // after its end: nothing
	expect(time.Second + m.TimeOnAir(0))
	air.Ended(time.Minute)
	if got, any := air.Next(); any {
		t.Errorf("next at %v, but only a carrier is left", got)
	}
}

// A signal of which the air hears late still counts for what is not decided.
func TestToldLate(t *testing.T) {
	air := newAir(t, ether.Config{Shadowing: ether.None, Fading: ether.None})
	air.Add(ether.Station{Name: "roof", Concentrator: true})
	near, far := air.Add(ether.Station{Name: "near", Place: ether.Place{X: 100}}), air.Add(ether.Station{Name: "far", Place: ether.Place{X: 900}})
	send(t, air, ether.Signal{From: far, Modulation: loraRate(12), EIRP: 1400, Payload: make([]byte, 20)})
	if got := air.Ended(800 * time.Millisecond); len(got) != 0 {
		t.Fatal(got)
	}
	send(t, air, ether.Signal{From: near, Start: 700 * time.Millisecond, Modulation: loraRate(12), EIRP: 1400, Payload: make([]byte, 20)})
	got := air.Ended(time.Minute)
	if len(got) != 2 || got[0].Fate != ether.Collided || got[0].By != near {
		t.Errorf("%+v", got)
	}
}

// An air that runs for a day holds no more than what is on it.
func TestForgets(t *testing.T) {
	air := newAir(t, ether.Config{})
	air.Add(ether.Station{Name: "roof", Concentrator: true})
	id := air.Add(ether.Station{Name: "a", Place: ether.Place{X: 500}})
	for i := range 2000 {
		at := time.Duration(i) * time.Second
		air.Listen(id, ether.Window{Frequency: 1, Modulation: loraRate(9), From: at, To: at + time.Second})
		send(t, air, ether.Signal{From: id, Start: at, Modulation: loraRate(7), EIRP: 1400})
		air.Ended(at)
	}
	if held := air.Held(); held > 200 {
		t.Errorf("%d signals and windows held", held)
	}
}

// strange is a modulation the air does not know.
type strange struct{}

func (strange) TimeOnAir(int) time.Duration { return time.Second }
func (strange) String() string              { return "strange" }
