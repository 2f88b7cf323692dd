package demo

import (
	"context"

	"hexspot/radio"
)

// Frames that are on their way, at most. The whole path may hold the sum of them,
// so no bounded queue on it, of a gateway or of our broker (512 messages to a
// client), can overflow. Other brokers get fewer: Mosquitto 2.0.11, whose limit
// should be 1000 messages to a client, was measured to drop some of 81,334 frames
// in each run with 384 on their way, and none with 200.
const (
	underwayEach    = 256
	underwayAll     = 384
	underwayOutside = 128
)

// window bounds how many frames are injected and not yet received.
type window struct {
	all  chan struct{}
	each map[radio.EUI]chan struct{}
}

// newWindow lets most frames be on their way in all.
func newWindow(hotspots []radio.EUI, most int) *window {
	w := &window{all: make(chan struct{}, most), each: map[radio.EUI]chan struct{}{}}
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
