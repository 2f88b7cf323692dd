package log

import (
	"errors"
	"io"
	"slices"
	"sync"

	"pgregory.net/rapid"
)

// sector is what a disk writes as a whole.
const sector = 512

var errDisk = errors.New("the disk failed")

// disk is a file that can lose power: then each sector written since the last Sync is
// there or not, by chance, and so is the length.
type disk struct {
	mu          sync.Mutex // of reading and writing; tests change the rest while nobody does
	now, synced []byte
	full        int  // the most bytes it holds, 0 for any
	failSync    bool // the next Sync fails
}

func (d *disk) ReadAt(b []byte, at int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at >= int64(len(d.now)) {
		return 0, io.EOF
	}
	n := copy(b, d.now[at:])
	if n < len(b) {
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

func (d *disk) WriteAt(b []byte, at int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	end := int(at) + len(b)
	if d.full > 0 && end > d.full {
		n := max(0, d.full-int(at))
		d.put(b[:n], at)
		return n, errDisk
	}
	d.put(b, at)
	return len(b), nil
}

func (d *disk) put(b []byte, at int64) {
	if missing := int(at) + len(b) - len(d.now); missing > 0 {
		d.now = append(d.now, make([]byte, missing)...)
	}
	copy(d.now[at:], b)
}

func (d *disk) Seek(_ int64, whence int) (int64, error) {
	if whence != io.SeekEnd {
		return 0, errDisk
	}
	return int64(len(d.now)), nil
}

func (d *disk) Truncate(size int64) error {
	d.now = d.now[:size:size]
	return nil
}

func (d *disk) Sync() error {
	if d.failSync {
		d.failSync = false
		return errDisk
	}
	d.synced = slices.Clone(d.now)
	return nil
}

func (d *disk) Close() error { return nil }

// loseElectricity gives the file as it is found afterwards.
func (d *disk) loseElectricity(t *rapid.T) *disk {
	length := rapid.IntRange(min(len(d.synced), len(d.now)), max(len(d.synced), len(d.now))).Draw(t, "length")
	left := make([]byte, length)
	copy(left, d.synced)
	for at := 0; at < min(length, len(d.now)); at += sector {
		if end := min(at+sector, length, len(d.now)); rapid.Bool().Draw(t, "written") {
			copy(left[at:end], d.now[at:end])
		}
	}
	return &disk{now: left, synced: slices.Clone(left)}
}

// shelf is a store of disks.
type shelf map[string]*disk

func (s shelf) Open(name string) (File, error) {
	if s[name] == nil {
		s[name] = &disk{}
	}
	return s[name], nil
}

func (s shelf) Names() ([]string, error) {
	names := []string{"lock", "07.log", "notes.txt"}
	for name := range s {
		names = append(names, name)
	}
	return names, nil
}
