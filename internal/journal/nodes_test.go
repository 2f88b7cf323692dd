package journal

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// nodes are three nats-server processes on loopback. They come back at their ports: at 127.0.0.1
// the connections of other tests might take one that is free for a while.
type nodes struct {
	program  string
	dir      string
	ports    [3]int // of clients
	peers    [3]int // of routes
	monitors [3]int // of HTTP
	running  [3]*exec.Cmd
}

// newNodes builds the program and starts none.
func newNodes(t *testing.T) *nodes {
	t.Helper()
	if testing.Short() {
		t.Skip("three processes and an election take half a minute: not with -short")
	}
	n := &nodes{dir: t.TempDir()}
	n.program = filepath.Join(n.dir, "nats-server")
	build := exec.Command("go", "build", "-o", n.program, "github.com/nats-io/nats-server/v2")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building nats-server: %v\n%s", err, out)
	}
	free := freePorts(t, 9)
	n.ports, n.peers, n.monitors = [3]int(free), [3]int(free[3:]), [3]int(free[6:])
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

// freePorts holds each until all are found, so that none is there twice.
func freePorts(t *testing.T, count int) (ports []int) {
	t.Helper()
	for range count {
		l, err := net.Listen("tcp", "127.0.0.2:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// urls are of loopback, without credentials.
func urls(ports [3]int) string {
	var all []string
	for _, port := range ports {
		all = append(all, fmt.Sprintf("nats://127.0.0.2:%d", port))
	}
	return strings.Join(all, ",")
}

func (n *nodes) url() string { return urls(n.ports) }

// start starts a node, with its old store if it was killed.
func (n *nodes) start(t *testing.T, i int) {
	t.Helper()
	config := filepath.Join(n.dir, fmt.Sprintf("node%d.conf", i))
	text := fmt.Sprintf("server_name: n%d\nlisten: 127.0.0.2:%d\nhttp: 127.0.0.2:%d\njetstream { store_dir: %q, sync_interval: always }\ncluster { name: c, listen: 127.0.0.2:%d, routes: [%s] }\n",
		i, n.ports[i], n.monitors[i], filepath.Join(n.dir, fmt.Sprint("store", i)), n.peers[i], urls(n.peers))
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
	if n.running[i] == nil {
		return
	}
	_ = n.running[i].Process.Kill()
	_ = n.running[i].Wait()
	n.running[i] = nil
}

func (n *nodes) logFile(i int) string { return filepath.Join(n.dir, fmt.Sprintf("node%d.log", i)) }

// logTails logs what the nodes said last, without what they say again and again.
func (n *nodes) logTails(t *testing.T) {
	const most = 6000
	for i := range n.running {
		text, err := os.ReadFile(n.logFile(i))
		if err != nil {
			t.Log(err)
		}
		said := strings.Builder{}
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, "Error trying to connect to route") && !strings.Contains(line, "Healthcheck failed") {
				said.WriteString(line)
			}
		}
		t.Logf("node %d said last:\n%s", i, said.String()[max(0, said.Len()-most):])
	}
}
