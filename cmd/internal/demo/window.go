package demo

import (
	"context"

	"hexspot/radio"
)

// Frames that are on their way, at most. The whole path may hold the sum of them,
// so no bounded queue on it, of a gateway or a broker (ours: 512 messages to a
// client, Mosquitto: 1000), can overflow.
const (
	underwayEach = 256
	underwayAll  = 384
)

// window bounds how many frames are injected and not yet received.
type window struct {
	all  chan struct{}
	each map[radio.EUI]chan struct{}
}

func newWindow(hotspots []radio.EUI) *window {
	w := &window{all: make(chan struct{}, underwayAll), each: map[radio.EUI]chan struct{}{}}
	for _, eui := range hotspots {
		w.each[eui] = make(chan struct{}, underwayEach)
	}
	return w
}

// enter waits for room.
func (w *window) enter(ctx context.Context, eui radio.EUI) error {
	for _, room := range []chan struct{}{w.each[eui], w.all} {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// leave is for each frame that entered, once.
func (w *window) leave(eui radio.EUI) {
	<-w.all
	<-w.each[eui]
}
