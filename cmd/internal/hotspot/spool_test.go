package hotspot

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hexspot/gateway/mqtt"
	"hexspot/gateway/spool"
	"hexspot/hardware/emulator"
)

// spooling launches a hotspot with a spool on an emulated chip.
func spooling(t *testing.T, link, server, path string, log *slog.Logger) (h *Hotspot, stop func()) {
	t.Helper()
	p := onChip(t, link)
	p.Outputs, p.Log, p.Spool = []mqtt.Config{{Server: server}}, log, spool.Config{Path: path}
	h, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return h, launch(t, h)
}

// hear has a hotspot receive frames and waits until it has read them.
func hear(t *testing.T, h *Hotspot, chip *emulator.Chip, from, to byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := h.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	for n := from; n < to; n++ {
		inject(t, chip, frame(n, 868_100_000))
	}
	for look := time.NewTicker(5 * time.Millisecond); h.Counters().Forwarded < uint64(to-from); <-look.C {
		if ctx.Err() != nil {
			t.Fatalf("%+v", h.Counters())
		}
	}
}

// TestPacketsOutliveRestarts: a hotspot hears packets while its network is away, stops,
// starts again, twice; when the network is back it gets all of them in order, marked as
// late ones.
func TestPacketsOutliveRestarts(t *testing.T) {
	link, path := linkIn(t), filepath.Join(t.TempDir(), "spool.db")
	chip, _ := plug(t, link)
	net := startNetwork(t, kept)
	address := net.url[len("tcp://"):]
	net.server.Close()
	for n := byte(0); n < 40; n += 20 {
		h, stop := spooling(t, link, net.url, path, quiet())
		hear(t, h, chip, n, n+20)
		stop()
	}
	status, err := spool.Look(t.Context(), path)
	if err != nil || len(status.Queues) != 1 || status.Queues[0].Waiting != 40 {
		t.Fatalf("in the spool: %+v, %v", status, err)
	}
	again := startNetwork(t, address)
	defer again.server.Close()
	_, stop := spooling(t, link, net.url, path, quiet())
	for i, up := range again.await(40) {
		if got := up.PhyPayload[len(up.PhyPayload)-1]; got != byte(i) {
			t.Errorf("uplink %d is number %d", i, got)
		}
		if up.RxInfo.Metadata["hold_ms"] == "" {
			t.Errorf("uplink %d is not marked: %v", i, up.RxInfo)
		}
	}
	stop()
	if status, err = spool.Look(t.Context(), path); err != nil || status.Queues[0].Waiting != 0 {
		t.Errorf("left in the spool: %+v, %v", status, err)
	}
}

// TestNoSpool: a hotspot that cannot write says so and works.
func TestNoSpool(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := linkIn(t)
	chip, _ := plug(t, link)
	net := startNetwork(t, "127.0.0.1:0")
	defer net.server.Close()
	var lines bytes.Buffer
	h, stop := spooling(t, link, net.url, filepath.Join(file, "spool.db"), slog.New(slog.NewTextHandler(&lines, nil)))
	hear(t, h, chip, 0, 3)
	net.await(3)
	stop()
	if got := lines.String(); strings.Count(got, "in memory only") != 1 {
		t.Errorf("said:\n%s", got)
	}
}

func TestQueueNames(t *testing.T) {
	h := &Hotspot{parts: Parts{Outputs: []mqtt.Config{{Server: "tcp://a:1"}, {Server: "tcp://b:1"}, {Server: "tcp://a:1"}, {Server: "tcp://a:1"}}}}
	for i, want := range []string{"tcp://a:1", "tcp://b:1", "tcp://a:1 (2)", "tcp://a:1 (3)"} {
		if got := h.queueName(i); got != want {
			t.Errorf("output %d: %q, want %q", i, got, want)
		}
	}
}
