package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"hexspot/hardware/corecell"
	"hexspot/hardware/emulator"
)

// A program that is slow to read still gets the answer to its RESET: the device goes
// only some time after it.
func TestResetLeavesTimeForItsAnswer(t *testing.T) {
	chip, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "tty")
	pty, err := corecell.OpenPTY(link)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- serveBridge(ctx, pty, link, chip) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	port, err := os.OpenFile(link, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	began := time.Now() // not after its answer, which a busy machine may read late
	if _, err := port.Write([]byte{7, 0, 1, 3, 0}); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 5)
	if _, err := io.ReadFull(port, answer); err != nil || !bytes.Equal(answer, []byte{7, 0, 1, 0x43, 0}) {
		t.Fatalf("% x, %v", answer, err)
	}
	if n, err := port.Read(answer); err == nil {
		t.Errorf("%d bytes more", n)
	}
	if stayed := time.Since(began); stayed < rebootTime/2 {
		t.Errorf("gone after %v", stayed)
	}
}
