package hotspot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/hardware"
)

// TestOneHotspotAtATime: of key, spool and bus; who has it is named, and so is a cure. What is
// freed can be had.
func TestOneHotspotAtATime(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keyA, keyB, bus := file("a.key"), file("b.key"), "usb:"+file("tty")
	held, err := claim(keyA, filepath.Join(dir, "spool", "a.db"), bus)
	if err != nil {
		t.Fatal(err)
	}
	open := exclusive(bus, func(context.Context) (hardware.Bus, error) { return idle{}, nil })
	device, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	self := fmt.Sprintf("(pid %d)", os.Getpid())
	refused := func(err error, words ...string) {
		t.Helper()
		for _, w := range append(words, "in use: another", self, "stop it") {
			if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), w) {
				t.Errorf("%v, want %q", err, w)
			}
		}
	}
	_, err = claim(keyA, "off", "usb:/none")
	refused(err, "key "+keyA, "[station] key")
	_, err = claim(keyB, filepath.Join(dir, "spool", "a.db"), "usb:/none")
	refused(err, "spool", "[spool] path")
	_, err = claim(keyB, "off", bus)
	refused(err, "concentrator at "+dir)
	_, err = open(t.Context())
	refused(err, "concentrator at "+dir)
	if err := device.Close(); err != nil {
		t.Error(err)
	}
	held.release()
	held, err = claim(keyA, filepath.Join(dir, "spool", "a.db"), bus)
	if err != nil {
		t.Error(err)
	}
	held.release()
}

// TestLocksOfNothing: what is not there is not in use; whoever opens it says what is wrong.
func TestLocksOfNothing(t *testing.T) {
	held, err := claim("nowhere/key", "/proc/nowhere/spool.db", "usb:/nowhere")
	if err != nil {
		t.Error(err)
	}
	held.release()
	if _, err := claim("nowhere/key", "", "bus"); err == nil {
		t.Error("a bus that is none")
	}
	want := errors.New("no such device")
	open := exclusive("usb:/nowhere", func(context.Context) (hardware.Bus, error) { return nil, want })
	if _, err := open(t.Context()); !errors.Is(err, want) {
		t.Error(err)
	}
}

func TestHolderIn(t *testing.T) {
	const locks = "1: POSIX  ADVISORY  WRITE 5 08:01:77 0 EOF\n2: FLOCK  ADVISORY  WRITE 6 08:01:77 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 7 08:01:78 0 EOF\nx\n3: FLOCK  ADVISORY  WRITE ? 08:01:79 0 EOF\n"
	for file, want := range map[string]int{"08:01:77": 6, "08:01:78": 0, "08:01:79": 0, "": 0} {
		if got := holderIn(locks, file); got != want {
			t.Errorf("%s: pid %d, want %d", file, got, want)
		}
	}
}

// idle is a bus without a chip.
type idle struct{ hardware.Bus }

func (idle) Close() error { return nil }

func TestLockedBusHasWhatTheBusHas(t *testing.T) {
	b := lockedBus{Bus: idle{}}
	if _, err := b.Temperature(t.Context()); !errors.Is(err, hardware.ErrNoSensor) || b.Version() != "" {
		t.Errorf("%v, %q", err, b.Version())
	}
}
