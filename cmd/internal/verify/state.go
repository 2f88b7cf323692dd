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
// manifest lists. Its links stay in their file until an epoch is verified with them.
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
	if b.State, b.Links, err = readState(func() (io.ReadSeekCloser, error) { return os.Open(filepath.Join(dir, stateName)) }); err != nil {
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

// readState reads a file `state`: the events of stations, then where the sums of links are.
func readState(open func() (io.ReadSeekCloser, error)) (witness.State, witness.LinkState, error) {
	text, err := readEvents(open)
	if err != nil {
		return nil, witness.LinkState{}, err
	}
	state, err := witness.ParseState(text)
	if err != nil {
		return nil, witness.LinkState{}, err
	}
	links, err := witness.OpenLinkState(func() (io.ReadCloser, error) {
		file, err := open()
		if err != nil {
			return nil, err
		}
		if _, err := file.Seek(int64(len(text)), io.SeekStart); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return file, nil
	})
	return state, links, err
}

// readEvents reads what is before the links.
func readEvents(open func() (io.ReadSeekCloser, error)) ([]byte, error) {
	file, err := open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := bufio.NewReader(file)
	var text []byte
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case bytes.HasPrefix(line, linksBegin):
			return text, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("state: there are no links")
		case err != nil:
			return nil, err
		}
		text = append(text, line...)
	}
}
