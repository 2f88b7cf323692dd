package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// cluster is a NATS cluster that somebody else runs.
type cluster struct {
	url         string
	credentials string
}

// reconnectWait is short: while there is no connection, nothing is acknowledged.
const reconnectWait = 250 * time.Millisecond

func (c cluster) connect(context.Context) (*connection, error) {
	options := []nats.Option{
		nats.Name("hexnet journal"), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait),
		nats.ReconnectBufSize(-1), // what is not sent is sent again by the committer, not by the library
		nats.PingInterval(2 * time.Second), nats.MaxPingsOutstanding(2),
	}
	if c.credentials != "" {
		options = append(options, nats.UserCredentials(c.credentials))
	}
	nc, err := nats.Connect(c.url, options...)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return &connection{nc: nc, stop: func() {}}, nil
}

// room is the cluster's matter.
func (c cluster) room() error { return nil }

func (c cluster) close() error { return nil }
