package journal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeLog is a log whose faults come by chance from a seed. What is in stored is
// durable; its server may crash and forget what it meant to store.
type fakeLog struct {
	chance *rand.Rand
	faults faults

	mu     sync.Mutex
	stored []entry
	known  map[string]bool // ids it recognizes
	forgot map[string]int  // how often it has forgotten one that it knew
	batch  int             // batches stored
	full   time.Time       // until then it is
}

// faults are probabilities of each call, in percent.
type faults struct {
	lostBefore, lostAfter, late, slow, full, part, forget int
}

func newFakeLog(seed uint64) *fakeLog {
	chance := rand.New(rand.NewPCG(seed, 1))
	upTo := func(most int) int { return chance.IntN(most + 1) }
	f := faults{lostBefore: upTo(20), lostAfter: upTo(20), late: upTo(20), slow: upTo(20), full: upTo(10), part: upTo(10)}
	if seed/24%8 == 7 { // of each number of clients
		f.forget = 1 + upTo(4)
	}
	return &fakeLog{chance: chance, known: make(map[string]bool), forgot: make(map[string]int), faults: f}
}

// fate is what becomes of one call.
type fate struct {
	before, after    bool          // the answer is lost: nothing, or all is stored
	part             bool          // a crash: some are stored, no answer
	late             bool          // no answer in time, but stored later
	pause            time.Duration // before it is stored
	isFull, forgetID bool
}

func (l *fakeLog) draw() fate {
	l.mu.Lock()
	defer l.mu.Unlock()
	hit := func(percent int) bool { return l.chance.IntN(100) < percent }
	f := fate{
		before: hit(l.faults.lostBefore), after: hit(l.faults.lostAfter), part: hit(l.faults.part), late: hit(l.faults.late),
		forgetID: hit(l.faults.forget), pause: time.Duration(l.chance.IntN(2000)) * time.Microsecond,
	}
	if hit(l.faults.slow) {
		f.pause = time.Duration(l.chance.IntN(8000)) * time.Millisecond
	}
	if hit(l.faults.full) {
		l.full = time.Now().Add(time.Duration(l.chance.IntN(5000)) * time.Millisecond)
	}
	f.isFull = time.Now().Before(l.full)
	return f
}

// put stores entries that are not known, or none if that is asked for. An entry alone that is known is
// a duplicate.
func (l *fakeLog) put(entries []entry, allOrNone bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if (allOrNone || len(entries) == 1) && slices.ContainsFunc(entries, func(e entry) bool { return l.known[e.id] }) {
		return errDuplicate
	}
	for _, e := range entries {
		if !l.known[e.id] {
			l.known[e.id] = true
			l.stored = append(l.stored, e)
		}
	}
	return nil
}

var errLost = errors.New("no answer")

// serve is one call of the log.
func (l *fakeLog) serve(ctx context.Context, entries []entry, allOrNone bool) error {
	f := l.draw()
	switch {
	case f.isFull:
		return ErrFull
	case f.before:
		return errLost
	case f.late:
		time.AfterFunc(f.pause+time.Second, func() { _ = l.put(entries, allOrNone) })
		return errLost
	case !sleep(ctx, f.pause):
		return context.Cause(ctx)
	}
	if f.forgetID { // the window is over
		l.mu.Lock()
		for id := range l.known {
			l.forgot[id]++
		}
		clear(l.known)
		l.mu.Unlock()
	}
	if f.part {
		_ = l.put(entries[:len(entries)/2], false)
		return errLost
	}
	if err := l.put(entries, allOrNone); err != nil || !f.after {
		return err
	}
	return errLost
}

func (l *fakeLog) together(ctx context.Context, entries []entry) error {
	unique := make(map[string]bool)
	for _, e := range entries {
		if unique[e.id] {
			return ErrInvalid // as the real one: it never takes such a batch
		}
		unique[e.id] = true
	}
	err := l.serve(ctx, entries, true)
	if err == nil {
		l.mu.Lock()
		l.batch++
		l.mu.Unlock()
	}
	return err
}

func (l *fakeLog) each(ctx context.Context, entries []entry) []error {
	outcomes := make([]error, len(entries))
	for i, e := range entries {
		outcomes[i] = l.serve(ctx, []entry{e}, false)
	}
	return outcomes
}

func (l *fakeLog) counts() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := make(map[string]int)
	for _, e := range l.stored {
		count[e.id]++
	}
	return count
}

// schedule is clients that resend until acknowledged, over processes that crash.
type schedule struct {
	log     *fakeLog
	clients int
	each    int

	mu    sync.Mutex
	now   *committer // of the present process
	acked []string
}

// client sends its messages in order, each until it is acknowledged.
func (s *schedule) client(name int) {
	for i := range s.each {
		id := fmt.Sprintf("%d-%d", name, i)
		for !s.send(id) {
			sleep(context.Background(), time.Second) // a station waits before it connects again
		}
	}
}

func (s *schedule) send(id string) bool {
	s.mu.Lock()
	process := s.now
	s.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(context.Background(), appendTimeout, ErrSlow)
	defer cancel()
	if process.append(ctx, entry{subject: "pkt.a.up", id: id, data: []byte(id)}) != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked = append(s.acked, id)
	return true
}

// serve runs processes until done is closed: each but the last dies at an instant
// of chance, in the middle of whatever it does.
func (s *schedule) serve(done <-chan struct{}, lives []time.Duration) {
	for i := 0; ; i++ {
		ctx, kill := context.WithCancel(context.Background())
		c := newCommitter(s.log)
		s.mu.Lock()
		s.now = c
		s.mu.Unlock()
		go c.run(ctx)
		over := make(<-chan time.Time)
		if i < len(lives) {
			over = time.After(lives[i])
		}
		select {
		case <-over:
			kill()
		case <-done:
			kill()
			return
		}
	}
}

// run gives what is wrong with one schedule.
func (s *schedule) run(seed uint64) (wrong []string) {
	chance := rand.New(rand.NewPCG(seed, 2))
	lives := make([]time.Duration, chance.IntN(4))
	for i := range lives {
		lives[i] = time.Duration(chance.IntN(3000)) * time.Millisecond
	}
	s.now = newCommitter(s.log) // takes nothing, until serve has begun
	done := make(chan struct{})
	go s.serve(done, lives)
	var all sync.WaitGroup
	for name := range s.clients {
		all.Go(func() { s.client(name) })
	}
	all.Wait()
	close(done)
	return s.faults()
}

func (s *schedule) faults() (wrong []string) {
	counts := s.log.counts()
	if len(s.acked) != s.clients*s.each {
		wrong = append(wrong, fmt.Sprintf("%d acknowledged, %d were sent", len(s.acked), s.clients*s.each))
	}
	for _, id := range s.acked {
		if counts[id] == 0 {
			wrong = append(wrong, id+" was acknowledged and is lost")
		}
		if most := 1 + s.log.forgot[id]; counts[id] > most {
			wrong = append(wrong, fmt.Sprintf("%s is there %d times, and its id was forgotten %d times", id, counts[id], most-1))
		}
	}
	return append(wrong, s.disorder()...)
}

// disorder: what a client sent after an acknowledgement is stored after what was
// acknowledged.
func (s *schedule) disorder() (wrong []string) {
	next := make(map[string]int)
	seen := make(map[string]bool)
	for _, e := range s.log.stored {
		if seen[e.id] {
			continue
		}
		seen[e.id] = true
		client, number, _ := strings.Cut(e.id, "-")
		if number != fmt.Sprint(next[client]) {
			wrong = append(wrong, fmt.Sprintf("%s is stored before %s-%d", e.id, client, next[client]))
		}
		next[client]++
	}
	return wrong
}

var schedules = flag.Int("schedules", 2_000, "seeded fault schedules in simulated time")

// TestFaultSchedules: a crash, a full disk, a slow disk, lost answers, late and
// partial commits, and in one of eight forgotten ids, in any order: what was acknowledged is stored, once and
// once more at most each time that the log has forgotten its id, and each client's in the order it was sent.
func TestFaultSchedules(t *testing.T) {
	batches, again, once := 0, 0, 0
	for seed := range uint64(*schedules) {
		synctest.Test(t, func(t *testing.T) {
			s := schedule{log: newFakeLog(seed), clients: 1 + int(seed%24), each: 3}
			for _, wrong := range s.run(seed) {
				t.Errorf("seed %d: %s", seed, wrong)
			}
			batches += s.log.batch
			again += len(s.log.stored) - s.clients*s.each
			if len(s.log.forgot) == 0 {
				once++
			}
			synctest.Wait()
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("%d schedules, %d of them without a forgotten id: %d batches, %d entries stored again after their id was forgotten", *schedules, once, batches, again)
	if batches == 0 {
		t.Error("nothing was committed together")
	}
	if *schedules >= 200 && again == 0 || once < *schedules*7/8 {
		t.Errorf("%d entries stored again, %d of %d schedules without a forgotten id", again, once, *schedules)
	}
}

// TestScheduleFails shows that the check of a schedule can fail.
func TestScheduleFails(t *testing.T) {
	for what, s := range map[string]*schedule{
		"a lost entry": {clients: 1, each: 1, acked: []string{"0-0"}, log: &fakeLog{}},
		"one twice":    {clients: 1, each: 1, acked: []string{"0-0"}, log: &fakeLog{stored: []entry{{id: "0-0"}, {id: "0-0"}}}},
		"one twice after another was forgotten": {clients: 1, each: 1, acked: []string{"0-0"},
			log: &fakeLog{stored: []entry{{id: "0-0"}, {id: "0-0"}}, faults: faults{forget: 5}, forgot: map[string]int{"0-1": 1}}},
		"wrong order":   {clients: 1, each: 2, acked: []string{"0-0", "0-1"}, log: &fakeLog{stored: []entry{{id: "0-1"}, {id: "0-0"}}}},
		"none of a few": {clients: 1, each: 1, log: &fakeLog{}},
	} {
		if len(s.faults()) == 0 {
			t.Errorf("%s goes unnoticed", what)
		}
	}
}

// TestSameIDAtOnce: two that wait with one id are stored once and both acknowledged.
func TestSameIDAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{chance: rand.New(rand.NewPCG(1, 1)), known: make(map[string]bool)}
		c := newCommitter(log)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				if err := c.append(t.Context(), entry{subject: "pkt.a.up", id: fmt.Sprint(i % 20)}); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		go c.run(ctx)
		all.Wait()
		cancel()
		if len(log.stored) != 20 || log.batch != 1 {
			t.Errorf("%d entries stored in %d batches, want 20 in 1", len(log.stored), log.batch)
		}
	})
}

// TestFullIsSaidAtOnce: the client hears of it without waiting for the time limit.
func TestFullIsSaidAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{chance: rand.New(rand.NewPCG(1, 1)), known: make(map[string]bool), full: time.Now().Add(time.Hour)}
		c := newCommitter(log)
		ctx, cancel := context.WithCancel(t.Context())
		go c.run(ctx)
		begun := time.Now()
		if err := c.append(t.Context(), entry{id: "a"}); !errors.Is(err, ErrFull) || time.Since(begun) > time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		log.mu.Lock()
		log.full = time.Now()
		log.mu.Unlock()
		if err := c.append(t.Context(), entry{id: "a"}); err != nil {
			t.Errorf("when there is room again: %v", err)
		}
		cancel()
		<-c.ended
	})
}
