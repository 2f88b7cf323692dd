package hotspot

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"hexspot/gateway/spool"
)

// ErrInUse says that another process uses what only one may use.
var ErrInUse = errors.New("in use")

// lock keeps other hotspots out until it is closed; the kernel frees it when the process
// ends in whatever way.
type lock struct{ file *os.File }

// lockFile locks a file that is there, or is made if flag has O_CREATE. It is no error that it
// cannot be opened or that its file system knows no locks: whoever uses it says what is wrong.
// A nil lock is then given, which can be closed.
func lockFile(path string, flag int) (*lock, error) {
	file, err := os.OpenFile(path, flag|unix.O_NOCTTY|unix.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, nil
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return &lock{file}, nil
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = fmt.Errorf("%w: %s", ErrInUse, holder(file))
	} else {
		err = nil
	}
	return nil, errors.Join(err, file.Close())
}

// Close frees it.
func (l *lock) Close() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}

// holder names the process that has locked a file.
func holder(file *os.File) string {
	var stat unix.Stat_t
	locks, err := os.ReadFile("/proc/locks")
	if err == nil {
		err = unix.Fstat(int(file.Fd()), &stat)
	}
	if err != nil {
		return "another hexspot"
	}
	pid := holderIn(string(locks), fmt.Sprintf("%02x:%02x:%d", unix.Major(stat.Dev), unix.Minor(stat.Dev), stat.Ino))
	if pid <= 0 {
		return "another hexspot"
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		name = []byte("hexspot")
	}
	return fmt.Sprintf("another %s (pid %d)", bytes.TrimSpace(name), pid)
}

// holderIn finds who has a file in what /proc/locks says, 0 if it does not: a line is
// "1: FLOCK  ADVISORY  WRITE 4711 08:01:123 0 EOF" (proc_locks(5)).
func holderIn(locks, file string) int {
	for line := range strings.Lines(locks) {
		f := strings.Fields(line)
		if len(f) >= 6 && f[1] == "FLOCK" && f[5] == file {
			pid, err := strconv.Atoi(f[4])
			if err == nil {
				return pid
			}
		}
	}
	return 0
}

// claims are the locks of a running hotspot.
type claims []*lock

// claim keeps others from the key and the spool, and looks whether the bus is free: that is
// locked whenever it is open.
func claim(key, spoolPath, bus string) (held claims, err error) {
	defer func() {
		if err != nil {
			held.release()
		}
	}()
	l, err := lockFile(key, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("the station key %s is %w: stop it, or give this hotspot a key of its own ([station] key)", key, err)
	}
	held = append(held, l)
	if spoolPath != "" && spoolPath != spool.Off {
		_ = os.MkdirAll(filepath.Dir(spoolPath), 0o700) // the spool says what is wrong with it
		l, err := lockFile(spoolPath+".lock", os.O_RDWR|os.O_CREATE)
		if err != nil {
			return held, fmt.Errorf("the spool %s is %w: stop it, or give this hotspot a spool of its own ([spool] path)", spoolPath, err)
		}
		held = append(held, l)
	}
	free, err := lockBus(bus)
	return held, errors.Join(err, free.Close())
}

func (c claims) release() {
	for _, l := range c {
		_ = l.Close() // of a file that nothing was written to
	}
}
