package hotspot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// socket is a Unix socket at which the running hotspot is asked.
type socket struct {
	command string // that asks there
	path    string // empty: none
	private bool   // nobody but its owner may connect
}

const (
	socketWait = 2 * time.Second // for one who asks to be heard or to read
	mostAsking = 4               // at one time
)

// serve answers whoever connects, until ctx ends. A hotspot whose socket cannot be made
// works without, and says so.
func (h *Hotspot) serve(ctx context.Context, s socket, answer func(context.Context, net.Conn) error) {
	if s.path == "" {
		return
	}
	listener, err := s.listen(ctx)
	if err != nil {
		h.parts.Log.Warn("the running hotspot cannot be asked", "command", s.command, "error", err)
		return
	}
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	var asking errgroup.Group
	defer asking.Wait()
	asking.SetLimit(mostAsking)
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() == nil {
				h.parts.Log.Warn("the running hotspot cannot be asked any more", "command", s.command, "error", err)
			}
			return
		}
		asking.Go(func() error {
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			defer conn.Close()
			if err := answer(ctx, conn); err != nil {
				h.parts.Log.Debug("who asked the running hotspot is gone", "command", s.command, "error", err)
			}
			return nil
		})
	}
}

// listen makes the socket, in the place of one that nobody listens to any more.
func (s socket) listen(ctx context.Context) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(s.path); err == nil && info.Mode().Type() == os.ModeSocket {
		if conn, err := net.DialTimeout("unix", s.path, socketWait); err == nil {
			conn.Close()
			return nil, fmt.Errorf("another hotspot listens to %s", s.path)
		}
		if err := os.Remove(s.path); err != nil {
			return nil, err
		}
	}
	var config net.ListenConfig
	if s.private {
		config.Control = closeToOthers
	}
	listener, err := config.Listen(ctx, "unix", s.path)
	if err != nil || s.private || strings.HasPrefix(s.path, "@") { // one without a file has no mode (unix(7), "abstract")
		return listener, err
	}
	if err := os.Chmod(s.path, openToAll); err != nil { // the umask has taken the right to connect
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// openToAll is the mode of a socket to which everybody may connect: that takes writing.
const openToAll os.FileMode = 0o666

// closeToOthers sets the mode of a socket before it has a name: Linux makes the file
// with it, so that there is no moment in which somebody else could connect.
func closeToOthers(_, _ string, raw syscall.RawConn) error {
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = syscall.Fchmod(int(fd), 0o600) }); err != nil {
		return err
	}
	return failed
}

// dial asks the running hotspot at a socket.
func dial(ctx context.Context, path string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: socketWait}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, unanswered(err)
	}
	return conn, nil
}

// unanswered says why a hotspot could not be asked.
func unanswered(err error) error {
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("this user may not ask the hotspot: %w", err)
	}
	return fmt.Errorf("no hotspot answers (does it run, with [coverage] enabled?): %w", err)
}
