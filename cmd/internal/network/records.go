package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
}

func (w window) touches(hour time.Time) bool {
	return hour.Add(time.Hour).After(w.since) && (w.until.IsZero() || hour.Before(w.until))
}

// touchesSome says whether a window that has a beginning has a part of a stretch of time.
func (w window) touchesSome(from, until time.Time) bool {
	return !w.since.IsZero() && w.since.Before(until) && (w.until.IsZero() || from.Before(w.until))
}

// Records reads files, then what the log has beyond them.
func (s *Store) Records(ctx context.Context, w window, each func(verify.Record) error) error {
	status, err := s.Journal.Status(ctx)
	if err != nil {
		return err
	}
	files, err := eachFile(ctx, s.rolling.bucket, w, passOn(each))
	if err != nil {
		return err
	}
	own := filesOf(files, status.Born)
	if until := goneUntil(own, status); w.touchesSome(status.Born, until) {
		s.rolling.log.Warn("records of the journal are in neither the log nor its files, and are not read: bring back the first files, if another place has them",
			"before", until)
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

// filesOf are those of the log of that birth. A file states the second.
func filesOf(all []journal.File, born time.Time) []journal.File {
	return slices.DeleteFunc(slices.Clone(all), func(f journal.File) bool { return f.Born.Unix() != born.Unix() })
}

// goneUntil is when what the first file begins with was taken, or the log if there is no file, unless that is what was
// taken first of all.
func goneUntil(own []journal.File, s journal.Status) (until time.Time) {
	switch {
	case len(own) > 0 && own[0].First > 1:
		return own[0].Hour
	case len(own) == 0 && s.First > 1:
		return s.Oldest
	}
	return time.Time{}
}

// eachFile reads the files of a window, and gives all that there are.
func eachFile(ctx context.Context, url string, w window, each func(journal.Record) error) (files []journal.File, err error) {
	bucket, err := journal.OpenBucket(ctx, url)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	if files, err = bucket.Files(ctx); err != nil {
		return nil, err
	}
	for _, f := range files {
		if !w.touches(f.Hour) {
			continue
		}
		if err := readFile(ctx, bucket, f, each); err != nil {
			return nil, fmt.Errorf("reading the journal file %s: %w", f.Name(), err)
		}
	}
	return files, nil
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
