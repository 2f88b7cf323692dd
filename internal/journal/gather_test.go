package journal

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// steadyLog takes as long for each call as its disk takes.
type steadyLog struct {
	batch, single time.Duration
	groups        []int // sizes, in order
}

func (l *steadyLog) together(ctx context.Context, entries []entry) error {
	l.groups = append(l.groups, len(entries))
	sleep(ctx, l.batch)
	return nil
}

func (l *steadyLog) each(ctx context.Context, entries []entry) []error {
	l.groups = append(l.groups, len(entries))
	sleep(ctx, time.Duration(len(entries))*l.single)
	return make([]error, len(entries))
}

// committing runs a committer in simulated time.
func committing(t *testing.T, log *steadyLog, do func(t *testing.T, c *committer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newCommitter(log)
		ctx, cancel := context.WithCancel(t.Context())
		go c.run(ctx)
		do(t, c)
		cancel()
		<-c.ended
	})
}

// send appends and gives how long that took.
func send(t *testing.T, c *committer, id string) time.Duration {
	t.Helper()
	begun := time.Now()
	if err := c.append(t.Context(), entry{subject: "pkt.a.up", id: id}); err != nil {
		t.Error(err)
	}
	return time.Since(begun)
}

// sendAtOnce sends as so many, and waits until all are acknowledged.
func sendAtOnce(t *testing.T, c *committer, count int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range count {
		all.Go(func() { send(t, c, fmt.Sprint("first ", i)) })
	}
	all.Wait()
}

// TestSendersStayTogether: who comes back soon after an acknowledgement is in the next
// group, with all others, rather than in every second one.
func TestSendersStayTogether(t *testing.T) {
	const senders, rounds = 100, 20
	log := &steadyLog{batch: 4 * time.Millisecond, single: 250 * time.Microsecond}
	committing(t, log, func(t *testing.T, c *committer) {
		var all sync.WaitGroup
		for i := range senders {
			all.Go(func() {
				for round := range rounds {
					send(t, c, fmt.Sprint(i, " ", round))
					sleep(t.Context(), time.Duration(i)*9*time.Microsecond)
				}
			})
		}
		all.Wait()
	})
	whole := 0
	for _, size := range log.groups {
		if size == senders {
			whole++
		}
	}
	if whole < rounds-2 || len(log.groups) > rounds+4 {
		t.Errorf("groups of %v, want nearly all of %d", log.groups, senders)
	}
}

// TestNobodyIsWaitedForLong: who comes when the others do not come back has to wait for a
// quarter of the last commit, and no longer than 5 ms.
func TestNobodyIsWaitedForLong(t *testing.T) {
	for _, c := range []struct {
		what        string
		senders     int
		batch, want time.Duration
	}{
		{"a quarter", 50, 4 * time.Millisecond, time.Millisecond},
		{"a slow disk", 50, time.Second, maxPatience},
		{"too few for a batch", togetherFrom - 2, 0, 0},
		{"as many as a batch can have", 2 * groupMost, 4 * time.Millisecond, time.Millisecond},
	} {
		t.Run(c.what, func(t *testing.T) {
			log := &steadyLog{batch: c.batch, single: 250 * time.Microsecond}
			committing(t, log, func(t *testing.T, m *committer) {
				sendAtOnce(t, m, c.senders)
				if took := send(t, m, "alone"); took != c.want+log.single {
					t.Errorf("acknowledged after %v, want %v", took, c.want+log.single)
				}
				sleep(t.Context(), maxPatience)
				if took := send(t, m, "later"); took != log.single {
					t.Errorf("later acknowledged after %v, want %v", took, log.single)
				}
			})
		})
	}
}
