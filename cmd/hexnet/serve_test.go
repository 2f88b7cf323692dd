package main

import (
	"context"
	"errors"
	"testing"
)

// TestBeside: what runs beside ends with what it is beside, and before whoever waits for that goes on;
// its error is told, too.
func TestBeside(t *testing.T) {
	errRun, errOther := errors.New("run"), errors.New("other")
	for name, c := range map[string]struct{ run, other error }{
		"both well": {}, "one fails": {run: errRun}, "the other fails": {other: errOther}, "both fail": {errRun, errOther},
	} {
		ended := false
		err := beside(t.Context(), func(context.Context) error { return c.run }, func(ctx context.Context) error {
			<-ctx.Done()
			ended = true
			return c.other
		})
		if !ended || errors.Is(err, errRun) != (c.run != nil) || errors.Is(err, errOther) != (c.other != nil) {
			t.Errorf("%s: ended %v, %v", name, ended, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := beside(ctx, func(ctx context.Context) error { return ctx.Err() }, func(ctx context.Context) error { return ctx.Err() }); !errors.Is(err, context.Canceled) {
		t.Error("whoever is told to stop before:", err)
	}
}
