package journal

import (
	"context"
	"fmt"
	"time"
)

// Status is how full a log is.
type Status struct {
	First, Last uint64    // sequence numbers; Last < First: empty
	Records     uint64    //
	Bytes, Most int64     // used, and the limit
	Free        int64     // of the disk; -1: a cluster's
	Oldest      time.Time // when it took the first record that is there; zero: none is
	Newest      time.Time // when it took the last record; zero: none
	Born        time.Time // when the log was made; another one counts anew
}

// nearlyFull is the share of the limit, in percent, from which there is an alarm.
const nearlyFull = 80

// Alarm says what will soon be full, or "".
func (s Status) Alarm(reserve int64) string {
	switch {
	case s.Bytes*100 >= s.Most*nearlyFull:
		return fmt.Sprintf("the journal uses %d of %d bytes", s.Bytes, s.Most)
	case s.Free >= 0 && s.Free < 2*reserve:
		return fmt.Sprintf("the journal's disk has %d bytes left, and nothing is taken below %d", s.Free, reserve)
	}
	return ""
}

// Status asks the log.
func (j *Journal) Status(ctx context.Context) (Status, error) {
	conn, err := j.keeper.take(ctx)
	if err != nil {
		return Status{}, err
	}
	return j.status(ctx, conn)
}

func (j *Journal) status(ctx context.Context, conn *connection) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	info, err := conn.stream.Info(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("asking the log for its state: %w", err)
	}
	s := Status{
		First: info.State.FirstSeq, Last: info.State.LastSeq, Records: info.State.Msgs,
		Bytes: int64(info.State.Bytes), Most: info.Config.MaxBytes, Free: -1, Born: info.Created.UTC(),
		Oldest: info.State.FirstTime.UTC(), Newest: info.State.LastTime.UTC(),
	}
	if conn.alone {
		s.Free, err = freeBytes(j.config.Dir)
	}
	return s, err
}

// watchEvery is how often the log is asked how full it is.
const watchEvery = 10 * time.Second

// watch looks how full the log is until ctx ends, and warns when it nearly is, once.
func (j *Journal) watch(ctx context.Context) {
	warned := false
	for ok := true; ok; ok = sleep(ctx, watchEvery) {
		status, err := j.Status(ctx)
		if err != nil {
			continue // the committer says what is wrong, as soon as it matters
		}
		j.committer.used.set(status, j.config.ReserveBytes)
		alarm := status.Alarm(j.config.ReserveBytes)
		if alarm != "" && !warned {
			j.log.Warn("the journal is nearly full: roll it off, raise max_bytes or free the disk", "state", alarm)
		}
		warned = alarm != ""
	}
}
