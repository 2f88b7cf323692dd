package lns

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"hexspot/cmd/internal/mqttlink"
)

// inboxMost is how many messages wait for the server; further ones wait at the
// broker.
const inboxMost = 1024

// Client runs a Server over MQTT.
type Client struct {
	server     *Server
	prefix     string // of topics
	tell       func(at time.Duration, a Action)
	inbox      chan message
	looks      chan look
	unreadable atomic.Int64
}

// look is a wish to read the server between two events.
type look struct {
	read func(at time.Duration, s *Server)
	done chan struct{}
}

type message struct {
	topic   string
	payload []byte
}

// NewClient makes a client for the gateways under a topic prefix. It owns the
// server from now on. What the server does, and when by the client's clock, is told
// to tell, which must not block and runs where the server may be read.
func NewClient(s *Server, prefix string, tell func(at time.Duration, a Action)) *Client {
	return &Client{server: s, prefix: prefix, tell: tell, inbox: make(chan message, inboxMost), looks: make(chan look)}
}

// Unreadable counts the messages that were none.
func (c *Client) Unreadable() int { return int(c.unreadable.Load()) }

// Look lets a function read the server between two events, while Run runs. It is an
// error if ctx ends first.
func (c *Client) Look(ctx context.Context, read func(at time.Duration, s *Server)) error {
	l := look{read, make(chan struct{})}
	select {
	case c.looks <- l:
		<-l.done
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Rest ends what the server begins, see Server.Rest.
func (c *Client) Rest(ctx context.Context) error {
	return c.Look(ctx, func(_ time.Duration, s *Server) { s.Rest() })
}

// Run connects, calls ready once it hears, and serves until ctx ends. The ledger's
// clock begins with it.
func (c *Client) Run(ctx context.Context, at mqttlink.Access, ready func()) error {
	group, ctx := errgroup.WithContext(ctx)
	link, err := mqttlink.Open(ctx, at, c.filters(), func(topic string, payload []byte) {
		select {
		case c.inbox <- message{topic, payload}:
		case <-ctx.Done():
		}
	})
	if err != nil {
		return err
	}
	defer link.Close()
	ready()
	group.Go(func() error { return link.Watch(ctx) })
	group.Go(func() error { return c.serve(ctx, link) })
	return group.Wait()
}

func (c *Client) filters() []string {
	base := c.prefix + "/gateway/+/"
	return []string{mqttlink.Uplinks(c.prefix), base + "event/ack", base + "report/emission"}
}

// serve is the loop that owns the server.
func (c *Client) serve(ctx context.Context, link *mqttlink.Link) error {
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case m := <-c.inbox:
			if err := c.take(time.Since(start), m, link); err != nil {
				return err
			}
		case <-timer.C:
			if err := c.step(time.Since(start), Tick{}, link); err != nil {
				return err
			}
		case l := <-c.looks:
			l.read(time.Since(start), c.server)
			close(l.done)
		case <-ctx.Done():
			return nil
		}
		c.rearm(timer, time.Since(start))
	}
}

// idleTick is how long the server may go without a Tick.
const idleTick = time.Second

func (c *Client) rearm(timer *time.Timer, now time.Duration) {
	wait := idleTick
	if next, ok := c.server.Next(); ok {
		wait = min(max(next-now, 0), idleTick)
	}
	timer.Reset(wait)
}

func (c *Client) take(at time.Duration, m message, link *mqttlink.Link) error {
	e, err := Parse(m.topic, m.payload)
	if err != nil {
		c.unreadable.Add(1)
		return nil
	}
	return c.step(at, e, link)
}

func (c *Client) step(at time.Duration, e Event, link *mqttlink.Link) error {
	for _, a := range c.server.Step(at, e) {
		if command, ok := a.(Command); ok {
			if err := c.send(command, link); err != nil {
				return err
			}
		}
		c.tell(at, a)
	}
	return nil
}

func (c *Client) send(command Command, link *mqttlink.Link) error {
	payload, err := proto.Marshal(command.Message())
	if err != nil {
		return fmt.Errorf("encoding a command: %w", err)
	}
	return link.Publish(fmt.Sprintf("%s/gateway/%s/command/down", c.prefix, command.Gateway), payload)
}
