package log

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hexspot/radio"
)

// MaxEvidence bounds an evidence file.
const MaxEvidence = 64 << 10

// evidenceFile is evidence as JSON: what was signed as it was signed, hashes and
// records in base64 as encoding/json writes bytes.
type evidenceFile struct {
	Protocol    string           `json:"protocol"`
	Kind        Kind             `json:"kind"`
	Network     string           `json:"network"`
	Receipts    [][]byte         `json:"receipts,omitempty"`
	Checkpoints []string         `json:"checkpoints,omitempty"`
	HighWater   []byte           `json:"high_water,omitempty"`
	Inclusion   *inclusionFile   `json:"inclusion,omitempty"`
	Consistency *consistencyFile `json:"consistency,omitempty"`
}

type inclusionFile struct {
	Record []byte `json:"record"`
	Index  uint64 `json:"index"`
	Proof  []Hash `json:"proof"`
}

type consistencyFile struct {
	OldSize uint64 `json:"old_size"`
	OldRoot Hash   `json:"old_root"`
	NewSize uint64 `json:"new_size"`
	NewRoot Hash   `json:"new_root"`
	Proof   []Hash `json:"proof"`
}

const evidenceProtocol = "hexspot/1"

// Encode writes an evidence file.
func (e Evidence) Encode() []byte {
	f := evidenceFile{Protocol: evidenceProtocol, Kind: e.Kind, Network: e.Log().Network.String()}
	for _, r := range e.Receipts {
		f.Receipts = append(f.Receipts, r.signed)
	}
	for _, n := range e.Notes {
		f.Checkpoints = append(f.Checkpoints, n.encoded)
	}
	if e.HighWater != nil {
		f.HighWater = e.HighWater.signed
	}
	if p := e.Inclusion; p != nil {
		f.Inclusion = p.file()
	}
	if c := e.Consistency; c != nil {
		f.Consistency = c.file()
	}
	return indented(f)
}

func indented(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic("log: strings, numbers and hashes have an encoding: " + err.Error())
	}
	return append(b, '\n')
}

// ParseEvidence reads an evidence file and verifies it: each signature, that their
// signers are the network's key or among ingests, and that the statements contradict
// each other. Which network's file it is says Log.
func ParseEvidence(b []byte, ingests ...radio.Station) (Evidence, error) {
	e, err := parseEvidence(b, ingests)
	if err != nil {
		return Evidence{}, fmt.Errorf("evidence: %w", err)
	}
	return e, e.Verify()
}

// KeptEvidence reads an evidence file of one's own: as ParseEvidence, but for whether its
// signer was one of the network's, which was looked at when the evidence was found.
func KeptEvidence(b []byte) (Evidence, error) {
	var f evidenceFile
	if err := decode(b, &f); err != nil {
		return Evidence{}, fmt.Errorf("evidence: %w", err)
	}
	return ParseEvidence(b, f.signers()...)
}

// signers are those that the statements themselves name.
func (f evidenceFile) signers() (list []radio.Station) {
	for _, b := range f.Receipts {
		if s, err := radio.ParseSigned(b); err == nil {
			list = append(list, s.Station)
		}
	}
	for _, text := range f.Checkpoints {
		if n, err := ParseNote([]byte(text)); err == nil {
			list = append(list, n.checkpoint.Ingest)
		}
	}
	return list
}

func parseEvidence(b []byte, ingests []radio.Station) (Evidence, error) {
	var f evidenceFile
	if err := decode(b, &f); err != nil {
		return Evidence{}, err
	}
	if f.Protocol != evidenceProtocol {
		return Evidence{}, fmt.Errorf("of protocol %.40q, want %s", f.Protocol, evidenceProtocol)
	}
	network, err := radio.ParseNetwork(f.Network)
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{Kind: f.Kind}
	if err := e.takeReceipts(f, network, ingests); err != nil {
		return Evidence{}, err
	}
	if err := e.takeNotes(f, network, ingests); err != nil {
		return Evidence{}, err
	}
	return e, e.takeProofs(f)
}

func (e *Evidence) takeReceipts(f evidenceFile, network radio.Network, ingests []radio.Station) error {
	for _, b := range f.Receipts {
		r, err := ParseReceipt(b, network, ingests...)
		if err != nil {
			return err
		}
		e.Receipts = append(e.Receipts, r)
	}
	if f.HighWater == nil {
		return nil
	}
	h, err := ParseHighWater(f.HighWater, network, ingests...)
	e.HighWater = &h
	return err
}

func (e *Evidence) takeNotes(f evidenceFile, network radio.Network, ingests []radio.Station) error {
	for _, text := range f.Checkpoints {
		n, err := ParseNote([]byte(text))
		if err != nil {
			return err
		}
		if err := n.Authorize(network, ingests...); err != nil {
			return err
		}
		e.Notes = append(e.Notes, n)
	}
	return nil
}

func (e *Evidence) takeProofs(f evidenceFile) error {
	if c := f.Consistency; c != nil {
		e.Consistency = c.consistency()
	}
	if f.Inclusion == nil {
		return nil
	}
	var err error
	e.Inclusion, err = f.Inclusion.inclusion()
	return err
}

// file is the proof as JSON has it: without hashes an empty list, and not null.
func (c Consistency) file() *consistencyFile {
	return &consistencyFile{c.Old.Size, c.Old.Root, c.New.Size, c.New.Root, append([]Hash{}, c.Proof...)}
}

func (f consistencyFile) consistency() *Consistency {
	return &Consistency{Head{f.OldSize, f.OldRoot}, Head{f.NewSize, f.NewRoot}, f.Proof}
}

// Encode writes a consistency proof as JSON, as an ingest answers with it.
func (c Consistency) Encode() []byte { return indented(c.file()) }

// ParseConsistency reads what Encode writes. It verifies nothing.
func ParseConsistency(b []byte) (Consistency, error) {
	var f consistencyFile
	if err := decode(b, &f); err != nil {
		return Consistency{}, fmt.Errorf("consistency proof: %w", err)
	}
	return *f.consistency(), nil
}

// decode reads one JSON value of bounded size without unknown fields.
func decode(b []byte, v any) error {
	if len(b) > MaxEvidence {
		return fmt.Errorf("%d bytes, at most %d", len(b), MaxEvidence)
	}
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows")
	}
	return nil
}
