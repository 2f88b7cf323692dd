package demo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// fakeBox is a box that boots and ends as it is told.
type fakeBox struct {
	boot   time.Duration
	fails  error // of Run, after boot
	counts counts
}

func (b fakeBox) Run(ctx context.Context) error {
	if b.fails != nil {
		if err := waitUntil(ctx, time.Now().Add(b.boot)); err != nil {
			return err
		}
		return b.fails
	}
	<-ctx.Done()
	return ctx.Err()
}

func (b fakeBox) Ready(ctx context.Context) error { return waitUntil(ctx, time.Now().Add(b.boot)) }

func (b fakeBox) Counts() counts { return b.counts }

func (b fakeBox) Name() string { return "" }

func (b fakeBox) CoverageStatus() (hotspot.CoverageStatus, bool) {
	return hotspot.CoverageStatus{}, false
}

func fakeFleet(t *testing.T, boxes ...fakeBox) fleet {
	t.Helper()
	var euis []radio.EUI
	for i := range boxes {
		euis = append(euis, radio.EUI{byte(i + 1)})
	}
	f, err := newFleet(euis, func(c *emulator.Chip) (box, error) { return boxes[c.EUI()[0]-1], nil })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFleetBoots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := fakeFleet(t, fakeBox{boot: time.Second, counts: counts{1, 2, 3, 4}}, fakeBox{boot: 3 * time.Second, counts: counts{10, 20, 30, 40}})
		done := make(chan error)
		go func() { done <- f.awaitReady(t.Context()) }()
		time.Sleep(2 * time.Second)
		if n := f.booted(); n != 1 {
			t.Errorf("%d booted after 2 s", n)
		}
		if err := <-done; err != nil || f.booted() != 2 {
			t.Errorf("%v, %d booted", err, f.booted())
		}
		if got := f.counts(); got != (counts{11, 22, 33, 44}) {
			t.Errorf("counts %v", got)
		}
	})
}

func TestFleetNamesWhoDoesNotBoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := fakeFleet(t, fakeBox{}, fakeBox{boot: time.Hour})
		err := f.awaitReady(t.Context())
		if err == nil || !strings.Contains(err.Error(), "hotspot 0200000000000000 does not receive") {
			t.Errorf("error %v", err)
		}
	})
}

func TestFleetEndsWithTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("a broken box")
		f := fakeFleet(t, fakeBox{}, fakeBox{fails: broken, boot: time.Second})
		if err := f.run(t.Context()); !errors.Is(err, broken) || !strings.Contains(err.Error(), "0200000000000000") {
			t.Errorf("error %v", err)
		}
	})
}

func TestFleetEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := fakeFleet(t, fakeBox{}, fakeBox{}).run(ctx); err != nil {
		t.Errorf("a clean stop is the error %v", err)
	}
}
