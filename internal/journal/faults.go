package journal

import "errors"

// Why Append, Read and Roll fail. What is in an entry that failed may or may not
// be in the log.
var (
	ErrFull    = errors.New("the journal is full")                        // its own limit, or the disk's reserve
	ErrSlow    = errors.New("the journal has not answered in time")       // slow or broken; the cause is logged
	ErrClosed  = errors.New("the journal is closed")                      //
	ErrInvalid = errors.New("the journal does not take such an entry")    // wrong subject, id or size: sending it again is of no use
	ErrRolled  = errors.New("the records are no longer in the log")       // they are in the files
	ErrInUse   = errors.New("the journal is in use by another process")   // an embedded log has one owner
	ErrCorrupt = errors.New("not a whole, unchanged file of the journal") // wrong content, count or hash
)

// ErrGap says that records are in neither the log nor its files, where both go on: bring back the
// files that are missing, or move those before them to another place.
var ErrGap = errors.New("files of the journal are missing: bring them back, or move those before them to another place")

// ErrOverlap says that two files have the same records, which no journal writes.
var ErrOverlap = errors.New("two files of the journal have the same records: move the one that does not belong there to another place")

// errDuplicate says that the log has an entry with that id already; of a batch nothing was stored then.
var errDuplicate = errors.New("an id is in the log already")
