package log

import (
	"crypto"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"hexspot/radio"
)

// MaxCosigners is the most stations that may co-sign one checkpoint.
const MaxCosigners = 64

// maxNote bounds an encoded note: a text of some 220 bytes and, for each
// signature, a line of 161.
const maxNote = 512 + (1+MaxCosigners)*176

// Note is a checkpoint with verified signatures: the ingest's and those of stations
// that co-signed it. Only functions of this package make one but the zero Note.
// Which stations are known, the registry says.
type Note struct {
	checkpoint Checkpoint
	encoded    string
	signers    []radio.Station // the ingest first
}

// Checkpoint is what is signed.
func (n Note) Checkpoint() Checkpoint { return n.checkpoint }

// Cosigners are the stations that co-signed, in the order in which they did.
func (n Note) Cosigners() []radio.Station { return append([]radio.Station{}, n.signers[1:]...) }

// String is the note as it is published.
func (n Note) String() string { return n.encoded }

// Sign signs a checkpoint as the ingest that it names. The key must be that ingest's,
// and Ed25519.
func Sign(signer crypto.Signer, c Checkpoint) (Note, error) {
	key, err := signerOf(signer)
	if err != nil {
		return Note{}, fmt.Errorf("signing a checkpoint: %w", err)
	}
	if key.station != c.Ingest {
		return Note{}, fmt.Errorf("signing a checkpoint: the log is that of %s, the key that of %s", c.Ingest, key.station)
	}
	encoded, err := note.Sign(&note.Note{Text: c.Text()}, key)
	if err != nil {
		return Note{}, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return ParseNote(encoded)
}

// ParseNote reads a note and verifies every signature. It takes only what String
// gives: the ingest's signature first, then one of each co-signing station, all
// Ed25519, nothing else.
func ParseNote(b []byte) (Note, error) {
	n, err := parseNote(b)
	if err != nil {
		return Note{}, fmt.Errorf("checkpoint: %w", err)
	}
	return n, nil
}

func parseNote(b []byte) (Note, error) {
	if len(b) > maxNote {
		return Note{}, fmt.Errorf("%d bytes, at most %d", len(b), maxNote)
	}
	opened, err := note.Open(b, stationKeys{})
	if err != nil {
		return Note{}, err
	}
	n := Note{encoded: string(b)}
	if n.checkpoint, err = parseCheckpoint(opened.Text); err != nil {
		return Note{}, err
	}
	for _, sig := range opened.Sigs {
		station, err := radio.ParseStation(sig.Name)
		if err != nil {
			return Note{}, err
		}
		n.signers = append(n.signers, station)
	}
	if n.signers[0] != n.checkpoint.Ingest {
		return Note{}, errors.New("the first signature is not the ingest's")
	}
	if len(n.signers) > 1+MaxCosigners {
		return Note{}, fmt.Errorf("%d signatures, at most %d", len(n.signers), 1+MaxCosigners)
	}
	// The library overlooks repeated signatures; a note has one encoding only.
	if again, err := note.Sign(opened); err != nil || string(again) != n.encoded {
		return Note{}, errors.New("not in canonical form: a signature stands twice or is spelled otherwise")
	}
	return n, nil
}

// stationKeys finds the key that a signature's name, a text id, is.
type stationKeys struct{}

func (stationKeys) Verifier(name string, _ uint32) (note.Verifier, error) {
	station, err := radio.ParseStation(name)
	if err != nil {
		return nil, fmt.Errorf("signature of %.80q: %w", name, err)
	}
	return noteKeyOf(station) // the caller compares the key's id
}

// withSignature is the note with one more signature.
func (n Note) withSignature(key noteSigner) (Note, error) {
	opened, err := note.Open([]byte(n.encoded), stationKeys{})
	if err != nil {
		return Note{}, err
	}
	encoded, err := note.Sign(opened, key)
	if err != nil {
		return Note{}, err
	}
	return ParseNote(encoded)
}

// Bare is the note without the signatures of stations.
func (n Note) Bare() (Note, error) { return n.keep(1) }

// keep is the note with its first signatures only.
func (n Note) keep(signatures int) (Note, error) {
	opened, err := note.Open([]byte(n.encoded), stationKeys{})
	if err != nil {
		return Note{}, err
	}
	opened.Sigs = opened.Sigs[:signatures]
	encoded, err := note.Sign(opened)
	return Note{n.checkpoint, string(encoded), slices.Clone(n.signers[:signatures])}, err
}

// Join adds the signatures of stations that another note of the same checkpoint has, while
// there is room, each station's once.
func (n Note) Join(other Note) (Note, error) {
	if len(n.signers) == 0 || n.checkpoint != other.checkpoint {
		return n, errors.New("joining notes: they are not of the same checkpoint")
	}
	if len(n.signers) > MaxCosigners {
		return n, nil
	}
	opened, err := note.Open([]byte(n.encoded), stationKeys{})
	if err != nil {
		return n, err
	}
	more, err := note.Open([]byte(other.encoded), stationKeys{})
	if err != nil {
		return n, err
	}
	signers := slices.Clone(n.signers)
	for i, station := range other.signers {
		if !slices.Contains(signers, station) && len(signers) <= MaxCosigners {
			signers, opened.Sigs = append(signers, station), append(opened.Sigs, more.Sigs[i])
		}
	}
	encoded, err := note.Sign(opened)
	return Note{n.checkpoint, string(encoded), signers}, err
}

// Authorize checks that the note is of a network, and its ingest that network's own
// key or one of those that its anchor names.
func (n Note) Authorize(network radio.Network, ingests ...radio.Station) error {
	c := n.checkpoint
	if c.Network != network {
		return fmt.Errorf("checkpoint of network %s, want %s", c.Network, network)
	}
	if c.Ingest.Network() != network && !slices.Contains(ingests, c.Ingest) {
		return fmt.Errorf("checkpoint of %s, which is no ingest of network %s", c.Ingest, network)
	}
	return nil
}
