package broker

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
	"golang.org/x/time/rate"

	"hexspot/radio"
)

// hook is where mochi asks what may be.
type hook struct {
	mochi.HookBase
	broker   *Broker
	network  radio.Network
	stations map[radio.Station]bool // nil: any
	regions  map[string]bool
	accounts map[string]*account

	deriving sync.Mutex

	mu      sync.Mutex
	clients map[*mochi.Client]*client
}

// client is a connection that has logged in.
type client struct {
	*identity
	pace *rate.Limiter // of a station's packets
}

func newHook(b *Broker) (*hook, error) {
	h := &hook{broker: b, regions: b.config.regionSet(), accounts: make(map[string]*account), clients: make(map[*mochi.Client]*client)}
	var err error
	if h.stations, err = b.config.stationSet(); err != nil {
		return nil, err
	}
	if b.config.Network != "" {
		if h.network, err = radio.ParseNetwork(b.config.Network); err != nil {
			return nil, err
		}
	}
	for _, a := range b.config.Accounts {
		if h.accounts[a.Name], err = openAccount(a); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// ID names the hook in mochi's logs.
func (h *hook) ID() string { return "hexspot" }

// Provides says which events the hook hears.
func (h *hook) Provides(event byte) bool {
	return bytes.IndexByte([]byte{
		mochi.OnConnect, mochi.OnConnectAuthenticate, mochi.OnACLCheck, mochi.OnPacketRead, mochi.OnPublish,
		mochi.OnDisconnect,
	}, event) >= 0
}

// OnConnect bounds what a client asks for: sessions are clean, and no connection
// is without an end.
func (h *hook) OnConnect(c *mochi.Client, _ packets.Packet) error {
	c.Properties.Clean = true
	c.State.Keepalive = h.broker.config.Limits.keepAlive(c.State.Keepalive)
	return nil
}

// OnConnectAuthenticate is the login.
func (h *hook) OnConnectAuthenticate(c *mochi.Client, p packets.Packet) bool {
	who, err := h.login(c, p.Connect)
	if err != nil {
		h.broker.refuse("login refused", "name", clip(string(p.Connect.Username)), "remote", c.Net.Remote, "error", err)
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	per := h.broker.config.Limits.MessageRate
	h.clients[c] = &client{identity: who, pace: rate.NewLimiter(rate.Limit(per), per)}
	return true
}

// OnDisconnect forgets the client.
func (h *hook) OnDisconnect(c *mochi.Client, _ error, _ bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
}

func (h *hook) who(c *mochi.Client) *client {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clients[c]
}

// holder is who has a client id now.
func (h *hook) holder(id string) *identity {
	c, ok := h.broker.server.Clients.Get(id)
	if !ok {
		return nil
	}
	if who := h.who(c); who != nil {
		return who.identity
	}
	return nil
}

// OnACLCheck is asked for every publication, subscription and delivery. Whoever
// publishes where it may not is disconnected at any QoS: it would be told nothing
// at QoS 0.
func (h *hook) OnACLCheck(c *mochi.Client, topic string, write bool) bool {
	who := h.who(c)
	if who == nil {
		return false
	}
	if !write {
		ok := who.rights.maySubscribe(topic)
		if !ok {
			h.broker.refuse("subscription refused", "name", who.name, "filter", clip(topic))
		}
		return ok
	}
	if who.rights.mayPublish(topic, false, 0) {
		return true
	}
	h.broker.refuse("publication refused, client disconnected", "name", who.name, "topic", clip(topic))
	c.Stop(errForeign)
	return false
}

// OnPacketRead slows a station down that sends more than it may.
func (h *hook) OnPacketRead(c *mochi.Client, p packets.Packet) (packets.Packet, error) {
	if who := h.who(c); who != nil && who.isStation() && p.FixedHeader.Type == packets.Publish {
		time.Sleep(who.pace.Reserve().Delay()) // at most packets of one second: the bucket's size
	}
	return p, nil
}

// OnPublish checks what the topic alone does not tell, and keeps the message
// before it is acknowledged.
func (h *hook) OnPublish(c *mochi.Client, p packets.Packet) (packets.Packet, error) {
	who := h.who(c)
	if c.Net.Inline || who == nil {
		return p, nil
	}
	if p.FixedHeader.Retain && !who.rights.mayPublish(p.TopicName, true, len(p.Payload)) {
		h.broker.refuse("retained publication refused, client disconnected", "name", who.name, "topic", clip(p.TopicName))
		c.Stop(errForeign)
		return p, packets.ErrRejectPacket
	}
	if h.broker.options.Durable == nil || !who.isStation() {
		return p, nil
	}
	message := Message{Station: who.station, EUI: who.eui, Topic: strings.Clone(p.TopicName), Payload: p.Payload}
	if err := h.broker.options.Durable(context.Background(), message); err != nil {
		h.broker.refuse("message not stored, client disconnected", "name", who.name, "error", err)
		c.Stop(errDurable) // mochi would acknowledge it after any other error
		return p, packets.ErrRejectPacket
	}
	return p, nil
}
