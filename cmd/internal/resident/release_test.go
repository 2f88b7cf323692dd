package resident

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const testSize = 256 << 10

// mapped is a file's content in memory, not shared, touched, and then made read-only.
func mapped(t *testing.T, content []byte, change func([]byte)) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	memory, err := unix.Mmap(int(file.Fd()), 0, len(content), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(memory) })
	if !bytes.Equal(memory, content) {
		t.Fatal("the mapping is not the file's content")
	}
	change(memory)
	if err := unix.Mprotect(memory, unix.PROT_READ); err != nil {
		t.Fatal(err)
	}
	return memory
}

// present counts the pages of memory that are mapped (bit 63 of pagemap, proc_pid_pagemap(5)).
func present(t *testing.T, memory []byte) (pages int) {
	t.Helper()
	file, err := os.Open("/proc/self/pagemap")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	page := os.Getpagesize()
	entries := make([]byte, len(memory)/page*8)
	at := int64(uintptr(unsafe.Pointer(&memory[0]))) / int64(page) * 8
	if _, err := file.ReadAt(entries, at); err != nil {
		t.Fatal(err)
	}
	for i := 7; i < len(entries); i += 8 {
		pages += int(entries[i] >> 7)
	}
	return pages
}

// TestRelease: what is the file's leaves memory and comes back from the file; what was
// written to stays.
func TestRelease(t *testing.T) {
	content := bytes.Repeat([]byte("hexspot "), testSize/8)
	clean := mapped(t, content, func([]byte) {})
	written := mapped(t, content, func(memory []byte) { copy(memory, "changed ") })
	if present(t, clean) == 0 {
		t.Fatal("nothing is in memory before")
	}
	if err := Release(); err != nil {
		t.Fatal(err)
	}
	if n := present(t, clean); n != 0 {
		t.Errorf("%d pages are still in memory", n)
	}
	if !bytes.Equal(clean, content) {
		t.Error("another content came back")
	}
	if want := append([]byte("changed "), content[8:]...); !bytes.Equal(written, want) {
		t.Error("what was written to the memory is lost")
	}
}
