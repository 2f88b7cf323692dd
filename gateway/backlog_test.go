package gateway

import (
	"slices"
	"testing"
)

func TestBacklogLimits(t *testing.T) {
	size := int(func() int { f := NewFrame(uplink(0)); return f.size() }())
	for _, c := range []struct {
		name   string
		limits Limits
		want   []int // left of 100 frames, of which the first two are in flight
	}{
		{"frames", Limits{Frames: 5, InFlight: 2}, []int{0, 1, 97, 98, 99}},
		{"bytes", Limits{Bytes: 4*size + 1, InFlight: 2}, []int{0, 1, 98, 99}},
		{"one always fits", Limits{Bytes: 1, InFlight: 2}, []int{0, 1, 99}},
		{"frames more than in flight", Limits{Frames: 1, InFlight: 2}, []int{0, 1, 99}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := newBacklog(c.limits)
			for i := range 100 {
				f := NewFrame(uplink(i))
				q.push(&f)
				if i < 2 {
					q.next()
				}
			}
			var left []int
			for _, f := range q.frames {
				left = append(left, number(f))
			}
			if !slices.Equal(left, c.want) {
				t.Errorf("left %v, want %v", left, c.want)
			}
			if q.bytes != len(left)*size || q.counters.Dropped != uint64(100-len(left)) {
				t.Errorf("%d bytes, %d dropped", q.bytes, q.counters.Dropped)
			}
		})
	}
}
