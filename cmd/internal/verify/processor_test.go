package verify

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// TestPayingIsCountedByItself by a clock that goes on by a second whenever it is looked at: a
// second for each case, and one for each file behind them. Nothing else looks at it.
func TestPayingIsCountedByItself(t *testing.T) {
	c := mustCountry(t)
	in := c.inputs(1, c.records[1])
	var now atomic.Int64
	in.Processor = func() time.Duration { return time.Duration(now.Add(1)) * time.Second }
	in.Workers = 1
	s, err := Epoch(t.Context(), in, filepath.Join(t.TempDir(), "result"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Cases == 0 || s.Paying != time.Duration(s.Cases)*time.Second || s.Closing != 2*time.Second || now.Load() != 2*(s.Cases+2) {
		t.Errorf("%d cases, paying %v, closing %v, clock %d", s.Cases, s.Paying, s.Closing, now.Load())
	}
	in.Processor = nil
	if s, err = Epoch(t.Context(), in, filepath.Join(t.TempDir(), "again")); err != nil || s.Paying != 0 || s.Closing != 0 {
		t.Errorf("without a clock: %v, %v, %v", s.Paying, s.Closing, err)
	}
}

// TestWhatFailsIsCountedToo, and its error handed on.
func TestWhatFailsIsCountedToo(t *testing.T) {
	var p processorTime
	now, fault := time.Duration(0), errors.New("no")
	err := p.count(func() time.Duration { now += time.Second; return now }, func() error { now += time.Minute; return fault })
	if err != fault || p.took() != time.Minute+time.Second {
		t.Errorf("%v in %v", err, p.took())
	}
}
