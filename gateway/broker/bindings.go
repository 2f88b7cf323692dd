package broker

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"hexspot/radio"
)

// Bindings keep which station an EUI belongs to: the first that used it.
type Bindings interface {
	// Bind gives the station an EUI belongs to, which is this one if it belonged
	// to none and there are fewer than most. When it returns, that is kept.
	Bind(eui radio.EUI, station radio.Station, most int) (owner radio.Station, err error)
}

// errManyBindings says that no more EUIs are taken.
var errManyBindings = errors.New("there are as many stations as limits.stations allows")

// memoryBindings are kept as long as the process lives.
type memoryBindings struct {
	mu     sync.Mutex
	owners map[radio.EUI]radio.Station
}

// NewMemoryBindings forget everything at the end of the process.
func NewMemoryBindings() Bindings { return newMemoryBindings() }

func newMemoryBindings() *memoryBindings {
	return &memoryBindings{owners: make(map[radio.EUI]radio.Station)}
}

func (m *memoryBindings) Bind(eui radio.EUI, station radio.Station, most int) (radio.Station, error) {
	return m.bind(eui, station, most, func() error { return nil })
}

// bind calls keep before an EUI gets its first owner.
func (m *memoryBindings) bind(eui radio.EUI, station radio.Station, most int, keep func() error) (radio.Station, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if owner, ok := m.owners[eui]; ok {
		return owner, nil
	}
	if len(m.owners) >= most {
		return radio.Station{}, errManyBindings
	}
	if err := keep(); err != nil {
		return radio.Station{}, err
	}
	m.owners[eui] = station
	return station, nil
}

// fileBindings append each binding to a text file, a line "EUI STATION".
type fileBindings struct {
	memory *memoryBindings
	file   *os.File
}

// OpenBindings reads the bindings of a file, made if it is not there, and keeps new
// ones in it. A last line that a crash cut short is taken off; any other line that
// cannot be read is an error, since to guess would give an EUI to somebody else.
func OpenBindings(path string) (Bindings, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the stations' bindings: %w", err)
	}
	f := &fileBindings{memory: newMemoryBindings(), file: file}
	if err := f.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the stations' bindings %s: %w", path, err), file.Close())
	}
	return f, syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = errors.Join(d.Sync(), d.Close())
	if errors.Is(err, fs.ErrInvalid) {
		return nil // not every file system syncs directories
	}
	return err
}

func (f *fileBindings) read() error {
	var whole int64 // bytes of whole lines
	in := bufio.NewReader(f.file)
	for number := 1; ; number++ {
		line, err := in.ReadString('\n')
		if err != nil { // the end, perhaps in the middle of a line
			return f.cut(whole)
		}
		if err := f.take(strings.TrimSuffix(line, "\n")); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		whole += int64(len(line))
	}
}

// cut takes off what is behind the whole lines and goes there.
func (f *fileBindings) cut(whole int64) error {
	if err := f.file.Truncate(whole); err != nil {
		return err
	}
	_, err := f.file.Seek(whole, 0)
	return err
}

func (f *fileBindings) take(line string) error {
	first, second, _ := strings.Cut(line, " ")
	eui, err := radio.ParseEUI(first)
	if err != nil {
		return err
	}
	station, err := radio.ParseStation(second)
	if err != nil {
		return err
	}
	if _, there := f.memory.owners[eui]; there {
		return fmt.Errorf("EUI %s is there twice", eui)
	}
	f.memory.owners[eui] = station
	return nil
}

func (f *fileBindings) Bind(eui radio.EUI, station radio.Station, most int) (radio.Station, error) {
	return f.memory.bind(eui, station, most, func() error {
		if _, err := fmt.Fprintf(f.file, "%s %s\n", eui, station); err != nil {
			return fmt.Errorf("keeping the binding of EUI %s: %w", eui, err)
		}
		if err := f.file.Sync(); err != nil {
			return fmt.Errorf("keeping the binding of EUI %s: %w", eui, err)
		}
		return nil
	})
}
