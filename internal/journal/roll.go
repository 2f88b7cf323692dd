package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// fileMost bounds a file's content in bytes; a reader needs little memory at any size.
const fileMost = 256 << 20

// Roll writes all records of hours that were over at a time into files, one or more
// an hour, and gives those files. Where files end depends on nothing but the
// records, and where to go on is read from the files that are there: after a crash
// at any point it makes the missing ones, and no record is in two.
// Records that have been in files for longer than Config.Keep leave the log.
func (j *Journal) Roll(ctx context.Context, b *Bucket, until time.Time) ([]File, error) {
	j.rolling.Lock()
	defer j.rolling.Unlock()
	status, err := j.Status(ctx)
	if err != nil {
		return nil, err
	}
	there, err := b.filesOf(ctx, status.Born)
	if err != nil {
		return nil, err
	}
	r := roller{bucket: b, born: status.Born.Truncate(time.Second), until: until.UTC(), from: 1}
	if len(there) > 0 {
		r.from = there[len(there)-1].Last + 1
	}
	if status.First > r.from && status.First > 1 {
		return nil, fmt.Errorf("rolling off: the log begins with %d, files end before %d: what is between is in neither", status.First, r.from)
	}
	if r.from <= status.Last {
		if err := r.roll(ctx, j); err != nil {
			return r.made, fmt.Errorf("rolling off: %w", err)
		}
	}
	return r.made, j.forget(ctx, append(there, r.made...), until.Add(-j.config.keep()))
}

// filesOf are the files of the log that was made then, in order, without gaps.
func (b *Bucket) filesOf(ctx context.Context, born time.Time) (own []File, err error) {
	all, err := b.Files(ctx)
	if err != nil {
		return nil, err
	}
	next := uint64(1)
	for _, f := range all {
		if !f.Born.Equal(born.Truncate(time.Second)) {
			continue
		}
		if f.First != next {
			return nil, fmt.Errorf("the files of the journal have a gap or overlap at %s: %d is next", f.Name(), next)
		}
		own = append(own, f)
		next = f.Last + 1
	}
	return own, nil
}

// forget takes records out of the log that are in files of hours long over.
func (j *Journal) forget(ctx context.Context, files []File, before time.Time) error {
	var last uint64
	for _, f := range files {
		if f.Hour.Add(time.Hour).After(before) {
			break
		}
		last = f.Last
	}
	if last == 0 {
		return nil
	}
	conn, err := j.keeper.take(ctx)
	if err != nil {
		return err
	}
	if err := conn.stream.Purge(ctx, jetstream.WithPurgeSequence(last+1)); err != nil {
		return fmt.Errorf("taking rolled records out of the log: %w", err)
	}
	return nil
}

// roller writes files one after the other.
type roller struct {
	bucket *Bucket
	born   time.Time
	until  time.Time
	from   uint64 // what the present file begins with

	hour  time.Time
	draft *os.File // nil: between two files
	file  *Writer
	made  []File
}

func (r *roller) roll(ctx context.Context, j *Journal) error {
	err := j.Read(ctx, Query{From: r.from}, func(record Record) error { return r.take(ctx, record) })
	if err == nil || errors.Is(err, errStop) {
		err = r.finish(ctx)
	}
	if r.draft != nil {
		err = errors.Join(err, r.discard())
	}
	return err
}

// take adds a record to its file, or ends the rolling at the first that is too new.
func (r *roller) take(ctx context.Context, record Record) error {
	hour := record.Time.Truncate(time.Hour)
	if r.draft != nil && (!hour.Equal(r.hour) || r.file.size >= fileMost) {
		if err := r.finish(ctx); err != nil {
			return err
		}
	}
	if hour.Add(time.Hour).After(r.until) {
		return errStop
	}
	if r.draft == nil {
		if err := r.begin(hour); err != nil {
			return err
		}
	}
	return r.file.Write(record)
}

func (r *roller) begin(hour time.Time) (err error) {
	if r.draft, err = r.bucket.draft(); err != nil {
		return err
	}
	r.hour = hour
	r.file, err = NewWriter(r.draft)
	return err
}

// finish gives the present file its name, if there is one, after it was read back.
func (r *roller) finish(ctx context.Context) error {
	if r.draft == nil {
		return nil
	}
	if err := r.file.Close(); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("reading back what was written: %w", err)
	}
	f := File{Born: r.born, First: r.from, Last: r.file.last, Hour: r.hour}
	if info, err := r.draft.Stat(); err == nil {
		f.Size = info.Size()
	}
	if err := r.bucket.keep(ctx, r.draft, f); err != nil {
		return err
	}
	r.from = f.Last + 1
	r.made = append(r.made, f)
	return r.discard()
}

// check reads the draft: records leave the log only for a file that can be read.
func (r *roller) check() error {
	if _, err := r.draft.Seek(0, io.SeekStart); err != nil {
		return err
	}
	reader, err := NewReader(r.draft)
	if err != nil {
		return err
	}
	defer reader.Close()
	for {
		if _, err := reader.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// discard closes the draft and removes what still has its name.
func (r *roller) discard() error {
	err := r.draft.Close()
	if gone := os.Remove(r.draft.Name()); !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	r.draft = nil
	return err
}
