package witness

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"hexspot/coverage"
	"hexspot/radio"
)

// Candidate is a valid witness of a beacon.
type Candidate struct {
	Station radio.Station
	Cell    coverage.Hex // published, of resolution 8 or finer
	Receive int64
	ID      [32]byte
}

// Candidates are the valid witnesses of a case, by arrival, when both passes are
// over.
func Candidates(c *Case, v *Verdict) []Candidate {
	var candidates []Candidate
	for i, w := range byArrival(c.Witnesses) { // the order of the verdict
		if v.Witnesses[i].Valid() {
			candidates = append(candidates, Candidate{w.Station, w.Site.Cell, w.Receive, w.ID})
		}
	}
	return candidates
}

// Selected is a witness that is paid, and why it comes where it does.
type Selected struct {
	Station radio.Station
	Cell    coverage.Hex // of resolution 8
	Order   [32]byte     // the hash it was chosen by
}

// selectAt is the resolution of the cells that one witness each is paid in.
const selectAt = 8

// SelectByCell chooses one witness from each cell of resolution 8, the one with the
// least hash, and of those the first by that hash, limit at most (protocol
// hexspot/1, "Selection"). valueZ is the first value published after the epoch
// froze: nobody knew it when they reported. A candidate in a coarser cell is an
// error.
func SelectByCell(valueZ [32]byte, tag [18]byte, candidates []Candidate, limit int) ([]Selected, error) {
	all := make([]choice, len(candidates))
	for i, c := range candidates {
		cell, err := c.Cell.Parent(selectAt)
		if err != nil {
			return nil, fmt.Errorf("selecting %v: %w", c.Station, err)
		}
		all[i] = choice{i, cell, selectHash(valueZ, tag, c.Station.Bytes())}
	}
	chosen := choose(all, limit)
	selected := make([]Selected, len(chosen))
	for i, c := range chosen {
		selected[i] = Selected{candidates[c.index].Station, c.cell, c.order}
	}
	return selected, nil
}

// choice is a candidate by its place in the list.
type choice struct {
	index int
	cell  coverage.Hex
	order [32]byte
}

// choose keeps the first of each cell by hash, limit at most. Two stations never
// have one hash.
func choose(all []choice, limit int) []choice {
	slices.SortFunc(all, func(a, b choice) int { return bytes.Compare(a.order[:], b.order[:]) })
	taken := make(map[coverage.Hex]bool, len(all))
	all = slices.DeleteFunc(all, func(c choice) bool {
		again := taken[c.cell]
		taken[c.cell] = true
		return again
	})
	return all[:min(len(all), limit)]
}

func selectHash(valueZ [32]byte, tag [18]byte, station []byte) [32]byte {
	const label = "hexspot/1/select"
	message := make([]byte, 0, len(label)+len(valueZ)+len(tag)+radio.StationSize)
	message = append(message, label...)
	message = append(message, valueZ[:]...)
	message = append(message, tag[:]...)
	message = append(message, station...)
	return sha256.Sum256(message)
}

// SelectByArrival chooses the first witnesses by (receive_ms, id), limit at most, as
// set helium-2026-05 does.
func SelectByArrival(candidates []Candidate, limit int) []Candidate {
	sorted := slices.SortedFunc(slices.Values(candidates), func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Receive, b.Receive), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return sorted[:min(len(sorted), limit)]
}
