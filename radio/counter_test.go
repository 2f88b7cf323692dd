package radio

import (
	"testing"

	"pgregory.net/rapid"
)

func mustUnwrap(t interface{ Fatal(...any) }, c Counter) *Unwrapper {
	u, err := NewUnwrapper(9, c)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestUnwrapper(t *testing.T) {
	const period = 1 << 27 // microseconds of the SX1302's counter
	u := mustUnwrap(t, SX1302Counter())
	steps := []struct {
		what  string
		step  func(uint64) Timestamp
		ticks uint64
		want  uint64
	}{
		{"first reading, near the end", u.Advance, 1<<32 - 3200, 2*period - 100},
		{"stamp before the first reading", u.Stamp, 1<<32 - 6400, 2*period - 200},
		{"stamp after it, over the wrap", u.Stamp, 320, 2*period + 10},
		{"the same reading", u.Advance, 1<<32 - 3200, 2*period - 100},
		{"over the wrap", u.Advance, 3200, 2*period + 100},
		{"stamp just before the wrap", u.Stamp, 1<<32 - 32, 2*period - 1},
		{"stamp just after the wrap", u.Stamp, 0, 2 * period},
		{"part of a microsecond", u.Stamp, 31, 2 * period},
		{"almost a period on", u.Advance, 3168, 3*period + 99},
		{"bits above the period", u.Stamp, 1<<40 | 3200, 3*period + 100},
	}
	for _, s := range steps {
		if got := s.step(s.ticks); got != (Timestamp{9, s.want}) {
			t.Errorf("%s: %v, want %d", s.what, got, s.want)
		}
	}
	if u.Latest() != (Timestamp{9, 3*period + 99}) {
		t.Errorf("latest reading %v", u.Latest())
	}
}

func TestUnwrapperBeforeFirstReading(t *testing.T) {
	u := mustUnwrap(t, MicrosCounter())
	if got := []Timestamp{u.Stamp(5), u.Latest()}; got[0] != (Timestamp{}) || got[1] != (Timestamp{}) {
		t.Errorf("timestamps from nowhere: %v", got)
	}
	if got := u.Advance(0); got != (Timestamp{9, 1 << 32}) {
		t.Errorf("first reading 0: %v", got)
	}
	if got := u.Stamp(1<<32 - 15_000); got != (Timestamp{9, 1<<32 - 15_000}) {
		t.Errorf("stamp below zero: %v", got)
	}
}

func TestZeroUnwrapper(t *testing.T) {
	var u Unwrapper
	for _, got := range []Timestamp{u.Advance(5), u.Stamp(5), u.Latest()} {
		if !got.IsZero() {
			t.Errorf("timestamp %v", got)
		}
	}
}

func TestNewUnwrapperRefuses(t *testing.T) {
	if _, err := NewUnwrapper(0, SX1302Counter()); err == nil {
		t.Error("session 0")
	}
	for _, c := range []Counter{{}, {1, 1}, {1 << 32, 0}, {1<<48 + 1, 1}} {
		if _, err := NewUnwrapper(1, c); err == nil {
			t.Errorf("%+v", c)
		}
	}
}

// A true clock runs; its low bits are read now and then, and packets are stamped
// before and after the readings. The unwrapped times differ as the true ones do.
func TestUnwrapperFollowsTheClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Counter{
			Period:        rapid.SampledFrom([]uint64{2, 3, 1000, 1 << 16, 1 << 32, 1 << 48}).Draw(t, "period"),
			TicksPerMicro: 1,
		}
		u := mustUnwrap(t, c)
		start := rapid.Uint64Max(c.Period-1).Draw(t, "start") + c.Period
		clock := start
		u.Advance(clock % c.Period)
		zero := u.Latest().Micros - clock
		for range rapid.IntRange(1, 50).Draw(t, "readings") {
			clock += rapid.Uint64Max(c.Period-1).Draw(t, "step")
			if got := u.Advance(clock % c.Period).Micros; got != clock+zero {
				t.Fatalf("reading %d gives %d, off by %d", clock, got, got-clock-zero)
			}
			past := clock - rapid.Uint64Max(c.Period/2).Draw(t, "past")
			if got := u.Stamp(past % c.Period).Micros; 2*(clock-past) < c.Period && got != past+zero {
				t.Fatalf("stamp %d before %d gives %d", past, clock, got)
			}
			soon := clock + rapid.Uint64Max((c.Period-1)/2).Draw(t, "soon")
			if got := u.Stamp(soon % c.Period).Micros; soon-clock < c.Period/2 && got != soon+zero {
				t.Fatalf("stamp %d after %d gives %d", soon, clock, got)
			}
		}
	})
}

func TestUnwrapperKeepsTheHardwaresMicroseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := mustUnwrap(t, SX1302Counter())
		for range rapid.IntRange(1, 20).Draw(t, "readings") {
			ticks := uint64(rapid.Uint32().Draw(t, "ticks"))
			if got := u.Advance(ticks).Micros; got%(1<<27) != ticks/32 {
				t.Fatalf("%d ticks give %d µs", ticks, got)
			}
		}
	})
}
