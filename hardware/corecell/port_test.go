package corecell

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// cable is a serial cable of memory, for a synctest bubble: what one end
// writes, the other reads, in the same pieces.
type cable struct {
	toDevice, toHost chan []byte
	unplugged        chan struct{}
	once             sync.Once
}

func newCable() *cable {
	return &cable{make(chan []byte, 64), make(chan []byte, 4096), make(chan struct{}), sync.Once{}}
}

func (c *cable) unplug() { c.once.Do(func() { close(c.unplugged) }) }

// hostEnd is the Port at a cable.
type hostEnd struct {
	*cable
	left   []byte
	closed bool
}

func (h *hostEnd) Read(b []byte) (int, error) {
	if len(h.left) == 0 {
		select {
		case h.left = <-h.toHost:
		case <-h.unplugged:
		case <-time.After(readTimeout):
		}
	}
	n := copy(b, h.left)
	h.left = h.left[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (h *hostEnd) Write(b []byte) (int, error) {
	select {
	case <-h.unplugged:
		return 0, io.ErrClosedPipe
	default:
		h.toDevice <- append([]byte(nil), b...)
		return len(b), nil
	}
}

func (h *hostEnd) Close() error { h.closed = true; return nil }

// tampering puts other pieces in the place of an answer.
type tampering func(answer []byte) [][]byte

// deviceEnd is the other end.
type deviceEnd struct {
	*cable
	tampering atomic.Value // of type tampering
}

func (d *deviceEnd) tamper(f tampering) { d.tampering.Store(f) }

func (d *deviceEnd) Read(b []byte) (int, error) {
	select {
	case request := <-d.toDevice:
		return copy(b, request), nil
	case <-d.unplugged:
		return 0, io.EOF
	}
}

func (d *deviceEnd) Write(b []byte) (int, error) {
	pieces := [][]byte{append([]byte(nil), b...)}
	if tamper, _ := d.tampering.Load().(tampering); tamper != nil {
		pieces = tamper(pieces[0])
	}
	for _, piece := range pieces {
		select {
		case d.toHost <- piece:
		case <-d.unplugged:
		}
	}
	return len(b), nil
}

// bench is a Bus and what it is connected to, within a synctest bubble.
type bench struct {
	bus    *Bus
	host   *hostEnd
	device *deviceEnd
	chip   *chip
}

// onBench runs f in a bubble with everything connected and in order.
func onBench(t *testing.T, f func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newCable()
		b := &bench{host: &hostEnd{cable: c}, device: &deviceEnd{cable: c}, chip: newChip()}
		go Serve(context.Background(), b.device, b.chip, testID)
		defer c.unplug()
		var err error
		if b.bus, err = New(t.Context(), b.host, "usb:cable", slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		f(t, b)
		b.bus.Close()
	})
}
