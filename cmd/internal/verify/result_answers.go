package verify

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Sites are the facts of all stations in the epoch's snapshot.
func (r *Result) Sites() (map[radio.Station]*witness.SiteFacts, error) {
	file, err := r.openFile(sitesName)
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
	text, err := r.readFile(anchorsName)
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
	text, err := r.readFile(entropyName)
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
	text, err := r.readFile(provisionsName)
	if err != nil {
		return nil, err
	}
	return r.reader.Provisions(text)
}

func (r *Result) openState() (io.ReadSeekCloser, error) { return r.openFile(stateName) }

// Events are when each station last took part in a good event, after the epoch.
func (r *Result) Events() (witness.State, error) {
	state, _, err := readState(r.openState)
	return state, err
}

// Outcomes are the appeals that were judged in the epoch, and what became of weights below
// one half.
func (r *Result) Outcomes() (witness.Outcomes, error) {
	text, err := r.readFile(outcomesName)
	if err != nil {
		return witness.Outcomes{}, err
	}
	return r.reader.Outcomes(text)
}

// ProvisionsOf are those of the provisions that name a station, MostLinks at most.
func (r *Result) ProvisionsOf(s radio.Station) (witness.Provisions, error) {
	text, _, err := r.blocksAbout(provisionsName, s)
	if err != nil {
		return nil, err
	}
	return r.reader.Provisions(text)
}

// Below are the subjects of the provisions, as witness.Subject.AppendText writes them: checking
// the keys of all takes long.
func (r *Result) Below() (map[string]bool, error) {
	text, err := r.readFile(provisionsName)
	if err != nil {
		return nil, err
	}
	below := map[string]bool{}
	for line := range bytes.Lines(text) {
		if words := bytes.SplitN(line, []byte(" "), 4); len(words) == 4 && string(words[0]) == "provision" {
			below[string(words[1])+" "+string(words[2])] = true
		}
	}
	return below, nil
}

// OutcomesOf are those of the outcomes that name a station, MostLinks at most.
func (r *Result) OutcomesOf(s radio.Station) (witness.Outcomes, error) {
	text, _, err := r.blocksAbout(outcomesName, s)
	if err != nil {
		return witness.Outcomes{}, err
	}
	return r.reader.Outcomes(text)
}

// Appeal is the outcome of an appeal by the id of its record, false if the epoch has none.
func (r *Result) Appeal(id radio.RecordID) (witness.JudgedAppeal, bool, error) {
	text, _, err := r.blocks(outcomesName, placeOfRecord(id), hex.AppendEncode(nil, id[:]))
	if err != nil {
		return witness.JudgedAppeal{}, false, err
	}
	outcomes, err := r.reader.Outcomes(text)
	at := slices.IndexFunc(outcomes.Appeals, func(j witness.JudgedAppeal) bool { return j.ID == id })
	if err != nil || at < 0 {
		return witness.JudgedAppeal{}, false, err
	}
	return outcomes.Appeals[at], true, nil
}

func (r *Result) blocksAbout(name string, s radio.Station) ([]byte, bool, error) {
	key := s.Bytes()
	return r.blocks(name, placeOfStation(key), hex.AppendEncode(nil, key))
}

// blocks gives those of a file of aboutFiles that have a word, by its index, and whether there
// are more than MostLinks.
func (r *Result) blocks(name string, of placeName, word []byte) (found []byte, more bool, err error) {
	offsets, err := findPlaces(r.path(name), of, MostLinks)
	if err != nil || len(offsets) == 0 {
		return nil, false, err
	}
	at := slices.IndexFunc(aboutFiles[:], func(f aboutFile) bool { return f.name == name })
	l, err := r.openLines(name, aboutFiles[at].begins...)
	if err != nil {
		return nil, false, err
	}
	defer l.close()
	for _, offset := range offsets[:min(len(offsets), MostLinks)] {
		begin := len(found)
		if found, _, err = l.appendBlock(found, offset); err != nil {
			return nil, false, err
		}
		if !bytes.Contains(found[begin:], word) {
			found = found[:begin]
		}
	}
	return found, len(offsets) > MostLinks, nil
}

// Surroundings are those of a station in the epoch; of one that has no site, none. Nothing
// but the places of those around it is read.
func (r *Result) Surroundings(ctx context.Context, s radio.Station) (witness.Surroundings, error) {
	n, err := openNear(r.dir)
	if err != nil {
		return witness.Surroundings{}, err
	}
	defer n.file.Close()
	own, ok := n.find(s)
	if !ok || int(own.plan) >= len(n.plans) {
		return r.parameters.SurroundingsOf(""), n.failed
	}
	around := r.parameters.SurroundingsOf(n.plans[own.plan])
	err = n.around(ctx, own.at, func(other nearSite) {
		switch {
		case other.number == own.number || other.flags&nearFull == 0:
		case other.plan == own.plan:
			around.Count(own.at, other.at, other.flags&nearAwake != 0)
		default:
			around.CountOther(own.at, other.at)
		}
	})
	return around, err
}
