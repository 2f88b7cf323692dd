package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
//
// The first files may be gone, and in a bucket that has none Roll begins with what the log has
// left. What is in neither log nor files behind the first one is ErrGap; ErrOverlap if two files have the same.
//
// An hour that is not over, of a clock that was ahead, is over if the log goes on with one that is.
func (j *Journal) Roll(ctx context.Context, b *Bucket, until time.Time) ([]File, error) {
	j.rolling.Lock()
	defer j.rolling.Unlock()
	status, err := j.Status(ctx)
	if err != nil {
		return nil, err
	}
	all, err := b.Files(ctx)
	if err != nil {
		return nil, err
	}
	there, err := FilesOf(all, status.Born)
	if err != nil {
		return nil, fmt.Errorf("rolling off: %w", err)
	}
	r := roller{bucket: b, read: j.Read, log: j.log, born: status.Born.Truncate(time.Second), until: until.UTC()}
	if r.from, err = goOn(status, there); err != nil {
		return nil, fmt.Errorf("rolling off: %w", err)
	}
	if r.from <= status.Last {
		if err := r.rollAll(ctx, status); err != nil {
			return r.made, fmt.Errorf("rolling off: %w", err)
		}
	}
	if len(there) == 0 && len(r.made) > 0 && r.made[0].First > 1 {
		j.log.Warn("the bucket had no file of this journal, which began before what the log has left: move the earlier files there if they are in another bucket",
			"first", r.made[0].First)
	}
	return r.made, j.forget(ctx, append(there, r.made...), until.Add(-j.config.keep()))
}

// goOn is what the next file begins with.
func goOn(s Status, there []File) (from uint64, err error) {
	if len(there) == 0 {
		return max(s.First, 1), nil
	}
	from = there[len(there)-1].Last + 1
	if s.First > from {
		return 0, fmt.Errorf("%w: files end with %d, the log begins with %d", ErrGap, from-1, s.First)
	}
	return from, nil
}

// forget takes records out of the log that are in files of hours long over, and what is before
// them.
func (j *Journal) forget(ctx context.Context, files []File, before time.Time) error {
	var last uint64
	for _, f := range files {
		if !f.Hour.Add(time.Hour).After(before) {
			last = f.Last
		}
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
	read   func(context.Context, Query, func(Record) error) error // Journal.Read
	log    *slog.Logger
	born   time.Time
	until  time.Time
	from   uint64 // what the present file begins with
	past   uint64 // all up to it is of hours that are over
	ahead  Record // the first that is too new

	hour  time.Time
	draft *os.File // nil: between two files
	file  *Writer
	made  []File
}

// rollAll rolls what is over. A record that was later than the last one of the log when it began is of
// a clock that was ahead.
func (r *roller) rollAll(ctx context.Context, s Status) error {
	if err := r.roll(ctx); err != nil {
		return err
	}
	if r.ahead.Seq == 0 || r.ahead.Seq >= s.Last || !r.ahead.Time.After(s.Newest) {
		return nil
	}
	if err := r.lookPast(ctx); err != nil || r.past < r.ahead.Seq {
		return err
	}
	r.log.Warn("the journal has records of a time to come: they are rolled off with what follows", "seq", r.ahead.Seq, "time", r.ahead.Time)
	return r.roll(ctx)
}

// lookPast finds the last record of an hour that is over, behind the first that is too new.
func (r *roller) lookPast(ctx context.Context) error {
	return r.read(ctx, Query{From: r.ahead.Seq}, func(record Record) error {
		if r.isOver(record) {
			r.past = record.Seq
		}
		return nil
	})
}

// isOver says whether a record may be in a file.
func (r *roller) isOver(record Record) bool {
	return record.Seq <= r.past || !record.Time.Truncate(time.Hour).Add(time.Hour).After(r.until)
}

func (r *roller) roll(ctx context.Context) error {
	err := r.read(ctx, Query{From: r.from}, func(record Record) error { return r.take(ctx, record) })
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
	if !r.isOver(record) {
		r.ahead = Record{Seq: record.Seq, Time: record.Time}
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
