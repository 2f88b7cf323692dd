package journal

import (
	"context"
	"time"
)

// Bounds of a group. Above groupMost latency grows and the rate hardly.
const (
	groupMost  = 256
	groupBytes = 2 << 20
)

// forecast is how large the next group could be, and how long that is worth waiting for.
// A batch costs nearly the same however large it is. Who has just been acknowledged often
// has more to say, but not as fast as the committer could go on without it: then two
// halves of all senders would take turns, each with a batch of its own.
type forecast struct {
	size  int       // those who waited at the end of a commit, and those it acknowledged
	until time.Time // nobody is waited for any longer
}

// A commit of a share of patienceShare is waited for the next group, at most maxPatience.
const (
	patienceShare = 4
	maxPatience   = 5 * time.Millisecond
)

// expect is the forecast after a commit, from how many there are and how long it took.
func expect(size int, begun, ended time.Time) forecast {
	return forecast{size: min(size, groupMost), until: ended.Add(min(ended.Sub(begun)/patienceShare, maxPatience))}
}

// patience is how long a group waits for the others of its forecast. Few of them are not
// worth it, since each is committed on its own.
func (f forecast) patience(now time.Time) time.Duration {
	if f.size < togetherFrom {
		return 0
	}
	return f.until.Sub(now)
}

// gathering is a group in the making.
type gathering struct {
	waiting []*waiter
	bytes   int
}

func (g *gathering) add(w *waiter) {
	g.waiting = append(g.waiting, w)
	g.bytes += len(w.data)
}

func (g *gathering) isFull() bool { return len(g.waiting) >= groupMost || g.bytes >= groupBytes }

// gather waits for an entry, takes what else waits by then, and gives the others of the
// forecast the time it allows.
func (c *committer) gather(ctx context.Context) (group []*waiter, ok bool) {
	var g gathering
	for _, w := range c.held {
		g.add(w)
	}
	c.held = nil
	if len(g.waiting) == 0 {
		select {
		case w := <-c.queue:
			g.add(w)
		case <-ctx.Done():
			return nil, false
		}
	}
	c.take(&g)
	if patience := c.next.patience(time.Now()); patience > 0 {
		c.await(ctx, &g, patience)
	}
	return c.distinct(g.waiting), ctx.Err() == nil
}

// take adds what is in the queue, as far as it fits.
func (c *committer) take(g *gathering) {
	for !g.isFull() {
		select {
		case w := <-c.queue:
			g.add(w)
		default:
			return
		}
	}
}

// await adds what comes, until the forecast has come true or its time is over.
func (c *committer) await(ctx context.Context, g *gathering, patience time.Duration) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for !g.isFull() && len(g.waiting) < c.next.size {
		select {
		case w := <-c.queue:
			g.add(w)
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// distinct holds entries back whose id is in the group already: the log refuses a
// batch that has one twice. When their turn comes, the id is known.
func (c *committer) distinct(waiting []*waiter) (group []*waiter) {
	ids := make(map[string]bool, len(waiting))
	for _, w := range waiting {
		if ids[w.id] {
			c.held = append(c.held, w)
			continue
		}
		ids[w.id] = true
		group = append(group, w)
	}
	return group
}
