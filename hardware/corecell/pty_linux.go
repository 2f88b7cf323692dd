package corecell

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// PTY is the device end of a pseudo-terminal: what is written here, programs
// read that open its path. They may come and go; once the PTY is closed, or its
// process has ended, they see what an unplugged device shows.
type PTY struct {
	master *os.File
	slave  int // held open, so that the master never sees the last program leave
	path   string
	link   string
}

// OpenPTY makes a pseudo-terminal in raw mode and a symbolic link to it, which
// replaces an older symbolic link. An empty link makes none. Linux only.
func OpenPTY(link string) (*PTY, error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("opening /dev/ptmx: %w", err)
	}
	p := &PTY{master: os.NewFile(uintptr(fd), "/dev/ptmx"), slave: -1}
	if err := p.open(fd, link); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// open finds and prepares the other end of master, and points link at it.
func (p *PTY) open(master int, link string) error {
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return fmt.Errorf("unlocking the pseudo-terminal: %w", err)
	}
	number, err := unix.IoctlGetInt(master, unix.TIOCGPTN)
	if err != nil {
		return fmt.Errorf("asking for the pseudo-terminal's number: %w", err)
	}
	p.path = fmt.Sprintf("/dev/pts/%d", number)
	if p.slave, err = unix.Open(p.path, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0); err != nil {
		return fmt.Errorf("opening %s: %w", p.path, err)
	}
	if err := makeRaw(p.slave); err != nil {
		return fmt.Errorf("making %s raw: %w", p.path, err)
	}
	if link == "" {
		return nil
	}
	if err := replaceLink(p.path, link); err != nil {
		return fmt.Errorf("linking %s to %s: %w", link, p.path, err)
	}
	p.link = link
	return nil
}

// makeRaw hands bytes through unchanged and at once. The rate means nothing.
func makeRaw(fd int) error {
	t := unix.Termios{
		Cflag:  unix.CREAD | unix.CLOCAL | unix.CS8 | unix.B115200,
		Ispeed: unix.B115200,
		Ospeed: unix.B115200,
	}
	t.Cc[unix.VMIN] = 1
	return unix.IoctlSetTermios(fd, unix.TCSETS, &t)
}

// replaceLink points link at path in one step, unless something other than a
// link is in its place.
func replaceLink(path, link string) error {
	if info, err := os.Lstat(link); err == nil && info.Mode()&os.ModeSymlink == 0 {
		return os.ErrExist
	}
	next := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Symlink(path, next); err != nil {
		return err
	}
	if err := os.Rename(next, link); err != nil {
		os.Remove(next)
		return err
	}
	return nil
}

// Path is what a program opens, "/dev/pts/3".
func (p *PTY) Path() string { return p.path }

// Read waits for bytes from a program that has the path open.
func (p *PTY) Read(b []byte) (int, error) { return p.master.Read(b) }

// Write sends bytes to the program; they wait for the next if there is none.
func (p *PTY) Write(b []byte) (int, error) { return p.master.Write(b) }

// SetDeadline ends a Read or Write that is pending at t.
func (p *PTY) SetDeadline(t time.Time) error { return p.master.SetDeadline(t) }

// Close removes the link, if it is still ours, and makes programs see an
// unplugged device.
func (p *PTY) Close() error {
	if target, err := os.Readlink(p.link); err == nil && target == p.path {
		os.Remove(p.link)
	}
	err := p.master.Close()
	if p.slave >= 0 {
		unix.Close(p.slave)
		p.slave = -1
	}
	return err
}
