package verify

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Sites are the facts of all stations in the epoch's snapshot.
func (r *Result) Sites() (map[radio.Station]*witness.SiteFacts, error) {
	file, err := os.Open(r.path(sitesName))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	snapshot, err := coverage.ReadSnapshot(file)
	if err != nil {
		return nil, err
	}
	sites := make(map[radio.Station]*witness.SiteFacts, len(snapshot.Listings))
	for _, l := range snapshot.Listings {
		facts, err := witness.SiteFactsOf(l.Site)
		if err != nil {
			return nil, fmt.Errorf("site of %v: %w", l.Station, err)
		}
		sites[l.Station] = &facts
	}
	return sites, nil
}

// Entropy gives the anchors that serve slots of the epoch, and of each the last value that
// the epoch's slots had of it: with these every slot of the epoch can be checked.
func (r *Result) Entropy() ([]radio.Signed, []witness.Value, error) {
	text, err := os.ReadFile(r.path(anchorsName))
	if err != nil {
		return nil, nil, err
	}
	var anchors []radio.Signed
	for line := range bytes.Lines(text) {
		b, err := hex.DecodeString(string(bytes.TrimSuffix(line, []byte("\n"))))
		if err != nil {
			return nil, nil, fmt.Errorf("anchors: %w", err)
		}
		s, err := radio.ParseSigned(b)
		if err != nil {
			return nil, nil, fmt.Errorf("anchors: %w", err)
		}
		anchors = append(anchors, s)
	}
	values, err := r.lastValues()
	return anchors, values, err
}

// lastValues reads the file `entropy`, whose lines are by slot.
func (r *Result) lastValues() ([]witness.Value, error) {
	text, err := os.ReadFile(r.path(entropyName))
	if err != nil {
		return nil, err
	}
	last := map[uint32]witness.Value{}
	for line := range bytes.Lines(text) {
		v, err := parseValueLine(string(line))
		if err != nil {
			return nil, err
		}
		if v.Slot != r.summary.Slot { // that one is of a later epoch
			last[v.Revision] = v
		}
	}
	values := slices.Collect(maps.Values(last))
	slices.SortFunc(values, compareValues)
	return values, nil
}

func parseValueLine(line string) (witness.Value, error) {
	var v witness.Value
	var entropy []byte
	var published int64
	_, err := fmt.Sscanf(line, "%d %d %x %d\n", &v.Slot, &v.Revision, &entropy, &published)
	if err == nil && len(entropy) != len(v.Entropy) {
		err = errors.New("no value")
	}
	if err != nil {
		return witness.Value{}, fmt.Errorf("entropy, %.40q: %w", line, err)
	}
	copy(v.Entropy[:], entropy)
	return v, nil
}

// Provisions are the weights below one half after the epoch.
func (r *Result) Provisions() (witness.Provisions, error) {
	text, err := os.ReadFile(r.path(provisionsName))
	if err != nil {
		return nil, err
	}
	return witness.ParseProvisions(text)
}

func (r *Result) openState() (io.ReadSeekCloser, error) { return os.Open(r.path(stateName)) }

// Events are when each station last took part in a good event, after the epoch.
func (r *Result) Events() (witness.State, error) {
	state, _, err := readState(r.openState)
	return state, err
}

// Outcomes are the appeals that were judged in the epoch, and what became of weights below
// one half.
func (r *Result) Outcomes() (witness.Outcomes, error) {
	text, err := os.ReadFile(r.path(outcomesName))
	if err != nil {
		return witness.Outcomes{}, err
	}
	return witness.ParseOutcomes(text)
}

// ProvisionsOf are those of the provisions that name a station. Checking a key takes long, so
// no other lines are parsed.
func (r *Result) ProvisionsOf(s radio.Station) (witness.Provisions, error) {
	text, err := r.linesAbout(provisionsName, "provision ", s)
	if err != nil {
		return nil, err
	}
	return witness.ParseProvisions(text)
}

// OutcomesOf are those of the outcomes that name a station.
func (r *Result) OutcomesOf(s radio.Station) (witness.Outcomes, error) {
	text, err := r.linesAbout(outcomesName, "", s)
	if err != nil {
		return witness.Outcomes{}, err
	}
	return witness.ParseOutcomes(text)
}

// linesAbout gives the blocks of a file, each of which begins with a prefix, that name a
// station.
func (r *Result) linesAbout(name, prefix string, s radio.Station) ([]byte, error) {
	text, err := os.ReadFile(r.path(name))
	if err != nil {
		return nil, err
	}
	want := hex.AppendEncode(nil, s.Bytes())
	var found, block []byte
	take := func() {
		if bytes.Contains(block, want) {
			found = append(found, block...)
		}
		block = nil
	}
	begin := 0
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte(prefix)) {
			take()
		}
		if block == nil {
			block = text[begin:begin]
		}
		begin += len(line)
		block = block[:len(block)+len(line)]
	}
	take()
	return found, nil
}

// Awake are the stations that reported anything, by their 66 hexadecimal digits.
func (r *Result) Awake() (map[string]bool, error) {
	text, err := os.ReadFile(r.path(stationsName))
	if err != nil {
		return nil, err
	}
	awake := map[string]bool{}
	for line := range bytes.Lines(text) {
		words := bytes.SplitN(line, []byte(" "), 7) // witness.Tally.AppendText
		if len(words) < 7 {
			return nil, fmt.Errorf("%s: a line has too few words", stationsName)
		}
		if string(words[4]) != "-" || string(words[5]) != "-" {
			awake[string(words[0])] = true
		}
	}
	return awake, nil
}
