package main

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/cmd/internal/resident"
)

const (
	// settling is how long after the start of the radio a hotspot has connected to its
	// networks and done what is done once.
	settling = 4 * time.Second
	// gcPercent lets the heap grow from 2 MB on by half of what is in use, where Go's
	// default is 4 MB and all of it. That saves 2 MB under load, for a few percent
	// more processor time.
	gcPercent = 50
)

// collectEarly trades processor time for memory, unless the environment (GOGC) says how
// much of it.
func collectEarly() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// slim gives back what only the start needed, once the start is over.
func slim(ctx context.Context, h *hotspot.Hotspot, log *slog.Logger) {
	if _, err := h.Ready(ctx); err != nil {
		return // stopped before
	}
	select {
	case <-ctx.Done():
		return
	case <-time.After(settling):
	}
	debug.FreeOSMemory()
	if err := resident.Release(); err != nil {
		log.Debug("what the start needed stays in memory", "error", err)
	}
}
