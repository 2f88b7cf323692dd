package hotspot

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// noteDir is the directory of the checkpoints that the hotspot saw last, EPOCH-INGEST.note,
// and of evidence. Both are for `hexspot receipts` and for others, too.
type noteDir string

const (
	noteEnding = ".note"
	maxNote    = 4 << 10            // without the signatures of stations
	keptEpochs = witness.Epoch(40)  // longer than networks keep a log at hand
	noteMode   = os.FileMode(0o644) // they are public
	proofMode  = os.FileMode(0o600) // evidence is the owner's to show
)

// keep writes a checkpoint down in the place of the one before of its log.
func (n noteDir) keep(note log.Note) error {
	if err := os.MkdirAll(string(n), 0o755); err != nil {
		return err
	}
	c := note.Checkpoint()
	name := fmt.Sprintf("%d-%s%s", c.Epoch, c.Ingest, noteEnding)
	return ReplaceFile(n.path(name), []byte(note.String()), noteMode)
}

func (n noteDir) path(name string) string { return filepath.Join(string(n), name) }

// read gives the checkpoints of a network. What cannot be read is named in the error,
// and the others are given.
func (n noteDir) read(network radio.Network) (list []log.Note, err error) {
	names, err := n.names()
	for _, name := range names {
		note, fault := n.readOne(name)
		if fault == nil && note.Checkpoint().Network == network {
			list = append(list, note)
		}
		if fault != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", n.path(name), fault))
		}
	}
	return list, err
}

// names are the files with checkpoints.
func (n noteDir) names() ([]string, error) {
	entries, err := os.ReadDir(string(n))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if _, ok := epochOf(e.Name()); ok {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// epochOf reads the epoch off the name of a checkpoint's file.
func epochOf(name string) (witness.Epoch, bool) {
	stem, ok := strings.CutSuffix(name, noteEnding)
	first, _, more := strings.Cut(stem, "-")
	epoch, err := strconv.ParseUint(first, 10, 40)
	return witness.Epoch(epoch), ok && more && err == nil
}

func (n noteDir) readOne(name string) (log.Note, error) {
	b, err := n.load(name, maxNote)
	if err != nil {
		return log.Note{}, err
	}
	return log.ParseNote(b)
}

// load reads the beginning of a file.
func (n noteDir) load(name string, most int64) ([]byte, error) {
	file, err := os.Open(n.path(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most))
}

// isOver says that a log is of no use any more.
func isOver(epoch, latest witness.Epoch) bool { return epoch+keptEpochs < latest }

// forget removes checkpoints of logs that are long over.
func (n noteDir) forget(latest witness.Epoch) error {
	names, err := n.names()
	for _, name := range names {
		if epoch, _ := epochOf(name); isOver(epoch, latest) {
			err = errors.Join(err, os.Remove(n.path(name)))
		}
	}
	return err
}
