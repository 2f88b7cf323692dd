package simulate

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"hexspot/radio"
	"hexspot/witness"
)

// Archive writes what a network would have received into a directory: sites.json, and
// for each epoch a file of records, each as its time of receipt (u64, Unix ms), its
// length (u32, both big-endian) and the Signed. The first of an epoch is its anchor.
type Archive struct {
	dir   string
	file  *os.File
	write *bufio.Writer
}

// NewArchive makes the directory. An epoch that is there already is written anew.
func NewArchive(dir string) (*Archive, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the archive: %w", err)
	}
	return &Archive{dir: dir}, nil
}

// Begin starts the file of an epoch.
func (a *Archive) Begin(e witness.Epoch) error {
	if err := a.Close(); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(a.dir, fmt.Sprintf("epoch-%d.records", e)))
	if err != nil {
		return fmt.Errorf("writing records: %w", err)
	}
	a.file, a.write = file, bufio.NewWriterSize(file, 1<<20)
	return nil
}

// Keep appends a record.
func (a *Archive) Keep(r Record) error {
	signed := r.Signed.Append(nil)
	head := binary.BigEndian.AppendUint64(nil, uint64(r.Receive))
	head = binary.BigEndian.AppendUint32(head, uint32(len(signed)))
	for _, part := range [][]byte{head, signed} {
		if _, err := a.write.Write(part); err != nil {
			return fmt.Errorf("writing records: %w", err)
		}
	}
	return nil
}

// Close ends the file of the last epoch.
func (a *Archive) Close() error {
	if a.file == nil {
		return nil
	}
	flushed, closed := a.write.Flush(), a.file.Close()
	a.file = nil
	if flushed != nil {
		return fmt.Errorf("writing records: %w", flushed)
	}
	return closed
}

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
	return os.WriteFile(filepath.Join(a.dir, "sites.json"), append(b, '\n'), 0o644)
}

func (w *world) published() []Published {
	list := make([]Published, len(w.stations))
	for i := range w.stations {
		s := &w.stations[i]
		list[i] = Published{s.id, s.site.Owner.String(), s.site.Cell.String(), s.site.Gain, s.site.Loss, s.site.Plan, s.kind}
	}
	return list
}

// anchor is the epoch's, signed by the network.
func (d *day) anchor(parameters [32]byte) (Record, error) {
	w := d.world
	from := witness.Slot(d.epoch) * w.timing.EpochSlots
	body := witness.Anchor{From: from, To: from + w.timing.EpochSlots, Timing: w.timing, Parameters: parameters, X0: d.chain.X0()}
	signed, err := radio.Sign(w.operator, w.network, radio.KindAnchor, body.Append(nil))
	if err != nil {
		return Record{}, err
	}
	return Record{signed, body.Begins() - 3_600_000}, nil
}
