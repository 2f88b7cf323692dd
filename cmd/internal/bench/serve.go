package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hexspot/cmd/internal/stations"
)

// network is a `hexnet serve` on a port of its own, in a process of its own.
type network struct {
	hexnet string
	dir    string
	log    io.Writer
	port   int // 0: any; later the one it has
	serve  *process
	url    string
	id     string
}

// serveTOML lets many stations come from one address.
const serveTOML = `[broker]
listen = ["127.0.0.1:%d"]
[broker.limits]
connections_per_address = 10000
connect_rate = 10000
`

// start starts the network, again on the port it had.
func (n *network) start(ctx context.Context) error {
	config := filepath.Join(n.dir, "hexnet.toml")
	if err := os.WriteFile(config, fmt.Appendf(nil, serveTOML, n.port), 0o600); err != nil {
		return err
	}
	var err error
	n.serve, err = start(ctx, n.log, n.hexnet, "serve", "--data", n.data(), "--config", config)
	return err
}

func (n *network) data() string { return filepath.Join(n.dir, "data") }

// ready waits for the line that says where it listens.
func (n *network) ready() error {
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
func (n *network) fleet(c stations.Config) (*stations.Fleet, error) {
	c.URL, c.Network, c.Bytes = n.url, n.id, payloadBytes
	return stations.New(c)
}

// payloadBytes is about an uplink's.
const payloadBytes = 250
