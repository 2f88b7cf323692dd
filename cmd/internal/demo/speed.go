package demo

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Speed is how many seconds of a script pass in one second; zero is as fast as
// the frames are taken.
type Speed float64

// SpeedMax injects as fast as the frames are taken.
const SpeedMax Speed = 0

// UnmarshalText reads a positive number or "max".
func (s *Speed) UnmarshalText(text []byte) error {
	if string(text) == "max" {
		*s = SpeedMax
		return nil
	}
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(n > 0) || math.IsInf(n, 0) {
		return fmt.Errorf(`speed %q: want a positive number or "max"`, text)
	}
	*s = Speed(n)
	return nil
}

// String gives the number or "max".
func (s Speed) String() string {
	if s == SpeedMax {
		return "max"
	}
	return strconv.FormatFloat(float64(s), 'g', -1, 64)
}

// due is how long after its beginning a script at this speed reaches a time.
func (s Speed) due(at time.Duration) time.Duration {
	if s == SpeedMax {
		return 0
	}
	due := float64(at) / float64(s)
	if due > float64(math.MaxInt64/2) {
		return math.MaxInt64 / 2
	}
	return time.Duration(due)
}
