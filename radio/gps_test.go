package radio

import (
	"testing"
	"time"
)

func TestGPSTime(t *testing.T) {
	// 2016-12-31 23:59:60 was the latest leap second; GPS week 2086 began on 2019-12-29.
	if got := GPSTime(time.Date(2019, 12, 29, 0, 0, 0, 0, time.UTC)); got != 2086*7*24*time.Hour+18*time.Second {
		t.Errorf("the beginning of GPS week 2086 is %v", got)
	}
}

func TestGPSReference(t *testing.T) {
	r := GPSReference{At: Timestamp{Session: 7, Micros: 10_000_000}, GPS: 1000 * time.Second, Drift: 2000}
	cases := map[time.Duration]uint64{
		1000 * time.Second:        10_000_000,
		1128 * time.Second:        138_000_256,
		999500 * time.Millisecond: 9_499_999, // rounded down
	}
	for gps, want := range cases {
		if got := r.Timestamp(gps); got != (Timestamp{7, want}) {
			t.Errorf("%v: %v, want %d", gps, got, want)
		}
	}
	if got := (GPSReference{}).Timestamp(time.Hour); !got.IsZero() {
		t.Errorf("without a reference: %v", got)
	}
}
