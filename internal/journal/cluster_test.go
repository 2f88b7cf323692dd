package journal

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var leaders = flag.Int("leaders", 1, "how often the leader of the cluster is killed")

// nodes are three nats-server processes on loopback.
type nodes struct {
	program string
	dir     string
	routes  string
	ports   [3]int // of clients
	peers   [3]int // of routes
	running [3]*exec.Cmd
}

func startNodes(t *testing.T) *nodes {
	t.Helper()
	n := &nodes{dir: t.TempDir()}
	n.program = filepath.Join(n.dir, "nats-server")
	build := exec.Command("go", "build", "-o", n.program, "github.com/nats-io/nats-server/v2")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building nats-server: %v\n%s", err, out)
	}
	for i := range n.ports {
		n.ports[i], n.peers[i] = freePort(t), freePort(t)
		n.routes += fmt.Sprintf("nats://127.0.0.1:%d,", n.peers[i])
	}
	for i := range n.running {
		n.start(t, i)
	}
	t.Cleanup(func() {
		for i := range n.running {
			n.kill(i)
		}
		if t.Failed() {
			n.logTails(t)
		}
	})
	return n
}

// logTails logs what the nodes said last.
func (n *nodes) logTails(t *testing.T) {
	const most = 6000
	for i := range n.running {
		text, err := os.ReadFile(n.logFile(i))
		if err != nil {
			t.Log(err)
		}
		t.Logf("node %d said last:\n%s", i, text[max(0, len(text)-most):])
	}
}

func (n *nodes) logFile(i int) string { return filepath.Join(n.dir, fmt.Sprintf("node%d.log", i)) }

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start starts a node, with its old store if it was killed.
func (n *nodes) start(t *testing.T, i int) {
	t.Helper()
	config := filepath.Join(n.dir, fmt.Sprintf("node%d.conf", i))
	text := fmt.Sprintf("server_name: n%d\nlisten: 127.0.0.1:%d\njetstream { store_dir: %q, sync_interval: always }\ncluster { name: c, listen: 127.0.0.1:%d, routes: [%s] }\n",
		i, n.ports[i], filepath.Join(n.dir, fmt.Sprint("store", i)), n.peers[i], n.routes[:len(n.routes)-1])
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n.running[i] = exec.Command(n.program, "-c", config, "-l", n.logFile(i))
	if err := n.running[i].Start(); err != nil {
		t.Fatal(err)
	}
}

// kill is SIGKILL.
func (n *nodes) kill(i int) {
	_ = n.running[i].Process.Kill()
	_ = n.running[i].Wait()
}

func (n *nodes) url() (urls string) {
	for i, port := range n.ports {
		if i > 0 {
			urls += ","
		}
		urls += fmt.Sprintf("nats://127.0.0.1:%d", port)
	}
	return urls
}

// leader is the node that leads the journal's stream; -1: none now.
func (n *nodes) leader(t *testing.T) int {
	nc, err := nats.Connect(n.url())
	if err != nil {
		return -1
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	stream, err := js.Stream(ctx, streamName)
	if err != nil || stream.CachedInfo().Cluster == nil {
		return -1
	}
	info := stream.CachedInfo().Cluster
	current := 0
	for _, replica := range info.Replicas {
		if replica.Current && !replica.Offline {
			current++
		}
	}
	var number int
	if _, err := fmt.Sscanf(info.Leader, "n%d", &number); err != nil || current < 2 {
		return -1
	}
	return number
}

// pauses notes the longest time in which no entry was taken.
type pauses struct {
	mu      sync.Mutex
	last    time.Time
	longest time.Duration
}

func (p *pauses) taken() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.longest, p.last = max(p.longest, now.Sub(p.last)), now
}

// reset gives the longest so far, and begins a new one now.
func (p *pauses) reset() (longest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	longest, p.longest, p.last = max(p.longest, now.Sub(p.last)), 0, now
	return longest
}

// TestClusterLosesItsLeader: three processes, three replicas, the stream's leader is
// killed while 30 clients append, again and again.
func TestClusterLosesItsLeader(t *testing.T) {
	if testing.Short() {
		t.Skip("three processes and an election take half a minute: not with -short")
	}
	n := startNodes(t)
	await(t, "a cluster", func() bool {
		nc, err := nats.Connect(n.url())
		if err == nil {
			nc.Close()
		}
		return err == nil
	})
	j, end := running(t, Config{URL: n.url(), Replicas: 3, MaxBytes: 256 << 20}, "")
	c := &client{failures: make(map[string]int)}
	gaps := pauses{last: time.Now()}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() { c.runNoting(t, j, i, stop, gaps.taken) })
	}
	await(t, "the first entries", func() bool { taken, _ := c.count(); return taken > 500 })
	for round := range *leaders {
		victim := -1
		await(t, "a leader", func() bool { victim = n.leader(t); return victim >= 0 })
		calm := gaps.reset() // since the last leader's node was started again
		n.kill(victim)
		before, _ := c.count()
		await(t, "entries without the leader", func() bool { taken, _ := c.count(); return taken > before+500 })
		pause := gaps.reset()
		t.Logf("round %d: n%d, which led, killed after %d entries; pause %v, before it %v at most",
			round+1, victim, before, pause.Round(time.Millisecond), calm.Round(time.Millisecond))
		n.start(t, victim)
	}
	close(stop)
	all.Wait()
	found := ids(contents(t, j, Query{}))
	again := 0
	for _, id := range c.taken {
		if found[id] == 0 {
			t.Errorf("%s was taken and is lost", id)
		}
		again += max(0, found[id]-1)
	}
	t.Logf("%d leaders killed, %d entries taken, all there unless named above, %d more than once; failures %v", *leaders, len(c.taken), again, c.failures)
	end()
}
