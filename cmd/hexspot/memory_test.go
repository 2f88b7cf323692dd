package main

import (
	"runtime/debug"
	"testing"
)

// TestCollectEarly: the environment has the last word.
func TestCollectEarly(t *testing.T) {
	for _, c := range []struct {
		environment string
		want        int
	}{{"", gcPercent}, {"70", 100}} {
		t.Setenv("GOGC", c.environment)
		before := debug.SetGCPercent(100)
		collectEarly()
		if got := debug.SetGCPercent(before); got != c.want {
			t.Errorf("GOGC %q: %d percent, want %d", c.environment, got, c.want)
		}
	}
}
