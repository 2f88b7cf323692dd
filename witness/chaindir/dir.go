// Package chaindir keeps a network's chains of entropy in a directory: the secret seeds,
// the anchors, and the newest value of each that was revealed, a file each. What a
// function has written survives a power cut when it returns. One process at a time may
// use a directory, which it has to see to itself; seeds belong in no backup.
package chaindir

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// ErrTaken says that there is a chain with that end and revision.
var ErrTaken = errors.New("there is a chain with that end and revision")

// Key names a chain of a network.
type Key struct {
	To       witness.Slot
	Revision uint32
}

func (k Key) file(ending string) string { return fmt.Sprintf("%d-%d%s", k.To, k.Revision, ending) }

// The endings of files.
const (
	seedEnding   = ".seed"   // first slot, seed
	anchorEnding = ".anchor" // when it was journaled, the signed anchor
	valueEnding  = ".value"  // slot, when it was published, value
)

const (
	numberSize = 8
	secretSize = numberSize + len(witness.Entropy{})
)

// Dir is a directory of chains.
type Dir string

// newPrefix begins the names of files that are not in their place yet.
const newPrefix = ".new-"

// Open makes the directory if need be, for its owner only, and removes what a power cut
// left half written.
func Open(path string) (Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making the directory of chains: %w", err)
	}
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), newPrefix) {
			err = errors.Join(err, os.Remove(filepath.Join(path, e.Name())))
		}
	}
	if err != nil {
		return "", fmt.Errorf("opening the directory of chains: %w", err)
	}
	return Dir(path), nil
}

// KeepSeed keeps the seed of a chain from a slot on. It never replaces one: ErrTaken.
func (d Dir) KeepSeed(k Key, from witness.Slot, seed witness.Entropy) error {
	if _, err := os.Lstat(d.path(k.file(seedEnding))); err == nil {
		return ErrTaken
	}
	return d.write(k.file(seedEnding), number(uint64(from)), seed[:])
}

// KeepAnchor keeps an anchor with the time it was journaled at.
func (d Dir) KeepAnchor(k Key, at witness.Millis, anchor radio.Signed) error {
	return d.write(k.file(anchorEnding), number(uint64(at)), anchor.Append(nil))
}

// KeepValue keeps the newest value that was revealed of a chain, and when that was.
func (d Dir) KeepValue(k Key, at witness.Millis, v witness.Value) error {
	return d.write(k.file(valueEnding), number(uint64(v.Slot)), number(uint64(at)), v.Entropy[:])
}

// Remove forgets a chain.
func (d Dir) Remove(k Key) error {
	var faults []error
	for _, ending := range []string{seedEnding, anchorEnding, valueEnding} {
		if err := os.Remove(d.path(k.file(ending))); !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// Keys are the chains there is anything of.
func (d Dir) Keys() ([]Key, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, fmt.Errorf("listing the chains: %w", err)
	}
	var list []Key
	seen := map[Key]bool{}
	for _, e := range entries {
		if k, ok := keyOf(e.Name()); ok && !seen[k] {
			seen[k], list = true, append(list, k)
		}
	}
	return list, nil
}

// keyOf reads the name of a file that this package wrote.
func keyOf(name string) (Key, bool) {
	stem, ending, _ := strings.Cut(name, ".")
	first, second, _ := strings.Cut(stem, "-")
	to, err := strconv.ParseUint(first, 10, 64)
	revision, err2 := strconv.ParseUint(second, 10, 32)
	k := Key{witness.Slot(to), uint32(revision)}
	return k, err == nil && err2 == nil && k.file("."+ending) == name &&
		(name == k.file(seedEnding) || name == k.file(anchorEnding) || name == k.file(valueEnding))
}

func (d Dir) path(name string) string { return filepath.Join(string(d), name) }

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// write puts a file that only its owner may read in its place in one step.
func (d Dir) write(name string, parts ...[]byte) error {
	file, err := os.CreateTemp(string(d), newPrefix) // 0600
	if err != nil {
		return fmt.Errorf("keeping %s: %w", name, err)
	}
	for _, part := range parts {
		_, err = file.Write(part)
		if err != nil {
			break
		}
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), d.path(name))
	}
	if err != nil {
		return fmt.Errorf("keeping %s: %w", name, errors.Join(err, os.Remove(file.Name())))
	}
	return d.sync()
}

func (d Dir) sync() error {
	dir, err := os.Open(string(d))
	if err != nil {
		return fmt.Errorf("syncing the directory of chains: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("syncing the directory of chains: %w", err)
	}
	return nil
}
