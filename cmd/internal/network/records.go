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
}

func (w window) touches(hour time.Time) bool {
	return hour.Add(time.Hour).After(w.since) && (w.until.IsZero() || hour.Before(w.until))
}

// Records reads files, then what the log has beyond them.
func (s *Store) Records(ctx context.Context, w window, each func(verify.Record) error) error {
	status, err := s.Journal.Status(ctx)
	if err != nil {
		return err
	}
	next, err := readFiles(ctx, s.rolling.bucket, w, status.Born, each)
	if err != nil {
		return err
	}
	subjects := verify.Subjects()
	if w.discoveries {
		subjects = append(subjects, "rec."+string(radio.KindDiscovery)+".*")
	}
	return s.Journal.Read(ctx, journal.Query{From: next, Subjects: subjects}, passOn(each))
}

// readFiles reads the files of a window and says where the log of that birth goes on
// after all files; 0: at its beginning.
func readFiles(ctx context.Context, url string, w window, born time.Time, each func(verify.Record) error) (next uint64, err error) {
	files, err := eachFile(ctx, url, w, passOn(each))
	for _, f := range files {
		if f.Born.Unix() == born.Unix() { // a file states the second
			next = f.Last + 1
		}
	}
	return next, err
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
