package broker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hexspot/radio"
)

// fileBindings append each binding to a text file, a line "EUI STATION".
type fileBindings struct {
	memory *memoryBindings
	file   bindingsFile
	size   int64 // of the lines that are kept
	broken error // why nothing more can be kept
}

// bindingsFile is what fileBindings need of an os.File.
type bindingsFile interface {
	io.Reader
	io.WriterAt
	Sync() error
	Truncate(size int64) error
}

// OpenBindings reads the bindings of a file, made if it is not there, and keeps new
// ones in it. A last line that a crash cut short is taken off; anything else that
// cannot be read is an error and left as it is, since to guess would give an EUI to
// somebody else.
func OpenBindings(path string) (Bindings, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the stations' bindings: %w", err)
	}
	f, err := readBindings(file)
	if err != nil {
		err = fmt.Errorf("reading the stations' bindings %s: %w: mend it or restore it from a backup; without it every EUI is free again", path, err)
		return nil, errors.Join(err, file.Close())
	}
	if err := errors.Join(file.Chmod(0o600), syncDir(filepath.Dir(path))); err != nil {
		return nil, errors.Join(fmt.Errorf("keeping the stations' bindings %s: %w", path, err), file.Close())
	}
	return f, nil
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

func readBindings(file bindingsFile) (*fileBindings, error) {
	f := &fileBindings{memory: newMemoryBindings(), file: file}
	in := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := in.ReadString('\n')
		switch {
		case errors.Is(err, io.EOF):
			return f, f.cut(line)
		case err != nil: // the rest may be there
			return nil, err
		}
		if err := f.take(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		f.size += int64(len(line))
	}
}

// lineLength is that of a binding: 16 digits, a space, 64 characters, a newline.
const lineLength = 82

// cut takes off the beginning of a line, which was never confirmed. Anything else
// at the end is not ours to delete.
func (f *fileBindings) cut(tail string) error {
	if tail == "" {
		return nil
	}
	// A file system may have kept the length of a write, but not its bytes.
	isPart := func(c rune) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == ' ' || c == 0 }
	if len(tail) >= lineLength || strings.TrimFunc(tail, isPart) != "" {
		return errors.New("the end is not part of a binding")
	}
	return errors.Join(f.file.Truncate(f.size), f.file.Sync())
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
		if err := f.keep(fmt.Sprintf("%s %s\n", eui, station)); err != nil {
			return fmt.Errorf("keeping the binding of EUI %s: %w", eui, err)
		}
		return nil
	})
}

// keep appends a line, or leaves the file as it was: half a line would spoil the
// next one, and a whole one that was not confirmed may come a second time.
func (f *fileBindings) keep(line string) error {
	if f.broken != nil {
		return f.broken
	}
	_, err := f.file.WriteAt([]byte(line), f.size)
	if err == nil {
		err = f.file.Sync()
	}
	if err == nil {
		f.size += int64(len(line))
		return nil
	}
	if undo := errors.Join(f.file.Truncate(f.size), f.file.Sync()); undo != nil {
		f.broken = fmt.Errorf("the file is in an unknown state since %w: start again when the disk is well", errors.Join(err, undo))
	}
	return err
}
