package mqtt

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hexspot/radio"
)

// Coverage is a station's part in proof of coverage, beside the gateway's topics
// (protocol hexspot/1, "MQTT"). None of its functions may block.
type Coverage struct {
	Station radio.Station
	Arrived func() // there is a new session, which has the subscriptions
	// Receive takes a message by the last word of its topic: "ack", "heard" or "proof" of the
	// station's, "anchor", "value" or "checkpoint" of the network's. Retained ones the broker
	// had kept.
	Receive func(name string, payload []byte, retained bool)
}

// maxNetworkMessage bounds what the network publishes: 64 anchors of 4,096 bytes.
const maxNetworkMessage = 64 * (radio.MaxSigned + 4)

// coverageUse is how long a report of coverage waits in the outbox. It is on disk, and
// comes again.
const coverageUse = 10 * time.Second

func (c *Coverage) base() string { return "hexspot/" + c.Station.String() + "/" }

// topics are the subscriptions and their quality of service. A value is of
// use when it is published only: without QoS 1 a broker keeps none for a station that
// is away, which would come late and look new.
func (c *Coverage) topics() map[string]byte {
	topics := map[string]byte{c.base() + "ack": qos, "hexspot/net/anchor": qos, "hexspot/net/value": 0}
	for topic := range c.extras() {
		topics[topic] = qos
	}
	return topics
}

// extras are topics that a network need not have, and what is missing without each.
func (c *Coverage) extras() map[string]string {
	return map[string]string{
		c.base() + "heard":       "nobody will tell who hears discovery beacons",
		c.base() + "proof":       "the network's log is followed only where it needs no question",
		"hexspot/net/checkpoint": "the network's log is not followed",
	}
}

// join subscribes to what the network says of coverage. A network that refuses is one
// without proof of coverage: packets still go there.
func (s *session) join(ctx context.Context) error {
	coverage := s.client.station.Coverage
	if coverage == nil {
		return nil
	}
	topics := coverage.topics()
	token, err := s.await(ctx, ackTimeout, func() paho.Token { return s.paho.SubscribeMultiple(topics, s.news) })
	if err != nil {
		return fmt.Errorf("subscribing to the topics of coverage: %w", err)
	}
	for topic, granted := range token.(*paho.SubscribeToken).Result() {
		missing, extra := coverage.extras()[topic]
		switch {
		case granted <= 2:
		case extra:
			s.client.odd(fmt.Errorf("the broker refuses the subscription to %s: %s", topic, missing))
		default:
			s.client.odd(fmt.Errorf("the broker refuses the subscription to %s: proof of coverage cannot work", topic))
			return nil
		}
	}
	s.joined = true
	return nil
}

// odd tells once at warn level what is wrong with coverage at this network.
func (c *Client) odd(why error) {
	level := slog.LevelDebug
	if c.first("coverage") {
		level = slog.LevelWarn
	}
	c.log.Log(context.Background(), level, "proof of coverage has trouble with the network; further ones are logged at debug", "error", why)
}

// news hears what the network says of coverage.
func (s *session) news(_ paho.Client, m paho.Message) {
	c := s.client
	if n := len(m.Payload()); n > maxNetworkMessage {
		c.odd(fmt.Errorf("message of %d bytes on %q: want at most %d", n, clip(m.Topic()), maxNetworkMessage))
		return
	}
	if _, ours := c.station.Coverage.topics()[m.Topic()]; !ours {
		c.odd(fmt.Errorf("topic %q is none of coverage", clip(m.Topic())))
		return
	}
	name := m.Topic()[strings.LastIndexByte(m.Topic(), '/')+1:]
	c.station.Coverage.Receive(name, m.Payload(), m.Retained())
}

// Online says whether there is a session.
func (c *Client) Online() bool {
	s := c.current()
	return s != nil && !s.lost()
}

// Report publishes a record of coverage to hexspot/{station}/up/{kind} at QoS 1. It
// does not block; the record may be lost, and is to be sent again until the network
// has answered. Station.Coverage is needed.
func (c *Client) Report(kind string, payload []byte) { c.Tell("up/"+kind, payload) }

// Tell publishes to hexspot/{station}/{name}, as Report does.
func (c *Client) Tell(name string, payload []byte) {
	topic := c.station.Coverage.base() + name
	c.send("coverage", topic, coverageUse, func() ([]byte, error) { return payload, nil })
}
