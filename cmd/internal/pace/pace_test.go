package pace

import (
	"testing"
	"time"
)

func TestBuckets(t *testing.T) {
	p := New[string](2, 3, 2)
	now := time.Unix(1000, 0)
	allowed := func(who string, want bool) {
		t.Helper()
		if got := p.Allow(who, now); got != want {
			t.Errorf("%s at %v: %v", who, now, got)
		}
	}
	for range 3 {
		allowed("a", true)
	}
	allowed("a", false)
	allowed("b", true)
	allowed("c", false) // no bucket for a third
	now = now.Add(500 * time.Millisecond)
	allowed("a", true)
	allowed("a", false)
	allowed("c", false) // b is full again, but it was looked a moment ago
	now = now.Add(500 * time.Millisecond)
	allowed("c", true)
	allowed("a", true)
	allowed("b", false) // its bucket went to c
	if len(p.buckets) != 2 {
		t.Errorf("%d buckets", len(p.buckets))
	}
}
