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
	all := make([]Selected, len(candidates))
	for i, c := range candidates {
		cell, err := c.Cell.Parent(selectAt)
		if err != nil {
			return nil, fmt.Errorf("selecting %v: %w", c.Station, err)
		}
		all[i] = Selected{c.Station, cell, selectHash(valueZ, tag, c.Station)}
	}
	slices.SortFunc(all, compareSelected)
	taken := make(map[coverage.Hex]bool, len(all))
	all = slices.DeleteFunc(all, func(s Selected) bool {
		again := taken[s.Cell]
		taken[s.Cell] = true
		return again
	})
	return all[:min(len(all), limit)], nil
}

func compareSelected(a, b Selected) int {
	return cmp.Or(bytes.Compare(a.Order[:], b.Order[:]), compareStations(a.Station, b.Station))
}

func selectHash(valueZ [32]byte, tag [18]byte, s radio.Station) [32]byte {
	const label = "hexspot/1/select"
	message := make([]byte, 0, len(label)+len(valueZ)+len(tag)+radio.StationSize)
	message = append(message, label...)
	message = append(message, valueZ[:]...)
	message = append(message, tag[:]...)
	message = append(message, s.Bytes()...)
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
