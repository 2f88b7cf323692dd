package verify

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// full is a writer that takes nothing.
type full struct{}

var errFull = errors.New("the disk is full")

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestASpoolSaysWhoseFaultItIs: that of who writes what it has, or its own file's.
func TestASpoolSaysWhoseFaultItIs(t *testing.T) {
	s := spool{path: filepath.Join(t.TempDir(), "spool")}
	if _, err := s.Write(make([]byte, mostHeld)); err != nil || s.file == nil {
		t.Fatalf("%v, or all is in memory", err)
	}
	const reading = "reading a scratch file"
	if err := s.writeTo(full{}); !errors.Is(err, errFull) || strings.Contains(err.Error(), reading) {
		t.Errorf("a writer that is full: %v", err)
	}
	if err := s.file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.writeTo(io.Discard); err == nil || !strings.Contains(err.Error(), reading) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}
