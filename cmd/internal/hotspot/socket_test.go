package hotspot

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSocketModes: everybody may ask for the status, and only the owner have something sent,
// whatever the umask is.
func TestSocketModes(t *testing.T) {
	for private, want := range map[bool]os.FileMode{false: 0o666, true: 0o600} {
		s := socket{path: filepath.Join(t.TempDir(), "s"), private: private}
		listener, err := s.listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		if info, err := os.Stat(s.path); err != nil || info.Mode().Perm() != want {
			t.Errorf("private %v: %v, %v; want %v", private, info.Mode().Perm(), err, want)
		}
	}
}

// TestAbstractSocket: a socket may be one without a file.
func TestAbstractSocket(t *testing.T) {
	s := socket{path: "@" + filepath.Join(t.TempDir(), "s")}
	listener, err := s.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := dial(t.Context(), s.path)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// TestUnanswered: who may not ask is told so.
func TestUnanswered(t *testing.T) {
	for want, err := range map[string]error{
		"this user may not ask": &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EACCES)},
		"does it run":           &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
	} {
		if got := unanswered(err).Error(); !strings.Contains(got, want) {
			t.Errorf("%q, want %q in it", got, want)
		}
	}
}
