package journal

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

var leaders = flag.Int("leaders", 1, "how often the leader of the cluster is killed")

// inCluster is a journal in three nodes, with 30 clients that append.
type inCluster struct {
	*nodes
	j       *Journal
	clients client
	gaps    pauses
	audit   audit
	end     func() // stops the clients
}

func newInCluster(t *testing.T) *inCluster {
	t.Helper()
	c := &inCluster{nodes: newNodes(t), clients: client{failures: make(map[string]int)}, gaps: pauses{last: time.Now()}, audit: audit{found: make(map[string]int)}}
	for i := range c.running {
		c.start(t, i)
	}
	await(t, "a cluster", func() bool { _, err := c.view(t.Context(), 0); return err == nil })
	c.j, _ = running(t, Config{URL: c.url(), Replicas: 3, MaxBytes: 4 << 30}, "")
	stop := make(chan struct{})
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() { c.clients.runNoting(t, c.j, i, stop, c.gaps.taken) })
	}
	c.end = sync.OnceFunc(func() { close(stop); all.Wait() })
	t.Cleanup(c.end)
	return c
}

// awaitMore waits until so many more entries are taken.
func (c *inCluster) awaitMore(t *testing.T, what string, more int) {
	t.Helper()
	before, _ := c.clients.count()
	await(t, what, func() bool { taken, _ := c.clients.count(); return taken > before+more })
}

// pause is from a kill to the acknowledgement of an entry handed in after it: one
// from before may have had its acknowledgement on the way.
func (c *inCluster) pause(t *testing.T, killed time.Time) time.Duration {
	t.Helper()
	id := fmt.Sprint("after-", killed.UnixNano())
	awaitNil(t, "an entry without the leader", 2*patience, func() error {
		err := c.j.Append(t.Context(), "pkt.a.up", id, nil)
		c.clients.note(id, err)
		return err
	})
	return time.Since(killed)
}

// atLeast is the value that a share of the sorted list does not exceed.
func atLeast(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1].Round(time.Millisecond)
}

// aRound is a kill, an election and a catch-up on a busy machine.
const aRound = 20 * time.Second

// TestClusterLosesItsLeader: three processes, three replicas, the stream's leader is
// killed while 30 clients append, again and again. What was taken must be on the two
// nodes left, before the third comes back with its own store. Each kill is the first
// failure of a whole cluster: two at once are more than three replicas bear.
func TestClusterLosesItsLeader(t *testing.T) {
	if end, bounded := t.Deadline(); bounded && time.Until(end) < time.Duration(*leaders)*aRound {
		t.Fatalf("%d rounds take up to %v each: give a longer -timeout", *leaders, aRound)
	}
	c := newInCluster(t)
	c.awaitMore(t, "the first entries", 500)
	c.gaps.reset()
	var taking []time.Duration
	for round := range *leaders {
		asked := time.Now()
		victim := c.awaitWhole(t, c.j)
		whole, calm, killed := time.Since(asked), c.gaps.reset(), time.Now()
		c.kill(victim)
		taking = append(taking, c.pause(t, killed))
		c.awaitMore(t, "entries without the leader", 500)
		lost := c.audit.check(t, c.j, &c.clients)
		t.Logf("round %d: whole after %v, pauses up to %v; n%d, which led, killed, pause %v; %d entries compared, lost %v",
			round+1, whole.Round(time.Millisecond), calm.Round(time.Millisecond), victim, taking[round].Round(time.Millisecond), c.audit.taken, lost)
		if len(lost) > 0 {
			t.FailNow()
		}
		c.gaps.reset()
		c.start(t, victim)
	}
	c.awaitWhole(t, c.j)
	c.end()
	slices.Sort(taking)
	t.Logf("%d leaders killed, pause median %v, p90 %v, max %v", *leaders, atLeast(taking, 50), atLeast(taking, 90), atLeast(taking, 100))
	c.compare(t)
}

// compare reads all of the log once more when nobody appends; three nodes hold it.
func (c *inCluster) compare(t *testing.T) {
	t.Helper()
	c.awaitWhole(t, c.j)
	anew := audit{found: make(map[string]int)}
	lost := anew.check(t, c.j, &c.clients)
	for _, id := range lost {
		t.Errorf("%s was taken and is lost", id)
	}
	again := anew.again()
	if again > 0 {
		t.Errorf("%d records are there more than once", again)
	}
	t.Logf("%d entries taken, %d lost, %d more than once; failures %v", anew.taken, len(lost), again, c.clients.failures)
	for i := range c.running {
		v, err := c.view(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		if state := v.stream.State; state.Msgs != anew.next-1 || state.LastSeq != anew.next-1 {
			t.Errorf("n%d has %d records up to %d, want %d", i, state.Msgs, state.LastSeq, anew.next-1)
		}
	}
}

// TestClusterComesBack: with one node of three nothing is taken; when the others are
// back, all goes on by itself and nothing is lost.
func TestClusterComesBack(t *testing.T) {
	c := newInCluster(t)
	c.awaitMore(t, "the first entries", 500)
	leader := c.awaitWhole(t, c.j)
	other := (leader + 1) % len(c.running)
	c.kill(leader)
	c.kill(other)
	if err := c.j.Append(t.Context(), "pkt.a.up", "alone", nil); !errors.Is(err, ErrSlow) {
		t.Errorf("an entry with one node: %v, want %v", err, ErrSlow)
	}
	c.start(t, leader)
	c.start(t, other)
	c.awaitMore(t, "entries with three nodes again", 500)
	c.end()
	c.compare(t)
}
