package broker

import (
	"errors"
	"net"
	"sync/atomic"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// client is a connection that has logged in.
type client struct {
	*identity
	mochi *mochi.Client
	pace  *pace         // of a station; nil for others
	place *addressPace  // of the stations of its address; nil for others
	cut   atomic.Bool   // nothing more is read from it
	gone  chan struct{} // closed when it has left, its last will sent

	waits *time.Timer // ends a connection whose packets are taken only later; nil: they are taken. Of the reader alone
}

func (h *hook) newClient(c *mochi.Client, who *identity) *client {
	one := &client{identity: who, mochi: c, gone: make(chan struct{})}
	if who.isStation() {
		one.pace, one.place = h.paces.of(who.station, time.Now()), h.broker.guests.sent(sourceOf(c.Net.Conn.RemoteAddr()))
	}
	return one
}

// delay is how long a packet of a station has to wait.
func (c *client) delay(p packets.Packet, now time.Time) time.Duration {
	wait := c.pace.delay(p, now)
	if c.place != nil {
		wait = max(wait, c.place.delay(p, now))
	}
	return wait
}

// end cuts a client off. Closing the connection, rather than mochi's client, has
// its last will sent.
func (c *client) end() {
	c.cut.Store(true)
	_ = c.mochi.Net.Conn.Close()
}

// farewell is how long a client of MQTT 5 may take to hear why it has to go.
const farewell = 100 * time.Millisecond

// replaced ends a client whose place another connection takes.
func (c *client) replaced(server *mochi.Server) {
	c.cut.Store(true)
	if c.mochi.Properties.ProtocolVersion == 5 {
		_ = c.mochi.Net.Conn.SetWriteDeadline(time.Now().Add(farewell))
		_ = server.DisconnectClient(c.mochi, packets.ErrSessionTakenOver)
	}
	c.end()
}

// takeoverLimit is how long a connection waits for the one whose place it takes.
const takeoverLimit = 5 * time.Second

var (
	errClientID = errors.New("the client id belongs to somebody else")
	errTakeover = errors.New("the client's last connection has not ended yet")
)

// enter lets a client in that has logged in. Its own connection before, with the
// same client id, has to leave first, so that the last will of the old is not taken
// for the state of the new.
func (h *hook) enter(c *client) error {
	before, err := h.claim(c)
	if err != nil || before == nil {
		return err
	}
	before.replaced(h.broker.server)
	timer := time.NewTimer(takeoverLimit)
	defer timer.Stop()
	select {
	case <-before.gone:
		return nil
	case <-timer.C:
		h.giveBack(c, before)
		return errTakeover
	}
}

// claim gives a client its id, and who had it until now.
func (h *hook) claim(c *client) (before *client, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before = h.ids[c.mochi.ID]
	if before != nil && before.name != c.name {
		return nil, errClientID
	}
	h.ids[c.mochi.ID] = c
	h.clients[c.mochi.Net.Conn] = c
	return before, nil
}

// giveBack undoes a claim if the one before is still there.
func (h *hook) giveBack(c, before *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.clients[before.mochi.Net.Conn] == before && h.ids[c.mochi.ID] == c {
		h.ids[c.mochi.ID] = before
	}
}

// left forgets the client of a connection that has ended. mochi forgets it as
// well, unless it went before it was told that it may come in.
func (h *hook) left(conn net.Conn) {
	c := h.at(conn)
	if c == nil {
		return
	}
	server := h.broker.server
	if kept, ok := server.Clients.Get(c.mochi.ID); ok && kept == c.mochi {
		c.mochi.ClearInflights()
		server.UnsubscribeClient(c.mochi)
		server.Clients.Delete(c.mochi.ID)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.waits != nil {
		c.waits.Stop()
	}
	delete(h.clients, conn)
	if h.ids[c.mochi.ID] == c {
		delete(h.ids, c.mochi.ID)
	}
	close(c.gone)
}

func (h *hook) at(conn net.Conn) *client {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clients[conn]
}

// who is the client that mochi means, nil before its login and for the broker's own.
func (h *hook) who(c *mochi.Client) *client {
	if c.Net.Inline {
		return nil
	}
	return h.at(c.Net.Conn)
}
