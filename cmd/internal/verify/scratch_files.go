package verify

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hexspot/witness"
)

// scratchFile is the path of a file of a run that is gone when it ends.
func (r *run) scratchFile(name string) string { return filepath.Join(r.scratchDir, name) }

// besideShare is the part of the memory for reports that what is kept beside them may have.
const besideShare = 4

// shelfShare is the part of the memory for reports that each shelf of links may have;
// leastShelf is how much it has in any case.
const (
	shelfShare = 16
	leastShelf = 1 << 14
)

// shelf makes a shelf for the book of links.
func (r *run) shelf() witness.Shelf {
	s := &scratch{path: r.scratchFile(fmt.Sprintf("links-%d", len(r.shelves))), limit: max(r.in.memory()/shelfShare, leastShelf)}
	r.shelves = append(r.shelves, s)
	return s
}

// removeScratch ends the use of all of them.
func (r *run) removeScratch() error {
	faults := []error{r.scratch.Clear(), r.appeals.scratch.Clear(), r.beacons.Clear(), r.related.Clear(), r.snapshot.remove()}
	for _, s := range r.shelves {
		faults = append(faults, s.Clear())
	}
	if r.limit != nil {
		faults = append(faults, r.limit.past.Clear())
	}
	return errors.Join(append(faults, os.RemoveAll(r.scratchDir))...)
}
