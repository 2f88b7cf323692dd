package mqtt

import (
	"context"
	"fmt"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// send queues a message of a kind, which is of use for a while. It never blocks.
func (c *Client) send(kind, topic string, use time.Duration, encode func() ([]byte, error)) {
	payload, err := encode()
	if err != nil {
		c.log.Error("a message for the network cannot be encoded", "kind", kind, "error", err)
		return
	}
	c.outbox.put(letter{kind: kind, topic: topic, payload: payload, until: time.Now().Add(use)})
}

// deliver brings the letters of the outbox to the network, in order, each until it
// is acknowledged, until ctx ends.
func (c *Client) deliver(ctx context.Context) error {
	var droppedBefore uint64
	for {
		s, err := c.awaitSession(ctx)
		if err != nil {
			return nil
		}
		err = c.post(ctx, s)
		c.outbox.rewind()
		if ctx.Err() != nil {
			return nil
		}
		c.log.Debug("acknowledgements and reports wait for the next connection", "error", err)
		s.lose() // so that there is a next one, if it was not the connection that failed
		if dropped := c.outbox.drops(); dropped > droppedBefore {
			c.log.Warn("acknowledgements or reports were dropped: too old, too many, or refused by the broker", "messages", dropped-droppedBefore)
			droppedBefore = dropped
		}
	}
}

// awaitSession waits for a session that is not lost.
func (c *Client) awaitSession(ctx context.Context) (*session, error) {
	for {
		if s := c.current(); s != nil && !s.lost() {
			return s, nil
		}
		select {
		case <-c.arrived:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// post sends letters in one session until it ends or ctx does.
func (c *Client) post(ctx context.Context, s *session) error {
	var posted []paho.Token // oldest first
	for {
		for l, ok := c.outbox.next(time.Now()); ok; l, ok = c.outbox.next(time.Now()) {
			token, err := s.hand(ctx, func() paho.Token { return s.paho.Publish(l.topic, qos, false, l.payload) })
			if err != nil {
				return fmt.Errorf("publishing to %s: %w", l.topic, err)
			}
			posted = append(posted, token)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return errLost
		case <-c.outbox.wake:
		case <-oldest(posted):
			if err := posted[0].Error(); err != nil {
				return fmt.Errorf("acknowledgement: %w", err)
			}
			posted = posted[1:]
			c.outbox.acked()
		}
	}
}

// oldest is closed when the oldest letter in flight is acknowledged or never will
// be; nil if there is none.
func oldest(posted []paho.Token) <-chan struct{} {
	if len(posted) == 0 {
		return nil
	}
	return posted[0].Done()
}
