package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hexspot/cmd/internal/verify"
	"hexspot/internal/journal"
	"hexspot/radio"
)

// recordSource gives the records that are kept.
type recordSource interface {
	Records(ctx context.Context, w window, each func(verify.Record) error) error
}

// window is a stretch of time by the journal's clock. Records of hours that it touches
// are read, and all that are in no file yet; a zero end is none.
type window struct {
	since, until time.Time
	discoveries  bool // those too that are in no file yet: verifiers do not want them
	whole        bool // if some are gone that is ErrRecordsGone, unless the journal may have lost them
}

func (w window) touches(hour time.Time) bool {
	return hour.Add(time.Hour).After(w.since) && (w.until.IsZero() || hour.Before(w.until))
}

// touchesSome says whether a window that has a beginning has a part of a stretch of time.
func (w window) touchesSome(from, until time.Time) bool {
	return !w.since.IsZero() && w.since.Before(until) && (w.until.IsZero() || from.Before(w.until))
}

// Records reads files, then what the log has beyond them. journal.ErrGap says that files between others are missing:
// nobody is given a part for the whole.
func (s *Store) Records(ctx context.Context, w window, each func(verify.Record) error) error {
	status, err := s.Journal.Status(ctx)
	if err != nil {
		return err
	}
	files, err := s.Files(ctx)
	if err != nil {
		return err
	}
	own, err := journal.FilesOf(files, status.Born)
	if err != nil {
		return err
	}
	if err := s.tellGone(w, status, own); err != nil {
		return err
	}
	if err := eachFile(ctx, s.rolling.bucket, files, w, passOn(each)); err != nil {
		return err
	}
	next := uint64(0)
	if len(own) > 0 {
		next = own[len(own)-1].Last + 1
	}
	subjects := verify.Subjects()
	if w.discoveries {
		subjects = append(subjects, "rec."+string(radio.KindDiscovery)+".*")
	}
	return s.Journal.Read(ctx, journal.Query{From: next, Subjects: subjects}, passOn(each))
}

// ErrRecordsGone says that what is read would lack records that the journal had.
var ErrRecordsGone = errors.New("records of the journal are in neither the log nor its files: copy the first files to where files of [journal] says; " +
	"only if they are lost for good, start with --journal-lost until the epoch is verified")

// tellGone tells that records of a window are gone, or refuses it.
func (s *Store) tellGone(w window, status journal.Status, own []journal.File) error {
	until := goneUntil(own, status)
	switch {
	case !w.touchesSome(status.Born, until):
	case w.whole && !s.lost:
		return fmt.Errorf("%w (those of before %s)", ErrRecordsGone, until.Format(time.RFC3339))
	default:
		s.rolling.log.Warn("records of the journal are in neither the log nor its files, and are not read: bring back the first files, if another place has them",
			"before", until)
	}
	return nil
}

// goneUntil is when what the first file begins with was taken, or the log if there is no file, unless that is what was
// taken first of all. Of a log that has nothing left all is gone.
func goneUntil(own []journal.File, s journal.Status) (until time.Time) {
	switch {
	case len(own) > 0 && own[0].First > 1:
		return own[0].Hour
	case len(own) == 0 && s.First > 1 && s.First > s.Last:
		return s.Newest
	case len(own) == 0 && s.First > 1:
		return s.Oldest
	}
	return time.Time{}
}

// eachFile reads those of the files that a window touches.
func eachFile(ctx context.Context, url string, files []journal.File, w window, each func(journal.Record) error) (err error) {
	bucket, err := journal.OpenBucket(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	for _, f := range files {
		if !w.touches(f.Hour) {
			continue
		}
		if err := readFile(ctx, bucket, f, each); err != nil {
			return fmt.Errorf("reading the journal file %s: %w", f.Name(), err)
		}
	}
	return nil
}

func readFile(ctx context.Context, bucket *journal.Bucket, f journal.File, each func(journal.Record) error) (err error) {
	r, err := bucket.Open(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	file, err := journal.NewReader(r)
	if err != nil {
		return err
	}
	defer file.Close()
	for ctx.Err() == nil {
		record, err := file.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = each(record)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// filesAlone reads files without their log, of which the newest has to be whole (journal.ErrGap).
func filesAlone(ctx context.Context, url string, w window, each func(verify.Record) error) error {
	files, err := filesIn(ctx, url)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		if _, err := journal.FilesOf(files, files[len(files)-1].Born); err != nil {
			return err
		}
	}
	return eachFile(ctx, url, files, w, passOn(each))
}

// passOn gives what is a record of coverage.
func passOn(each func(verify.Record) error) func(journal.Record) error {
	return func(r journal.Record) error {
		record, ok := verify.ParseRecord(r.Subject, r.Data)
		if !ok {
			return nil
		}
		return each(record)
	}
}
