package radio

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimestampAdd(t *testing.T) {
	cases := []struct {
		from uint64
		d    time.Duration
		want uint64
	}{
		{100, 0, 100}, {100, time.Second, 1_000_100}, {100, -100 * time.Microsecond, 0}, {100, -101 * time.Microsecond, 0},
		{100, 1999, 101}, {100, -1, 99}, {100, -1000, 99}, {100, -1001, 98},
		{math.MaxUint64 - 5, 6 * time.Microsecond, math.MaxUint64}, {0, math.MinInt64, 0},
		{math.MaxUint64, math.MaxInt64, math.MaxUint64},
	}
	for _, c := range cases {
		got := Timestamp{Session: 7, Micros: c.from}.Add(c.d)
		if got != (Timestamp{Session: 7, Micros: c.want}) {
			t.Errorf("%d + %v = %v, want %d", c.from, c.d, got, c.want)
		}
	}
	if got := (Timestamp{Micros: 5}).Add(time.Second); got != (Timestamp{}) {
		t.Errorf("no timestamp and a second is %v", got)
	}
}

func TestTimestampSub(t *testing.T) {
	at := func(session, micros uint64) Timestamp { return Timestamp{session, micros} }
	cases := []struct {
		a, b Timestamp
		want time.Duration
		ok   bool
	}{
		{at(1, 500), at(1, 200), 300 * time.Microsecond, true},
		{at(1, 200), at(1, 500), -300 * time.Microsecond, true},
		{at(1, 500), at(2, 200), 0, false},
		{at(0, 500), at(0, 200), 0, false},
		{at(1, math.MaxInt64/1000), at(1, 0), math.MaxInt64 / 1000 * time.Microsecond, true},
	}
	for _, c := range cases {
		if got, ok := c.a.Sub(c.b); got != c.want || ok != c.ok {
			t.Errorf("%v - %v = %v %v, want %v %v", c.a, c.b, got, ok, c.want, c.ok)
		}
	}
	for _, pair := range [][2]Timestamp{{at(1, math.MaxInt64/1000+1), at(1, 0)}, {at(1, 0), at(1, math.MaxUint64)}} {
		if d, ok := pair[0].Sub(pair[1]); ok {
			t.Errorf("%v - %v = %v", pair[0], pair[1], d)
		}
	}
}

func TestTimestampSubUndoesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Timestamp{rapid.Uint64Min(1).Draw(t, "session"), rapid.Uint64Range(1<<40, 1<<60).Draw(t, "micros")}
		d := time.Duration(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "micros later")) * time.Microsecond
		if got, ok := a.Add(d).Sub(a); !ok || got != d {
			t.Fatalf("%v %v, want %v", got, ok, d)
		}
	})
}

func TestTimestampString(t *testing.T) {
	if got := (Timestamp{0x90cdd42e4d10e39d, 128_000_123}).String(); got != "90cdd42e4d10e39d/128000123" {
		t.Error(got)
	}
	if got := (Timestamp{Micros: 3}).String(); got != "none" {
		t.Error(got)
	}
}

func TestContext(t *testing.T) {
	got := AppendContext([]byte{0xaa}, Timestamp{0x0102030405060708, 0x1112131415161718})
	if want := "aa01020304050607081112131415161718"; hex.EncodeToString(got) != want {
		t.Errorf("%x, want %s", got, want)
	}
	for _, n := range []int{0, 4, 15, 17} {
		if _, err := ParseContext(bytes.Repeat([]byte{1}, n)); err == nil {
			t.Errorf("%d bytes accepted", n)
		}
	}
	if _, err := ParseContext(make([]byte, 16)); err == nil {
		t.Error("session 0 accepted")
	}
}

func FuzzParseContext(f *testing.F) {
	f.Add([]byte("0123456789abcdef"))
	f.Add([]byte{0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		if ts, err := ParseContext(b); err == nil && !bytes.Equal(AppendContext(nil, ts), b) {
			t.Errorf("%x gives back %x", b, AppendContext(nil, ts))
		}
	})
}
