// Package postgres starts Debian's PostgreSQL for tests. No program links it.
package postgres

import (
	"bufio"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Server is a running server with an empty cluster. It listens on a socket in a
// directory that only its user may enter, on no port.
type Server struct {
	dir      string
	programs string // directory
	as       *syscall.SysProcAttr
}

// Start runs a server until the test ends. PostgreSQL does not run as root, so a test
// that does starts it as the user postgres or nobody. The test is skipped if
// PostgreSQL is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{programs: programs(t)}
	s.makeHome(t)
	s.run(t, "initdb", "-D", s.data(), "-U", userName, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
	s.serve(t)
	return s
}

const userName = "hexnet"

// Database makes an empty database and gives its URL.
func (s *Server) Database(t testing.TB, name string) string {
	t.Helper()
	s.run(t, "createdb", "-h", s.dir, "-U", userName, name)
	return "postgres://" + userName + "@/" + name + "?host=" + url.QueryEscape(s.dir)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// programs finds the directory of the newest PostgreSQL, which Debian keeps where a
// user's path does not lead.
func programs(t testing.TB) string {
	t.Helper()
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(found[len(found)-1])
	}
	path, err := exec.LookPath("postgres")
	if err != nil {
		t.Skip("PostgreSQL is not installed (apt-get install postgresql)")
	}
	return filepath.Dir(path)
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// makeHome makes a directory that is the server's user's alone. It is not the test's
// temporary directory: other users cannot get there, and a socket's path is short.
func (s *Server) makeHome(t testing.TB) {
	t.Helper()
	dir, err := os.MkdirTemp("", "postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.dir = dir
	if os.Getuid() != 0 {
		return
	}
	uid, gid := other(t)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// other is a user that is not root.
func other(t testing.TB) (uid, gid int) {
	t.Helper()
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ = strconv.Atoi(u.Uid)
			gid, _ = strconv.Atoi(u.Gid)
			return uid, gid
		}
	}
	t.Skip("PostgreSQL does not run as root, and there is no user postgres or nobody")
	return 0, 0
}

func (s *Server) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.programs, program), args...)
	c.Dir, c.SysProcAttr = s.dir, s.as
	c.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=" + s.dir}
	return c
}

func (s *Server) run(t testing.TB, program string, args ...string) {
	t.Helper()
	if out, err := s.command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

func (s *Server) serve(t testing.TB) {
	t.Helper()
	c := s.command("postgres", "-D", s.data(), "-k", s.dir, "-h", "", "-c", "fsync=off")
	log, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan error, 1), make(chan struct{})
	go func() { defer close(ended); follow(bufio.NewScanner(log), ready) }()
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGINT) // its "fast" shutdown
		<-ended
		_ = c.Wait()
	})
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
}

// follow reads the server's log to its end and says once whether it is ready.
func follow(log *bufio.Scanner, ready chan<- error) {
	var lines []string
	for log.Scan() {
		if len(lines) < 100 {
			lines = append(lines, log.Text())
		}
		if strings.Contains(log.Text(), "ready to accept connections") {
			ready <- nil
			ready = make(chan error, 1) // said
		}
	}
	select {
	case ready <- fmt.Errorf("postgres ends:\n%s", strings.Join(lines, "\n")):
	default:
	}
}
