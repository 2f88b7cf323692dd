package ether

import (
	"testing"

	"hexspot/radio"
)

func chirp(sf radio.SpreadingFactor, kHz radio.Hertz) radio.LoRa {
	return radio.LoRa{SF: sf, Bandwidth: kHz * radio.KHz}
}

func TestThresholds(t *testing.T) {
	inverted := chirp(9, 125)
	inverted.InvertIQ = true
	fsk := radio.FSK{BitRate: 50_000}
	for _, c := range []struct {
		wanted, other radio.Modulation
		want          float64
	}{
		{chirp(9, 125), chirp(9, 125), 6},
		{inverted, inverted, 6},
		{chirp(7, 125), chirp(9, 250), 6}, // 125²/2^7 = 250²/2^9
		{chirp(9, 125), inverted, -12.5},  // the noise's is worse than the row's -13
		{chirp(9, 125), chirp(9, 250), -12.5},
		{chirp(7, 125), chirp(12, 125), -9},
		{chirp(12, 125), chirp(7, 125), -25},
		{chirp(12, 125), chirp(5, 125), -25},
		{chirp(8, 125), chirp(8, 500), -10},
		{chirp(5, 125), chirp(6, 125), -2.5},
		{chirp(6, 125), chirp(12, 125), -5},
		{chirp(12, 125), fsk, -20},
		{chirp(10, 125), nil, -15},
		{fsk, chirp(7, 125), 8},
		{fsk, fsk, 8},
	} {
		if got := kindOf(c.wanted).over(kindOf(c.other)); got != c.want {
			t.Errorf("%v over %v: %v dB, want %v", c.wanted, c.other, got, c.want)
		}
	}
}

func TestBands(t *testing.T) {
	const f = 868_100 * radio.KHz
	here := Signal{Frequency: f, Modulation: chirp(7, 125)}
	for _, c := range []struct {
		other Signal
		want  float64
	}{
		{here, 1},
		{Signal{Frequency: f, Modulation: chirp(7, 250)}, 0.5},
		{Signal{Frequency: f, Modulation: chirp(7, 500)}, 0.25},
		{Signal{Frequency: f + 25*radio.KHz, Modulation: chirp(12, 125)}, 0.8},
		{Signal{Frequency: f - 25*radio.KHz, Modulation: chirp(12, 125)}, 0.8},
		{Signal{Frequency: f + 150*radio.KHz, Modulation: chirp(7, 250)}, 37.5 / 250},
		{Signal{Frequency: f + 200*radio.KHz, Modulation: chirp(7, 125)}, 0},
		{Signal{Frequency: f, Modulation: radio.FSK{BitRate: 50_000, Deviation: 25 * radio.KHz}}, 1},
		{Signal{Frequency: f + 62*radio.KHz}, 1},
		{Signal{Frequency: f + 63*radio.KHz}, 0},
	} {
		if got := bandOf(here).share(bandOf(c.other)); got != c.want {
			t.Errorf("%v at %v: %v, want %v", c.other.Modulation, c.other.Frequency, got, c.want)
		}
	}
}

func TestTunes(t *testing.T) {
	const f = 868_100 * radio.KHz
	for _, c := range []struct {
		m    radio.Modulation
		away radio.Hertz
		want bool
	}{
		{chirp(7, 125), 31_250, true}, {chirp(7, 125), -31_251, false}, {chirp(7, 500), 125_000, true},
		{radio.FSK{BitRate: 50_000}, -25_000, true}, {radio.FSK{BitRate: 50_000}, 25_001, false},
	} {
		if got := kindOf(c.m).tunes(f, f+c.away); got != c.want {
			t.Errorf("%v, %v away: %v", c.m, c.away, got)
		}
	}
}
