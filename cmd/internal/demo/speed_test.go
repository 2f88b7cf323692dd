package demo

import (
	"math"
	"testing"
	"time"
)

func TestSpeedText(t *testing.T) {
	for text, want := range map[string]Speed{"max": SpeedMax, "1": 1, "0.5": 0.5, "1000": 1000, "1e3": 1000} {
		var s Speed
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %v, %v", text, s, err)
		}
		var again Speed
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again != s {
			t.Errorf("%v does not read what it prints: %v", s, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "NaN", "Inf", "fast", "1x", "MAX"} {
		if new(Speed).UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestSpeedDue(t *testing.T) {
	for _, c := range []struct {
		speed    Speed
		at, want time.Duration
	}{
		{SpeedMax, time.Hour, 0},
		{1, time.Hour, time.Hour},
		{60, time.Hour, time.Minute},
		{0.5, time.Second, 2 * time.Second},
		{1e-9, math.MaxInt64, math.MaxInt64 / 2}, // no overflow
	} {
		if got := c.speed.due(c.at); got != c.want {
			t.Errorf("%v at %v: %v, want %v", c.speed, c.at, got, c.want)
		}
	}
}
