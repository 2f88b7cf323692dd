package coverage

import (
	"bytes"
	"fmt"
	"io"
	"iter"

	"hexspot/radio"
)

// Listing is the entry that is published of a station in an epoch.
type Listing struct {
	Station radio.Station
	Entry
}

func compareListings(a, b Listing) int { return a.Station.Compare(b.Station) }

// A snapshot is the registry as of an epoch as a file of the epoch's bundle. It is
// text: a head, then one line for each station, rising by the station's 33 bytes.
// The same registry gives the same bytes.
//
//	hexspot/1 registry <network> <epoch>
//	<station> <nonce> <from> <owner> <cell> <x> <y> <z> <gain> <loss> <class> <plan>
//
// Station and network as text ids, centre in mm, levels in 0.01 dB, no other spaces
// and no other spelling of a number.
const snapshotHead = "hexspot/1 registry"

// WriteSnapshot writes a snapshot. Listings must come rising by station, each once;
// what cannot be in a registry of that epoch is an error.
func WriteSnapshot(w io.Writer, network radio.Network, epoch uint64, listings iter.Seq2[Listing, error]) error {
	if _, err := fmt.Fprintf(w, "%s %v %d\n", snapshotHead, network, epoch); err != nil {
		return fmt.Errorf("registry snapshot: %w", err)
	}
	order := snapshotOrder{epoch: epoch}
	line := make([]byte, 0, maxSnapshotLine)
	for l, err := range listings {
		if err == nil {
			err = order.next(l)
		}
		if err == nil {
			line = l.append(line[:0])
			_, err = w.Write(line)
		}
		if err != nil {
			return fmt.Errorf("registry snapshot: %w", err)
		}
	}
	return nil
}

// append writes the listing's line.
func (l Listing) append(b []byte) []byte {
	s := l.Site
	return fmt.Appendf(b, "%v %d %d %v %v %d %d %d %d %d %s %s\n", l.Station, l.Nonce, l.From, s.Owner, s.Cell,
		s.Center.X, s.Center.Y, s.Center.Z, int32(s.Gain), int32(s.Loss), s.Class(), s.Plan)
}

// snapshotOrder checks what the lines of a snapshot have to do with each other and
// with its epoch.
type snapshotOrder struct {
	epoch uint64
	last  []byte
}

func (o *snapshotOrder) next(l Listing) error {
	station := l.Station.Bytes()
	if l.Station.IsZero() || bytes.Compare(o.last, station) >= 0 {
		return fmt.Errorf("station %v: not after the one before", l.Station)
	}
	o.last = station
	if l.From > o.epoch {
		return fmt.Errorf("station %v: a site from epoch %d", l.Station, l.From)
	}
	if err := l.Site.Validate(); err != nil {
		return fmt.Errorf("station %v: %w", l.Station, err)
	}
	return nil
}

// DensityCells are the cells that an epoch's density is counted from: those of the
// stations with a valid event in the epoch before, where the snapshot has a site of
// them, in its order.
func DensityCells(listings []Listing, active func(radio.Station) bool) []Hex {
	var cells []Hex
	for _, l := range listings {
		if active(l.Station) {
			cells = append(cells, l.Site.Cell)
		}
	}
	return cells
}
