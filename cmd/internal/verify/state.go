package verify

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hexspot/witness"
)

// ReadBefore is the state that a result hands to the next epoch. It must be what the result's
// manifest lists. Its events and links stay in their file until an epoch is verified with them.
func ReadBefore(dir string) (Before, error) {
	text, err := os.ReadFile(filepath.Join(dir, summaryName))
	if err != nil {
		return Before{}, fmt.Errorf("the state before: %w", err)
	}
	s, err := parseSummary(text)
	if err != nil {
		return Before{}, fmt.Errorf("the state before, %s: %w", dir, err)
	}
	if err := checkLeft(dir); err != nil {
		return Before{}, fmt.Errorf("the state before, %s: %w", dir, err)
	}
	b := Before{Known: true, Epoch: s.Epoch}
	if b.kept, b.Links, err = openState(func() (io.ReadSeekCloser, error) { return os.Open(filepath.Join(dir, stateName)) }); err != nil {
		return Before{}, fmt.Errorf("the state before, %s: %w", dir, err)
	}
	if text, err = os.ReadFile(filepath.Join(dir, provisionsName)); err == nil {
		b.Provisions, err = witness.ParseProvisions(text)
	}
	if err != nil {
		return Before{}, fmt.Errorf("the state before, %s: %w", dir, err)
	}
	return b, nil
}

// checkLeft compares the files that are left with what the epoch's root binds.
func checkLeft(dir string) error {
	left, err := leftBy(dir)
	if err != nil {
		return err
	}
	for _, e := range left {
		if err := (&Result{dir: dir}).checkFile(e); err != nil {
			return err
		}
	}
	return nil
}

// linksBegin is the first word of the links' part of a state.
var linksBegin = []byte("generation ")

// keptEvents are the events of stations in a file `state`, which begins with them.
type keptEvents struct {
	open func() (io.ReadSeekCloser, error)
	size int64
}

// read has them read, as they are. Of a file that became shorter meanwhile, be it at the end of a
// line, some would be missing.
func (k *keptEvents) read(read func(io.Reader) error) error {
	file, err := k.open()
	if err != nil {
		return err
	}
	events := &io.LimitedReader{R: file, N: k.size}
	err = read(events)
	if err == nil && events.N > 0 {
		err = fmt.Errorf("state: %d bytes of the events are missing: %w", events.N, io.ErrUnexpectedEOF)
	}
	return errors.Join(err, file.Close())
}

func (k *keptEvents) writeText(w io.Writer) error {
	return k.read(func(in io.Reader) error {
		_, err := io.Copy(w, in)
		return err
	})
}

// openState finds the two parts of a file `state`: the events of stations, then the sums of links.
func openState(open func() (io.ReadSeekCloser, error)) (*keptEvents, witness.LinkState, error) {
	size, err := sizeOfEvents(open)
	if err != nil {
		return nil, witness.LinkState{}, err
	}
	links, err := witness.OpenLinkState(func() (io.ReadCloser, error) {
		file, err := open()
		if err != nil {
			return nil, err
		}
		if _, err := file.Seek(size, io.SeekStart); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return file, nil
	})
	return &keptEvents{open, size}, links, err
}

// readState reads a file `state`: the events into memory, and where the sums of links are.
func readState(open func() (io.ReadSeekCloser, error)) (state witness.State, links witness.LinkState, err error) {
	kept, links, err := openState(open)
	if err != nil {
		return nil, links, err
	}
	err = kept.read(func(in io.Reader) error {
		text, err := io.ReadAll(in)
		if err == nil {
			state, err = witness.ParseState(text)
		}
		return err
	})
	return state, links, err
}

// sizeOfEvents is how much there is before the links.
func sizeOfEvents(open func() (io.ReadSeekCloser, error)) (size int64, err error) {
	file, err := open()
	if err != nil {
		return 0, err
	}
	defer file.Close()
	in := bufio.NewReader(file)
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case bytes.HasPrefix(line, linksBegin):
			return size, nil
		case errors.Is(err, io.EOF):
			return 0, errors.New("state: there are no links")
		case err != nil:
			return 0, err
		}
		size += int64(len(line))
	}
}
