package corecell

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"hexspot/hardware"
)

// plugged is a chip being served at a pseudo-terminal.
type plugged struct {
	*PTY
	chip   *chip
	cancel context.CancelFunc
	served chan error
}

func plug(t testing.TB, link string) *plugged {
	t.Helper()
	pty, err := OpenPTY(link)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background()) // that of t ends before the host is closed
	p := &plugged{PTY: pty, chip: newChip(), cancel: cancel, served: make(chan error, 1)}
	go func() { p.served <- Serve(ctx, pty, p.chip, testID) }()
	t.Cleanup(p.unplug)
	return p
}

func (p *plugged) unplug() {
	p.cancel()
	p.Close()
}

func open(t testing.TB, link string) *Bus {
	t.Helper()
	bus, err := Open(t.Context(), link, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	return bus
}

func TestPTYFramesOfEverySize(t *testing.T) {
	link := filepath.Join(t.TempDir(), "tty")
	p := plug(t, link)
	bus := open(t, link)
	for _, size := range []int{1, 4, 4080, 4086, 4087, 4088, 4095, 4096, MaxFrame} { // a terminal hands out 4095 at most
		out, in := make([]byte, size), make([]byte, size)
		for i := range out {
			out[i] = byte(i * 7)
		}
		p.chip.echo = true
		if err := bus.Do(t.Context(), hardware.Op{Out: out, In: in}); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if !bytes.Equal(in, inverted(out)) {
			t.Errorf("%d bytes did not come back", size)
		}
	}
}

func TestPTYClientsComeAndGo(t *testing.T) {
	link := filepath.Join(t.TempDir(), "tty")
	p := plug(t, link)
	for range 3 {
		bus := open(t, link)
		if err := bus.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := bus.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if p.chip.restarts != 6 { // on Reset and on Close
		t.Errorf("the chip restarted %d times", p.chip.restarts)
	}
}

// What an earlier program left behind must not confuse the next.
func TestPTYHalfRequestLeftBehind(t *testing.T) {
	link := filepath.Join(t.TempDir(), "tty")
	plug(t, link)
	f, err := os.OpenFile(link, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte{9, 0, 200, byte(cmdMultiSPI), 1, 2, 3})
	f.Close()
	if version := open(t, link).Version(); version != knownVersion {
		t.Errorf("version %q", version)
	}
}

func TestPTYUnplugAndReplug(t *testing.T) {
	link := filepath.Join(t.TempDir(), "tty")
	p := plug(t, link)
	bus := open(t, link)
	p.unplug()
	if err := bus.Do(t.Context(), hardware.Op{Mask: 1}); !errors.Is(err, hardware.ErrGone) {
		t.Fatalf("without a device: %v", err)
	}
	if err := bus.Close(); err != nil {
		t.Errorf("closing what is gone: %v", err)
	}
	if _, err := Open(t.Context(), link, slog.New(slog.DiscardHandler)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening without a device: %v", err)
	}
	plug(t, link)
	if err := open(t, link).Do(t.Context(), hardware.Op{Mask: 1}); err != nil {
		t.Errorf("plugged in again: %v", err)
	}
}

func TestPTYServeEndsWithContext(t *testing.T) {
	p := plug(t, "")
	p.cancel()
	if err := <-p.served; !errors.Is(err, context.Canceled) {
		t.Errorf("Serve ended with %v", err)
	}
}

func TestPTYLink(t *testing.T) {
	dir := t.TempDir()
	link, file := filepath.Join(dir, "tty"), filepath.Join(dir, "file")
	os.WriteFile(file, []byte("precious"), 0o600)
	os.Symlink("/dev/pts/nothing", link)

	if _, err := OpenPTY(file); !errors.Is(err, os.ErrExist) {
		t.Errorf("replacing a file: %v", err)
	}
	older := plug(t, link)
	newer := plug(t, link)
	older.unplug()
	if target, _ := os.Readlink(link); target != newer.Path() {
		t.Errorf("%s points to %q, not %s", link, target, newer.Path())
	}
	newer.unplug()
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}
