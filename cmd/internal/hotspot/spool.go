package hotspot

import (
	"context"
	"fmt"

	"hexspot/gateway"
	"hexspot/gateway/spool"
)

// openSpool opens the place where packets wait; nil if there is none. A hotspot that
// cannot write works from memory, and says so. Whoever uses the spool then tries to open it
// again; packets are not among them, whose numbers in it are not known.
func (h *Hotspot) openSpool(ctx context.Context) *spool.Spool {
	config := h.parts.Spool
	if config.Path == "" || config.Path == spool.Off {
		return nil
	}
	s, err := spool.Open(ctx, config, h.parts.Log)
	if err != nil {
		h.parts.Log.Warn("no spool, will try to open it again: until a restart packets that must wait are kept in memory only, and lost with it", "error", err)
		return h.spoolForLater()
	}
	return s
}

// spoolForLater is one that may yet be opened; nil if its configuration is at fault.
func (h *Hotspot) spoolForLater() *spool.Spool {
	if h.parts.Spool.Validate() != nil {
		return nil
	}
	return spool.Unopened(h.parts.Spool, h.parts.Log)
}

func (h *Hotspot) closeSpool(s *spool.Spool) {
	if s == nil {
		return
	}
	if err := s.Close(); err != nil {
		h.parts.Log.Warn("the spool was not closed as it should be", "error", err)
	}
}

// persist gives a forwarder its part of the spool, if there is one.
func (h *Hotspot) persist(ctx context.Context, f *gateway.Forwarder, s *spool.Spool, queue string) {
	if s == nil || !s.IsOpen() {
		return
	}
	if err := f.Persist(ctx, s.Frames(queue, len(h.parts.Outputs)), h.parts.Spool.Interval()); err != nil {
		h.parts.Log.Warn("packets for this network are kept in memory only", "output", f.Name(), "error", err)
	}
}

// queueName names the packets of an output in the spool: by its server, and by its
// place among the outputs with that server.
func (h *Hotspot) queueName(i int) string {
	place, name := 1, h.parts.Outputs[i].Name()
	for _, before := range h.parts.Outputs[:i] {
		if before.Name() == name {
			place++
		}
	}
	if place == 1 {
		return name
	}
	return fmt.Sprintf("%s (%d)", name, place)
}
