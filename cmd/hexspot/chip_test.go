package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"hexspot/cmd/internal/hotspot"
	"hexspot/hardware/corecell"
	"hexspot/hardware/emulator"
	"hexspot/hardware/sx1302"
	"hexspot/radio"
)

// plug puts an emulated concentrator card on a pseudo-terminal and gives its path.
func plug(t *testing.T, config emulator.Config) string {
	t.Helper()
	chip, err := emulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	pty, err := corecell.OpenPTY(filepath.Join(t.TempDir(), "tty"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- corecell.Serve(ctx, pty, chip.Device(), [12]byte{}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		pty.Close()
	})
	return pty.Path()
}

// images is a directory of firmware that an emulated chip takes.
func images(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for seed, name := range []string{hotspot.AGCFile, hotspot.ARBFile} {
		if err := os.WriteFile(filepath.Join(dir, name), sx1302.SyntheticImage(uint64(seed)+1), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestChip(t *testing.T) {
	images := images(t)
	path := plug(t, emulator.Config{EUI: radio.EUI{0, 1, 2, 3, 4, 5, 6, 0xFF}, Model: emulator.SX1303, Temperature: 21.5})
	var out, complaints bytes.Buffer
	args := []string{"chip", "--bus", "usb:" + path, "--firmware", images, "--region", "US915_1"}
	if code := run(t.Context(), args, streams{out: &out, err: &complaints}); code != 0 || complaints.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, complaints.String())
	}
	want := "bus          usb:" + path + `
bridge       V01.00.00
EUI          00010203040506ff
model        SX1303
version      0x10
firmware     AGC 10, ARB 2
temperature  21.5 °C
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// TestChipBesideARunningHotspot: a reset would take the chip from it.
func TestChipBesideARunningHotspot(t *testing.T) {
	path := plug(t, emulator.Config{})
	device, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if err := unix.Flock(int(device.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	code := run(t.Context(), []string{"chip", "--bus", "usb:" + path}, streams{out: &out, err: &complaints})
	want := fmt.Sprintf("the concentrator at %s is in use: another ", path)
	if code != 1 || !strings.Contains(complaints.String(), want) || !strings.Contains(complaints.String(), fmt.Sprintf("(pid %d): stop it first", os.Getpid())) {
		t.Errorf("exit code %d: %s", code, complaints.String())
	}
}

func TestChipWithWrongFirmware(t *testing.T) {
	images := images(t)
	path := plug(t, emulator.Config{AGCVersion: 6})
	var out, complaints bytes.Buffer
	args := []string{"chip", "--bus", "usb:" + path, "--firmware", images}
	if code := run(t.Context(), args, streams{out: &out, err: &complaints}); code != 1 || out.Len() > 0 {
		t.Errorf("exit code %d, said %q", code, out.String())
	}
	if !bytes.Contains(complaints.Bytes(), []byte("AGC firmware has version 6, want 10")) {
		t.Error(complaints.String())
	}
}
