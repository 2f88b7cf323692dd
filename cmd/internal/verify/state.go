package verify

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hexspot/witness"
)

// ReadBefore is the state that a result hands to the next epoch. It must be what the result's
// manifest lists.
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
	if text, err = os.ReadFile(filepath.Join(dir, stateName)); err != nil {
		return Before{}, fmt.Errorf("the state before: %w", err)
	}
	b := Before{Known: true, Epoch: s.Epoch}
	if b.State, b.Links, err = parseState(text); err != nil {
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

// parseState reads a file `state`: the events of stations, then the sums of links.
func parseState(text []byte) (witness.State, witness.LinkState, error) {
	at := bytes.Index(text, linksBegin)
	if at < 0 || at > 0 && text[at-1] != '\n' {
		return nil, witness.LinkState{}, errors.New("state: there are no links")
	}
	state, err := witness.ParseState(text[:at])
	if err != nil {
		return nil, witness.LinkState{}, err
	}
	links, err := witness.ParseLinkState(text[at:])
	return state, links, err
}
