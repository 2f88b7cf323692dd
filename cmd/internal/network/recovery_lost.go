package network

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hexspot/internal/journal"
	"hexspot/witness/log"
)

// ErrJournalLost says that receipts were given for records that neither the journal nor its files have.
var ErrJournalLost = errors.New("the journal is a new one, and neither it nor its files have the last record that a receipt was given for: " +
	"set dir, url and files of [journal] as they were, or bring back what was there; only if it is lost for good, start with --journal-lost until a report is taken")

// recordFiled is how long after it was received a record may be journaled, at most.
const recordFiled = time.Minute

// checkJournal is ErrJournalLost if the journal was made after the last record of the log, which is in no
// file either: the journal of another directory would take what is to come, and what stations were promised is missing.
// A journal that is as old as the record and lacks it is told only: it was rolled off, or a power
// cut took what was not yet on the disk.
func (v *proving) checkJournal(ctx context.Context, s *Store) error {
	last, err := lastBooked(v.book)
	if err != nil || last.Received == 0 {
		return err
	}
	if there, err := s.inLog(ctx, last); there || err != nil {
		return err
	}
	status, err := s.Journal.Status(ctx)
	if err != nil {
		return err
	}
	at := last.Received.Time()
	switch rolled := status.First > 1 && (status.Last < status.First || at.Before(status.Oldest)); {
	case rolled && !status.Born.After(at):
		return nil
	case !status.Born.After(at):
		v.log.Error("the journal lacks the last record that a receipt was given for", "record", last.Record, "received", at)
		return nil
	}
	if there, err := s.inFiles(ctx, last); there || err != nil {
		return err
	}
	return fmt.Errorf("%w (record %s, received %s; the journal was made %s%s)", ErrJournalLost, last.Record,
		at.Format(time.RFC3339), status.Born.Format(time.RFC3339), s.inTheWay(status))
}

// inTheWay names a log that has nothing, as this start may have made it.
func (s *Store) inTheWay(status journal.Status) string {
	if s.dir == "" || status.Last > 0 {
		return ""
	}
	return " in " + s.dir + " and is empty: remove that directory before another one is moved there"
}

// errFound ends a search.
var errFound = errors.New("it is there")

// inLog says whether the journal's log has a record.
func (s *Store) inLog(ctx context.Context, r log.Entry) (bool, error) {
	query := journal.Query{Since: max(r.Received-recoverBefore, 0).Time(), Subjects: reportSubjects()}
	return wasFound(s.Journal.Read(ctx, query, lookFor(r)))
}

// inFiles says whether a file of the journal has a record.
func (s *Store) inFiles(ctx context.Context, r log.Entry) (bool, error) {
	at := r.Received.Time()
	w := window{since: at.Add(-clocksApart), until: at.Add(clocksApart + recordFiled)}
	files, err := s.Files(ctx)
	if err != nil {
		return false, err
	}
	return wasFound(eachFile(ctx, s.rolling.bucket, files, w, lookFor(r)))
}

func lookFor(r log.Entry) func(journal.Record) error {
	return func(is journal.Record) error {
		if is.ID == r.Record.String() {
			return errFound
		}
		return nil
	}
}

func wasFound(err error) (bool, error) {
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}
