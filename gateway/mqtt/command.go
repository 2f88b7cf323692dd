package mqtt

import (
	"errors"
	"fmt"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	paho "github.com/eclipse/paho.mqtt.golang"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"hexspot/radio"
)

// maxCommand bounds the payload of a command. The largest is an exec request
// with its standard input.
const maxCommand = 64 << 10

// gatewayMessage is a message that names the gateway it is for.
type gatewayMessage interface {
	proto.Message
	GetGatewayId() string
}

// newCommand makes the empty message of a command, nil if there is no such command.
func newCommand(name string) gatewayMessage {
	switch name {
	case "down":
		return new(gw.DownlinkFrame)
	case "config":
		return new(gw.GatewayConfiguration)
	case "exec":
		return new(gw.GatewayCommandExecRequest)
	}
	return nil
}

// parseCommand reads what the network asks of a gateway. It refuses a message
// whose topic or content is for another gateway.
func (c Config) parseCommand(id radio.EUI, topic string, payload []byte) (name string, m gatewayMessage, err error) {
	t, err := ParseTopic(topic)
	switch {
	case err != nil:
		return "", nil, err
	case t.Kind != "command" || t.Gateway != id:
		return "", nil, fmt.Errorf("topic %q is no command for this gateway", clip(topic))
	case len(payload) > maxCommand:
		return "", nil, fmt.Errorf("command of %d bytes: want at most %d", len(payload), maxCommand)
	}
	if m = newCommand(t.Name); m == nil {
		return "", nil, errors.New("the command is unknown: want down, config or exec")
	}
	if err := c.unmarshal(payload, m); err != nil {
		return "", nil, fmt.Errorf("command %s cannot be read: is the network set to the same encoding? %w", t.Name, err)
	}
	if m.GetGatewayId() != id.String() {
		return "", nil, fmt.Errorf("command %s is for gateway %q, its topic for this one", t.Name, clip(m.GetGatewayId()))
	}
	return t.Name, m, nil
}

// unmarshal decodes what marshal encodes. JSON may have fields of later versions.
func (c Config) unmarshal(payload []byte, m proto.Message) error {
	if c.JSON {
		return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(payload, m)
	}
	return proto.Unmarshal(payload, m)
}

// command hears what the network asks of the gateway. It never blocks.
func (s *session) command(_ paho.Client, m paho.Message) {
	c := s.client
	_, message, err := c.config.parseCommand(c.station.EUI, m.Topic(), m.Payload())
	if err != nil {
		c.refused("unreadable", err)
		return
	}
	d := delivery{retained: m.Retained(), again: m.Duplicate()}
	switch message := message.(type) {
	case *gw.DownlinkFrame:
		if !c.repeated(&c.downlinks, message.DownlinkId, d) {
			c.transmit(message, d)
		}
	case *gw.GatewayConfiguration:
		c.configure(message)
	case *gw.GatewayCommandExecRequest:
		if !c.repeated(&c.executions, message.ExecId, d) {
			c.execute(message, d)
		}
	}
}

// first says whether this is the first time that it is asked about an event.
func (c *Client) first(event string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told[event] {
		return false
	}
	c.told[event] = true
	return true
}
