package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hexspot/cmd/internal/stations"
	"hexspot/witness"
)

// server is a `hexnet serve` on a port of its own, in a process of its own.
type server struct {
	hexnet string
	dir    string
	log    io.Writer
	port   int // 0: any; later the one it has

	coverage bool // takes reports, with the demo's timing
	limited  bool // as it is by default; otherwise many stations may come from one address

	serve *process
	url   string
	id    string
}

const serveTOML = `[broker]
listen = ["127.0.0.1:%d"]
[coverage]
enabled = %t
timing = "demo"
`

// unlimitedTOML lets many stations come from one address, and each send what it can.
const unlimitedTOML = `[broker.limits]
connections_per_address = 10000
connect_rate = 10000
message_rate = 100000
byte_rate = 100000000
binding_rate = 100000
`

// timing is what the server's coverage goes by.
func timing() (witness.Timing, error) {
	s, err := witness.ScheduleNamed("demo")
	return s.Timing, err
}

// serving gives do a server that has not been started yet, in a directory that goes
// afterwards.
func serving(in, hexnet string, do func(*server) error) error {
	dir, err := os.MkdirTemp(in, "hexnet-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	logged, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer logged.Close()
	return do(&server{hexnet: hexnet, dir: dir, log: logged})
}

// start starts the network, again on the port it had.
func (n *server) start(ctx context.Context) error {
	config := filepath.Join(n.dir, "hexnet.toml")
	text := fmt.Sprintf(serveTOML, n.port, n.coverage)
	if !n.limited {
		text += unlimitedTOML
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	var err error
	n.serve, err = start(ctx, n.log, n.hexnet, "serve", "--data", n.data(), "--config", config)
	return err
}

func (n *server) data() string { return filepath.Join(n.dir, "data") }

// ready waits for the line that says where it listens.
func (n *server) ready() error {
	line, err := n.serve.line()
	if err != nil {
		return err
	}
	id := networkID.FindStringSubmatch(line)
	if n.url = serverURL.FindString(line); n.url == "" || id == nil {
		return fmt.Errorf("hexnet serve says %q, without a network and a URL", line)
	}
	n.id = id[1]
	_, err = fmt.Sscanf(n.url, "tcp://127.0.0.1:%d", &n.port)
	return err
}

// fleet is stations of this network.
func (n *server) fleet(c stations.Config) (*stations.Fleet, error) {
	t, err := timing()
	if err != nil {
		return nil, err
	}
	c.URL, c.Network, c.Bytes, c.Timing = n.url, n.id, payloadBytes, t
	return stations.New(c)
}

// payloadBytes is about an uplink's.
const payloadBytes = 250
