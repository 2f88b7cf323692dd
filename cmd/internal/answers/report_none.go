package answers

import (
	"fmt"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// noVerdictError is ErrUnknown of a record on which the epochs that were looked in have no
// verdict. They cannot tell a record that nobody has from one that was acknowledged and
// dropped: drops leave no trace in an epoch's files (docs/protocol.md, "What is dropped").
type noVerdictError struct {
	id     radio.RecordID
	epoch  *witness.Epoch // the one that was named, which is verified; nil: none was
	unread int            // epochs that may have it and cannot be read
}

// cause says where there is no verdict, and what may have become of the record.
func (e noVerdictError) cause() string {
	where := "no epoch that is verified and kept has a verdict"
	if e.epoch != nil {
		where = fmt.Sprintf("epoch %d is verified and has no verdict", *e.epoch)
	}
	unread := ""
	if e.unread > 0 {
		unread = fmt.Sprintf(", but %d of them cannot be read", e.unread)
	}
	return fmt.Sprintf("%s on record %v%s; one that was acknowledged may have been dropped: as a copy (more than %d reports of one station on a tag), a tag past the first of its slot, a frame that is none, or a discovery beacon",
		where, e.id, unread, verify.MaxCopies)
}

// noVerdictCure says how to tell these apart.
const noVerdictCure = "look at the epoch that the receipt states: if it is not verified yet, ask when it is; if it is too old to be looked in, name it; if it is verified, " +
	"have 'hexspot receipts check' look for the record among those that were read, whose ids 'hexnet witness verify --ids' writes: " +
	"one that is there was dropped, of one that is not the receipt proves that it is missing. A duplicate of a record has the same id and no verdict of its own"

func (e noVerdictError) Error() string { return e.cause() + ". What to do: " + noVerdictCure }

func (noVerdictError) Is(other error) bool { return other == ErrUnknown }
