package verify

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// ErrNotFollowing says that an epoch did not begin with what another has left.
var ErrNotFollowing = errors.New("it did not begin with what that epoch has left")

// beforeFiles are the files that the next epoch begins with.
var beforeFiles = [...]string{provisionsName, stateName}

// writeState writes events and sums of links as the file `state`.
func (b *Before) writeState(w io.Writer) error {
	events := b.State.WriteText
	if b.kept != nil {
		events = b.kept.writeText
	}
	if err := events(w); err != nil {
		return err
	}
	return b.Links.WriteText(w)
}

// takeEvents gives the events of stations by their numbers, and lets go of them: a map takes four
// times as much.
func (b *Before) takeEvents(stations *radio.Stations) (by witness.EventsBy, err error) {
	if b.kept == nil {
		by = b.State.EventsBy(stations)
		b.State = nil
		return by, nil
	}
	err = b.kept.read(func(in io.Reader) (err error) {
		by, err = witness.ReadEventsBy(in, stations)
		return err
	})
	return by, err
}

// manifest lists the files that a state is in, as the manifest of the epoch that left it does:
// `state-out` of one epoch is `state-in` of the next, and in the bundles of both (protocol
// hexspot/1, "Verdict").
// A state of nothing has files as well.
func (b *Before) manifest() (manifest, error) {
	state, err := entryOf(stateName, b.writeState)
	if err != nil {
		return nil, err
	}
	provisions, err := entryOf(provisionsName, text(b.Provisions.AppendText(nil)))
	return manifest{provisions, state}, err
}

// entryOf is a file's entry without the file.
func entryOf(name string, content func(io.Writer) error) (entry, error) {
	sum, size := sha256.New(), counter(0)
	err := content(io.MultiWriter(sum, &size))
	return entry{Name: name, Size: int64(size), Hash: sum.Sum(nil)}, err
}

// counter counts what is written.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// Follows says whether the epoch began with what the result in a directory has left, by the
// hashes that both state: ErrNotFollowing, if not. A result of a build that did not state it
// is not asked.
func (r *Result) Follows(dir string) error {
	list, err := readManifest(r.dir)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(e entry) bool { return e.Name == beforeName })
	if at < 0 {
		return nil
	}
	if err := r.checkFile(list[at]); err != nil {
		return err
	}
	text, err := os.ReadFile(r.path(beforeName))
	if err != nil {
		return err
	}
	left, err := leftBy(dir)
	if err != nil {
		return err
	}
	if !bytes.Equal(text, left.appendJSON(nil)) {
		return fmt.Errorf("epoch %d: %w: %s", r.summary.Epoch, ErrNotFollowing, dir)
	}
	return nil
}

// leftBy lists the files of a result that the next epoch begins with.
func leftBy(dir string) (left manifest, err error) {
	list, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range beforeFiles {
		at := slices.IndexFunc(list, func(e entry) bool { return e.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("%s of %s lists no %s", manifestName, dir, name)
		}
		left = append(left, list[at])
	}
	return left, nil
}

func readManifest(dir string) (manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, err
	}
	return parseManifest(text)
}
