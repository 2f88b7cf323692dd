// Package storetest is what every gateway.Store must do, as a test. It is never
// linked into a program.
package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"hexspot/gateway"
	"hexspot/radio"
)

// Run tests a store; open gives a new, empty one.
func Run(t *testing.T, open func(t *testing.T) gateway.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, gateway.Store)
	}{
		{"empty", empty},
		{"keeps what it is given", keeps},
		{"goes on after a gap", gap},
		{"removes", removes},
		{"ended context", ended},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// Frame is a frame with a number in it, heard at a time.
func Frame(n int, at time.Time) *gateway.Frame {
	f := gateway.NewFrame(radio.Uplink{
		Gateway:    radio.EUI{1, 2, 3, 4, 5, 6, 7, 8},
		PHYPayload: []byte{0x40, 0xaa, 0xbb, 0xcc, 0xdd, 0x80, byte(n), byte(n >> 8), 1, 0xa1, 0xb2, byte(n >> 16), byte(n >> 24)},
		Frequency:  868_100_000,
		Modulation: radio.LoRa{SF: 7, Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5},
		CRC:        radio.CRCOK, RSSI: -8000, SNR: 500, ReceivedAt: at,
		Timestamp: radio.Timestamp{Session: 7, Micros: uint64(n)},
	})
	return &f
}

// Number is the number in a frame made by Frame.
func Number(f *gateway.Frame) int { return int(f.Timestamp.Micros) }

// Frames are frames from to before to, heard now.
func Frames(from, to int) (list []*gateway.Frame) {
	for n := from; n < to; n++ {
		list = append(list, Frame(n, time.Now()))
	}
	return list
}

func want(t *testing.T, s gateway.Store, first, next uint64) {
	t.Helper()
	gotFirst, gotNext, err := s.Span(t.Context())
	if err != nil || gotNext-gotFirst != next-first || next > first && gotFirst != first {
		t.Errorf("span %d to %d, %v; want %d to %d", gotFirst, gotNext, err, first, next)
	}
}

func add(t *testing.T, s gateway.Store, first, next int) {
	t.Helper()
	oldest, err := s.Append(t.Context(), uint64(first), Frames(first, next))
	if err != nil {
		t.Fatal(err)
	}
	if kept, _, err := s.Span(t.Context()); err != nil || kept != oldest {
		t.Errorf("the oldest is said to be %d, the span begins at %d, %v", oldest, kept, err)
	}
}

// load checks that frames have their own numbers, and gives these.
func load(t *testing.T, s gateway.Store, from, to uint64) (numbers []uint64) {
	t.Helper()
	list, err := s.Load(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range list {
		if uint64(Number(h.Frame)) != h.Number || h.Frame.UplinkID != Frame(int(h.Number), time.Time{}).UplinkID {
			t.Errorf("under number %d is frame %d with id %08x", h.Number, Number(h.Frame), h.Frame.UplinkID)
		}
		numbers = append(numbers, h.Number)
	}
	return numbers
}

func upTo(from, to uint64) (list []uint64) {
	for ; from < to; from++ {
		list = append(list, from)
	}
	return list
}

func empty(t *testing.T, s gateway.Store) {
	want(t, s, 0, 0)
	if got := load(t, s, 1, 100); len(got) != 0 {
		t.Errorf("an empty store gives %v", got)
	}
	if err := s.Remove(t.Context(), 100); err != nil {
		t.Error(err)
	}
}

func keeps(t *testing.T, s gateway.Store) {
	add(t, s, 1, 4)
	add(t, s, 4, 10)
	want(t, s, 1, 10)
	for _, c := range []struct{ from, to, first, next uint64 }{{1, 10, 1, 10}, {1, 100, 1, 10}, {3, 6, 3, 6}, {9, 10, 9, 10}, {10, 20, 0, 0}} {
		if got := load(t, s, c.from, c.to); !slices.Equal(got, upTo(c.first, c.next)) {
			t.Errorf("loading %d to %d gives %v", c.from, c.to, got)
		}
	}
	want(t, s, 1, 10)
}

// gap: numbers need not begin with one, nor where those of a former program ended.
func gap(t *testing.T, s gateway.Store) {
	add(t, s, 5000, 5003)
	want(t, s, 5000, 5003)
	if got := load(t, s, 1, 6000); !slices.Equal(got, upTo(5000, 5003)) {
		t.Errorf("loaded %v", got)
	}
}

func removes(t *testing.T, s gateway.Store) {
	add(t, s, 1, 10)
	for _, below := range []uint64{4, 4, 2} {
		if err := s.Remove(t.Context(), below); err != nil {
			t.Fatal(err)
		}
		want(t, s, 4, 10)
	}
	if got := load(t, s, 1, 7); !slices.Equal(got, upTo(4, 7)) {
		t.Errorf("loaded %v", got)
	}
	if err := s.Remove(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	want(t, s, 0, 0)
	add(t, s, 10, 12)
	want(t, s, 10, 12)
}

func ended(t *testing.T, s gateway.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Append(ctx, 1, Frames(1, 3)); err == nil {
		t.Error("a frame is kept although nobody waits any more")
	}
	want(t, s, 0, 0)
}
