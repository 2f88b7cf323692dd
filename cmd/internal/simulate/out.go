package simulate

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hexspot/radio"
	"hexspot/witness"
)

// Archive writes what a network would have received into a directory: sites.json, and
// for each epoch
//
//	epoch-N.records   each as its time of receipt (u64, Unix ms), its length (u32, both
//	                  big-endian) and the Signed; the first is the epoch's anchor
//	epoch-N.entropy   a line "KIND TIME MESSAGE" for each anchor and value, the message
//	                  in hexadecimal: what a journal has
//	epoch-N.before    the state that it began with, of the first epoch
//	epoch-N.verdicts  what the simulation's own judge made of it
//	epoch-N.links     the weights of its links
type Archive struct {
	dir     string
	epoch   witness.Epoch
	begun   bool
	records output
	entropy output
}

// output is a file that is written.
type output struct {
	file  *os.File
	write *bufio.Writer
}

func (o *output) begin(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing records: %w", err)
	}
	o.file, o.write = file, bufio.NewWriterSize(file, 1<<18)
	return nil
}

func (o *output) put(parts ...[]byte) error {
	for _, part := range parts {
		if _, err := o.write.Write(part); err != nil {
			return fmt.Errorf("writing records: %w", err)
		}
	}
	return nil
}

func (o *output) close() error {
	if o.file == nil {
		return nil
	}
	flushed, closed := o.write.Flush(), o.file.Close()
	o.file = nil
	if err := errors.Join(flushed, closed); err != nil {
		return fmt.Errorf("writing records: %w", err)
	}
	return nil
}

// ErrNotEmpty says that a directory for an archive has something in it: epochs of two
// simulations do not belong together.
var ErrNotEmpty = errors.New("the directory is not empty")

// NewArchive makes the directory, which has to be empty. With force the files of an earlier
// archive are removed first; others stay.
func NewArchive(dir string, force bool) (*Archive, error) {
	err := os.MkdirAll(dir, 0o755)
	if err == nil && force {
		err = removeArchive(dir)
	}
	var left []os.DirEntry
	if err == nil {
		left, err = os.ReadDir(dir)
	}
	if err == nil && len(left) > 0 && !force {
		err = fmt.Errorf("%w: %s has %s", ErrNotEmpty, dir, left[0].Name())
	}
	if err != nil {
		return nil, fmt.Errorf("making the archive: %w", err)
	}
	return &Archive{dir: dir}, nil
}

// removeArchive removes what an archive has written.
func removeArchive(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, file := range list {
		if !isOfArchive(file.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, file.Name())); err != nil {
			return err
		}
	}
	return nil
}

func isOfArchive(name string) bool {
	return name == sitesName || slices.ContainsFunc(archiveParts[:], func(what string) bool {
		return strings.HasPrefix(name, "epoch-") && strings.HasSuffix(name, "."+what)
	})
}

const sitesName = "sites.json"

// archiveParts are the endings of an epoch's files.
var archiveParts = [...]string{"records", "entropy", "before", "verdicts", "links"}

// Begin starts the files of an epoch.
func (a *Archive) Begin(e witness.Epoch) error {
	if err := a.Close(); err != nil {
		return err
	}
	a.epoch = e
	return errors.Join(a.records.begin(a.path("records")), a.entropy.begin(a.path("entropy")))
}

func (a *Archive) path(what string) string { return archived(a.dir, a.epoch, what) }

func archived(dir string, e witness.Epoch, what string) string {
	return filepath.Join(dir, fmt.Sprintf("epoch-%d.%s", e, what))
}

// Keep appends a record.
func (a *Archive) Keep(r Record) error {
	signed := r.Signed.Append(nil)
	head := binary.BigEndian.AppendUint64(nil, uint64(r.Receive))
	return a.records.put(binary.BigEndian.AppendUint32(head, uint32(len(signed))), signed)
}

// Entropy appends an anchor or a value.
func (a *Archive) Entropy(kind string, at witness.Millis, message []byte) error {
	return a.entropy.put(fmt.Appendf(nil, "%s %d %x\n", kind, at, message))
}

// Judged writes what was judged.
func (a *Archive) Judged(j Judgement) error {
	err := errors.Join(
		os.WriteFile(a.path("verdicts"), witness.AppendVerdicts(nil, j.Parameters.Set, j.Verdicts), 0o644),
		os.WriteFile(a.path("links"), j.Weights.AppendText(nil), 0o644))
	if !a.begun {
		err = errors.Join(err, os.WriteFile(a.path("before"), j.Before.AppendText(nil), 0o644))
	}
	a.begun = true
	if err != nil {
		return fmt.Errorf("writing what was judged: %w", err)
	}
	return nil
}

// Close ends the files of the last epoch.
func (a *Archive) Close() error { return errors.Join(a.records.close(), a.entropy.close()) }

// Published is a station as the registry has it, and what it really is.
type Published struct {
	Station radio.Station `json:"station"`
	Owner   string        `json:"owner"`
	Cell    string        `json:"cell"`
	Gain    radio.DB      `json:"gain"` // 0.01 dB, like the loss
	Loss    radio.DB      `json:"loss"`
	Plan    string        `json:"plan"`
	Kind    Kind          `json:"kind"` // no network knows it
}

// Sites writes sites.json.
func (a *Archive) Sites(sites []Published) error {
	b, err := json.MarshalIndent(sites, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(a.dir, sitesName), append(b, '\n'), 0o644)
}

func (w *world) published() []Published {
	list := make([]Published, len(w.stations))
	for i := range w.stations {
		s := &w.stations[i]
		list[i] = Published{s.id, s.site.Owner.String(), s.site.Cell.String(), s.site.Gain, s.site.Loss, s.site.Plan, s.kind}
	}
	return list
}
