package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hexspot/cmd/internal/hotspot"
)

// stopLimit is how long a stop may take; what hangs after it is left behind.
const stopLimit = 1800 * time.Millisecond

func runHotspot(ctx context.Context, args []string, std streams) error {
	set := flags("run", "Receives packets and forwards them, until it is told to stop.",
		"hexspot run --config /etc/hexspot/hexspot.toml", std)
	path := set.String("config", hotspot.DefaultPath, "configuration `FILE` ('hexspot config' prints one)")
	if err := parseOnly(set, args); err != nil {
		return err
	}
	collectEarly()
	config, err := hotspot.Load(*path)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: config.Log.Level}))
	h, err := hotspot.FromConfig(config, log)
	if err != nil {
		return err
	}
	go slim(ctx, h, log)
	return runBounded(ctx, h.Run)
}

var errSlowStop = errors.New("did not stop in time")

// runBounded runs f until it ends, but after the end of ctx no longer than
// stopLimit: a driver or a connection that hangs must not keep a service manager
// waiting.
func runBounded(ctx context.Context, f func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(stopLimit):
		return errSlowStop
	}
}
