package chaindir

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"hexspot/radio"
	"hexspot/witness"
)

// Chain is what is kept of a chain.
type Chain struct {
	Key
	Seed      *Seed         // nil: lost
	Anchor    *radio.Signed // nil: not journaled; its signature was not looked at
	Journaled witness.Millis
	Last      *witness.Value // newest one revealed, nil: none
	Published witness.Millis // when that was
}

// Seed is a chain's seed, a secret, with its first slot.
type Seed struct {
	From    witness.Slot
	Entropy witness.Entropy
}

// Read reads a chain. A file that is not there, or whose length is wrong, counts as lost:
// with a seed that is cut short nothing can be done.
func (d Dir) Read(k Key) (Chain, error) {
	c := Chain{Key: k}
	from, seed, err := d.read(k.file(seedEnding))
	if err != nil {
		return c, err
	}
	if numberSize+len(seed) == secretSize {
		c.Seed = &Seed{witness.Slot(from), witness.Entropy(seed)}
	}
	slot, value, err := d.read(k.file(valueEnding))
	if err != nil {
		return c, err
	}
	if len(value) == secretSize {
		c.Last = &witness.Value{Slot: witness.Slot(slot), Revision: k.Revision, Entropy: witness.Entropy(value[numberSize:])}
		c.Published = witness.Millis(binary.BigEndian.Uint64(value))
	}
	at, anchor, err := d.read(k.file(anchorEnding))
	if err != nil || anchor == nil {
		return c, err
	}
	signed, err := radio.ParseSigned(anchor)
	if err != nil {
		return c, fmt.Errorf("the anchor %s: %w", d.path(k.file(anchorEnding)), err)
	}
	c.Anchor, c.Journaled = &signed, witness.Millis(at)
	return c, nil
}

// mostFile bounds a file: the number and a signed record.
const mostFile = numberSize + radio.MaxSigned

// read reads a number and what follows, nothing if there is no file.
func (d Dir) read(name string) (n uint64, rest []byte, err error) {
	b, err := os.ReadFile(d.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil, nil
	case err != nil:
		return 0, nil, fmt.Errorf("reading a chain: %w", err)
	case len(b) < numberSize || len(b) > mostFile:
		return 0, nil, nil
	}
	return binary.BigEndian.Uint64(b), b[numberSize:], nil
}
