package network

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hexspot/cmd/internal/web"
	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
)

// appealSource gives the appeals that are kept.
type appealSource interface {
	// Appeals gives those that came since a time by the journal's clock, and maybe some twice.
	Appeals(ctx context.Context, since time.Time, each func(journal.Record) error) error
}

// appealSubject begins the subjects of appeals in the journal.
const appealSubject = "rec." + string(radio.KindAppeal) + "."

// Appeals finds those of the log by their subject, and reads of the files only what has left the log.
func (s *Store) Appeals(ctx context.Context, since time.Time, each func(journal.Record) error) error {
	err := s.Journal.Read(ctx, journal.Query{Since: since, Subjects: []string{appealSubject + "*"}}, each)
	if err != nil {
		return err
	}
	status, err := s.Journal.Status(ctx)
	if err != nil {
		return err
	}
	return s.appealsOfFiles(ctx, window{since: since}, status, each)
}

// appealsOfFiles reads the files of a window that have something that the log has no more.
func (s *Store) appealsOfFiles(ctx context.Context, w window, status journal.Status, each func(journal.Record) error) (err error) {
	bucket, err := journal.OpenBucket(ctx, s.rolling.bucket)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	files, err := bucket.Files(ctx)
	if err != nil {
		return err
	}
	for _, f := range files {
		inLog := f.Born.Unix() == status.Born.Unix() && f.First >= status.First // a file states the second
		if inLog || !w.touches(f.Hour) {
			continue
		}
		if err := readFile(ctx, bucket, f, appealsOnly(each)); err != nil {
			return fmt.Errorf("reading the journal file %s: %w", f.Name(), err)
		}
	}
	return nil
}

func appealsOnly(each func(journal.Record) error) func(journal.Record) error {
	return func(r journal.Record) error {
		if !strings.HasPrefix(r.Subject, appealSubject) {
			return nil
		}
		return each(r)
	}
}

// clocksApart is how far the journal's clock may be from the network's: a cluster is other hosts.
const clocksApart = 10 * time.Minute

// earlierAppeals are those that came before the start.
type earlierAppeals struct {
	earlier  appealSource // nil: there is nothing before the start
	counting sync.Mutex
	counted  atomic.Bool
}

// countEarlier counts the appeals of the running epoch that came before the start, once: until
// that is done none is taken, or a start would give each station its number anew. One goes at a time, others
// are told that it is busy. An error is of the journal, and it is tried again, with the next appeal at
// the latest.
func (d *appealDesk) countEarlier(ctx context.Context, now witness.Millis) error {
	if d.earlier == nil || d.counted.Load() {
		return nil
	}
	if !d.counting.TryLock() {
		return appealsUncounted
	}
	defer d.counting.Unlock()
	if d.counted.Load() {
		return nil
	}
	epoch := d.schedule.Epoch(d.schedule.SlotAt(now))
	from, _ := d.schedule.Slots(epoch)
	err := d.earlier.Appeals(ctx, d.schedule.Start(from).Time().Add(-clocksApart), func(r journal.Record) error {
		d.recount(r.Data, epoch)
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting appeals: %w", err)
	}
	d.counted.Store(true)
	return nil
}

var appealsUncounted = web.Refusal{
	Status: http.StatusServiceUnavailable, Refused: "busy", Cause: "the appeals of before the start are being counted",
	Cure: "send it again in a moment",
}

// recount counts an entry of the journal if it is an appeal of an epoch.
func (d *appealDesk) recount(data []byte, epoch witness.Epoch) {
	at, ok := stampOf(data)
	if !ok || d.schedule.Epoch(d.schedule.SlotAt(at)) != epoch {
		return
	}
	file, err := witness.ParseAppealFile(data[stampSize:])
	if err == nil {
		id := file.Record.ID(d.network)
		d.counts.take(epoch, file.Record.Station, id, len(data)-stampSize)
		d.counts.kept(epoch, file.Record.Station, id)
	}
}

// Pauses between attempts to count what came before the start.
const (
	firstRecountPause = time.Second
	mostRecountPause  = time.Minute
)

// run counts what came before the start, so that no appeal has to wait for it. While that fails it
// tries again, ever less often, until ctx ends.
func (d *appealDesk) run(ctx context.Context) error {
	told := false
	for pause := firstRecountPause; ; pause = min(2*pause, mostRecountPause) {
		err := d.countEarlier(ctx, d.now())
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if !told && !errors.Is(err, appealsUncounted) { // an appeal may have it counted just now
			told = true
			d.log.Error("appeals of before the start are not counted: none is taken until they are, and it is tried again", "error", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
	}
}
