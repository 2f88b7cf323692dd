package broker

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

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

	deriving derivations
	paces    *paces
	states   states

	mu      sync.Mutex
	clients map[net.Conn]*client
	ids     map[string]*client // by client id, the one who has it
}

func newHook(b *Broker) (*hook, error) {
	h := &hook{
		broker: b, regions: b.config.regionSet(), accounts: make(map[string]*account),
		paces: newPaces(b.config.Limits), clients: make(map[net.Conn]*client), ids: make(map[string]*client),
	}
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
	}, event) >= 0
}

// OnConnect bounds what a client asks for: sessions end with their connection, so
// a last will is not delayed (MQTT 5, 3.1.3.2.2), and no connection is without an
// end.
func (h *hook) OnConnect(c *mochi.Client, _ packets.Packet) error {
	c.Properties.Clean = true
	c.Properties.Will.WillDelayInterval = 0
	asked := c.State.Keepalive
	c.State.Keepalive = h.broker.config.Limits.keepAlive(asked)
	c.State.ServerKeepalive = c.State.Keepalive != asked // tells a client of MQTT 5
	return nil
}

// OnConnectAuthenticate is the login.
func (h *hook) OnConnectAuthenticate(c *mochi.Client, p packets.Packet) bool {
	who, err := h.login(c, p.Connect)
	if err == nil {
		if will := &c.Properties.Will; who.isStation() && will.Retain {
			will.Retain = h.states.mayKeep(who.eui, will.TopicName)
		}
		err = h.enter(h.newClient(c, who))
	}
	if err != nil {
		h.broker.refuse(kindOf(err), "name", clip(string(p.Connect.Username)), "remote", c.Net.Remote, "error", err)
	}
	return err == nil
}

// kindOf is the kind of a login's refusal.
func kindOf(err error) string {
	if errors.Is(err, errBound) {
		return RefusedBinding
	}
	return RefusedLogin
}

// OnPacketRead slows a station down that sends more than it may, and ends the
// connection of whoever does what it may not. An error here is the one way to do
// so after which mochi sends the last will.
func (h *hook) OnPacketRead(c *mochi.Client, p packets.Packet) (packets.Packet, error) {
	who := h.who(c)
	if who == nil {
		return p, nil // the login
	}
	if who.cut.Load() {
		return p, packets.ErrRejectPacket
	}
	if who.isStation() {
		h.pause(who.delay(p, time.Now()))
	}
	if !h.mayStay(who) || !h.mayRead(who, p) {
		return p, packets.ErrRejectPacket
	}
	if who.isStation() && p.FixedHeader.Retain && len(p.Payload) > 0 { // an empty one takes away what was retained
		p.FixedHeader.Retain = h.states.mayKeep(who.eui, p.TopicName)
	}
	return p, nil
}

// mayStay says whether a client acknowledges what it gets: what it does not is kept in
// memory for it. A network server may have much in flight, a station has little.
func (h *hook) mayStay(who *client) bool {
	if !who.isStation() || who.mochi.State.Inflight.Len() <= h.broker.config.Limits.StationInFlight {
		return true
	}
	h.broker.refuse(RefusedPatience, "name", who.name, "error", "too much is not acknowledged, client disconnected")
	return false
}

// pause waits, but not longer than the broker runs.
func (h *hook) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.broker.running.Done():
	}
}

// maxSubscriptions bounds those of a station, whose own topics have a dozen.
const maxSubscriptions = 64

// mayRead says whether a client may go on after a packet. Whoever publishes where
// it may not is disconnected at any QoS: it would be told nothing at QoS 0.
func (h *hook) mayRead(who *client, p packets.Packet) bool {
	switch p.FixedHeader.Type {
	case packets.Publish:
		if !who.rights.mayPublish(p.TopicName, p.FixedHeader.Retain, publishedSize(p)) {
			h.broker.refuseOf(RefusedPublication, who.name, "topic", clip(p.TopicName), "retained", p.FixedHeader.Retain)
			return false
		}
		if who.isStation() && isReport(p.TopicName) && p.FixedHeader.Qos != 1 {
			h.broker.refuseOf(RefusedPublication, who.name, "topic", clip(p.TopicName), "error", "reports have QoS 1")
			return false
		}
	case packets.Subscribe:
		if who.isStation() && who.mochi.State.Subscriptions.Len()+len(p.Filters) > maxSubscriptions {
			h.broker.refuseOf(RefusedSubscription, who.name, "error", "too many, client disconnected")
			return false
		}
	}
	return true
}

// OnACLCheck is asked for every publication, which OnPacketRead has checked,
// subscription and delivery.
func (h *hook) OnACLCheck(c *mochi.Client, topic string, write bool) bool {
	who := h.who(c)
	if who == nil || write {
		return who != nil
	}
	ok := who.rights.maySubscribe(topic)
	if !ok {
		h.broker.refuseOf(RefusedSubscription, who.name, "filter", clip(topic))
	}
	return ok
}

// OnPublish keeps a message before it is acknowledged. If that fails, the client
// is cut off, at once or later: mochi would acknowledge the message after any other error.
func (h *hook) OnPublish(c *mochi.Client, p packets.Packet) (packets.Packet, error) {
	who := h.who(c)
	if who == nil || !who.isStation() || h.broker.options.Durable == nil {
		return p, nil
	}
	if who.waiting(p) {
		h.broker.refused.add(RefusedWaiting)
		return p, packets.ErrRejectPacket
	}
	message := Message{Station: who.station, EUI: who.eui, Topic: strings.Clone(p.TopicName), QoS: p.FixedHeader.Qos, Payload: p.Payload, From: sourceOf(c.Net.Conn.RemoteAddr())}
	if err := h.broker.options.Durable(h.broker.running, message); errors.Is(err, ErrLater) {
		h.later(who, p, err)
		return p, packets.ErrRejectPacket
	} else if err != nil {
		h.broker.refuse(RefusedStorage, "name", who.name, "error", err)
		who.end()
		return p, packets.ErrRejectPacket
	}
	if h.broker.options.SealReports && isReport(p.TopicName) {
		return p, packets.CodeSuccessIgnore // acknowledged, and passed on to nobody
	}
	return p, nil
}
