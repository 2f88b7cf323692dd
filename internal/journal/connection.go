package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// place is where the log is; embedded and cluster differ only in this.
type place interface {
	connect(ctx context.Context) (*connection, error)
	room() error // nil, or ErrFull
	close() error
}

// streamName is the log's, and the embedded server's.
const streamName = "HEXSPOT"

// maxHeader bounds headers and subject of a message.
const maxHeader = 4 << 10

// duplicateWindow is how long the log knows ids.
const duplicateWindow = 2 * time.Minute

// maxConsumers bounds readers at one time.
const maxConsumers = 256

// connection is one to a log whose stream is there.
type connection struct {
	nc     *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
	alone  bool // the server is ours, and has no other copy of what it holds
	stop   func()
}

// open connects and makes the stream, or brings its limits to the configuration.
func open(ctx context.Context, at place, c Config) (*connection, error) {
	conn, err := at.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := conn.prepare(ctx, c); err != nil {
		conn.close()
		return nil, err
	}
	return conn, nil
}

func (c *connection) prepare(ctx context.Context, config Config) (err error) {
	c.js, err = jetstream.New(c.nc, jetstream.WithPublishAsyncMaxPending(groupMost), jetstream.WithPublishAsyncTimeout(attemptTimeout))
	if err != nil {
		return fmt.Errorf("setting up JetStream: %w", err)
	}
	wanted := streamConfig(config)
	if c.alone {
		wanted.Replicas = 1
	}
	err = insist(ctx, func(ctx context.Context) (err error) {
		c.stream, err = c.js.CreateOrUpdateStream(ctx, wanted)
		return err
	})
	if err != nil {
		return fmt.Errorf("making the journal's stream: %w", err)
	}
	return nil
}

// insist asks the log until it answers. A cluster without a leader says nothing at
// all, also later, so each time is bounded on its own.
func insist(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	for {
		err := once(ctx, ask)
		if err == nil || isForGood(err) || !sleep(ctx, maxPause) {
			return err
		}
	}
}

func once(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	return ask(ctx)
}

// isForGood says whether asking again is of no use. It is of use while a cluster
// elects its leader, and while it knows too few of its nodes.
func isForGood(err error) bool {
	var refusal *jetstream.APIError
	return errors.Is(err, nats.ErrConnectionClosed) ||
		errors.As(err, &refusal) && refusal.Code < 500 && refusal.ErrorCode != codeNoPeers
}

// prepareTimeout bounds how long a cluster may take to make a stream or a consumer.
const prepareTimeout = 30 * time.Second

func streamConfig(c Config) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: streamName, Description: "the journal of hexnet", Subjects: subjects,
		Retention: jetstream.LimitsPolicy, Storage: jetstream.FileStorage, Replicas: c.Replicas,
		MaxBytes: c.MaxBytes, MaxMsgSize: MaxData + maxHeader, MaxConsumers: maxConsumers,
		Discard:    jetstream.DiscardNew, // refuse what is new: what was acknowledged stays
		Duplicates: duplicateWindow, AllowAtomicPublish: true,
	}
}

func (c *connection) close() {
	c.nc.Close()
	c.stop()
}
