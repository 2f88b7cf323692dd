package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of its own until the test ends.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a full disk is a small file system mounted for the test, and only root may mount")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Skipf("a full disk is a small file system mounted for the test, and none can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// ballast takes all of a disk but so many bytes.
func ballast(t *testing.T, dir string, leave int64) (path string) {
	t.Helper()
	path = filepath.Join(dir, "ballast")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	block := make([]byte, 4096)
	for {
		free, err := freeBytes(dir)
		if err != nil {
			t.Fatal(err)
		}
		if free <= leave {
			return path
		}
		if _, err := file.Write(block); err != nil {
			return path
		}
	}
}

// client appends one after the other, each again until it is taken, and keeps what
// was.
type client struct {
	mu       sync.Mutex
	taken    []string
	failures map[string]int
}

func (c *client) run(t *testing.T, j *Journal, name int, stop <-chan struct{}) {
	c.runNoting(t, j, name, stop, func() {})
}

// runNoting calls noted after each that was taken.
func (c *client) runNoting(t *testing.T, j *Journal, name int, stop <-chan struct{}, noted func()) {
	for i := 0; ; {
		select {
		case <-stop:
			return
		default:
		}
		id := fmt.Sprintf("%d-%d", name, i)
		err := j.Append(t.Context(), "pkt.a.up", id, make([]byte, 1000))
		c.note(id, err)
		if err == nil {
			i++
			noted()
		}
	}
}

func (c *client) note(id string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.taken = append(c.taken, id)
	} else {
		c.failures[kindOf(err)]++
	}
}

func kindOf(err error) string {
	for _, kind := range []error{ErrFull, ErrSlow} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return err.Error()
}

// since gives what was taken after the first n.
func (c *client) since(n int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.taken[n:])
}

func (c *client) count() (taken, failures int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.failures {
		failures += n
	}
	return len(c.taken), failures
}

// await waits until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	poll(t, what, 2*patience, 5*time.Millisecond, func() error {
		if !holds() {
			return errNotYet
		}
		return nil
	})
}

var errNotYet = errors.New("not yet")

// awaitNil waits until nothing is wrong any more, and says what was last.
func awaitNil(t *testing.T, what string, within time.Duration, wrong func() error) {
	t.Helper()
	poll(t, what, within, 50*time.Millisecond, wrong)
}

func poll(t *testing.T, what string, within, every time.Duration, wrong func() error) {
	t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(every) {
		err := wrong()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v: %v", what, within, err)
		}
	}
}

// TestFullDisk: the disk fills while 40 clients append; what was taken stays, nothing
// is taken while there is no room, and when there is, all goes on by itself. With a
// reserve the log stops before the disk is full; without, its writes fail.
func TestFullDisk(t *testing.T) {
	for name, reserve := range map[string]int64{"reserve": 4 << 20, "no reserve": 1} {
		t.Run(name, func(t *testing.T) {
			dir := smallDisk(t, 48)
			j, end := running(t, Config{ReserveBytes: reserve}, dir)
			c := &client{failures: make(map[string]int)}
			stop := make(chan struct{})
			var all sync.WaitGroup
			for i := range 40 {
				all.Go(func() { c.run(t, j, i, stop) })
			}
			await(t, "the first entries", func() bool { taken, _ := c.count(); return taken > 1000 })
			path := ballast(t, dir, 0)
			await(t, "the first failure", func() bool { _, failures := c.count(); return failures > 0 })
			before, _ := c.count()
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			await(t, "more entries", func() bool { taken, _ := c.count(); return taken > before+1000 })
			back := time.Since(begun)
			close(stop)
			all.Wait()
			end()

			j, _ = running(t, Config{ReserveBytes: 1}, dir)
			found := ids(contents(t, j, Query{}))
			for _, id := range c.taken {
				if found[id] != 1 {
					t.Errorf("%s was taken and is there %d times", id, found[id])
				}
			}
			t.Logf("%d taken before the disk was full, %d in all, each is there once; failures %v; 1000 more %v after there was room",
				before, len(c.taken), c.failures, back.Round(time.Millisecond))
		})
	}
}
