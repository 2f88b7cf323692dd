package broker

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// admit serves a connection until it ends, if there is room for it.
func (b *Broker) admit(conn net.Conn) {
	defer conn.Close()
	from := sourceOf(conn.RemoteAddr())
	if reason := b.guests.enter(conn, from, time.Now()); reason != "" {
		b.refuse("connection refused", "remote", conn.RemoteAddr().String(), "reason", reason)
		return
	}
	defer b.guests.leave(conn, from)
	// Everything up to the login has this long; after it the keep-alive counts.
	if err := conn.SetDeadline(time.Now().Add(time.Duration(b.config.Limits.ConnectTimeout))); err != nil {
		return
	}
	_ = b.server.EstablishConnection("door", conn) // how it ended is the client's matter
}

// sourceOf is what connections are counted by: an IPv4 address, or the /64 that
// one customer has of IPv6.
func sourceOf(address net.Addr) netip.Prefix {
	at, err := netip.ParseAddrPort(address.String())
	if err != nil {
		return netip.Prefix{}
	}
	ip := at.Addr().Unmap().WithZone("")
	bits := 64
	if ip.Is4() {
		bits = 32
	}
	prefix, _ := ip.Prefix(bits)
	return prefix
}

// guests are the connections, counted by where they come from.
type guests struct {
	limits Limits
	inside sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	conns   map[net.Conn]bool
	sources map[netip.Prefix]*source
}

// source is one place that connections come from.
type source struct {
	connections int
	pace        *rate.Limiter
	last        time.Time
}

func newGuests(l Limits) *guests {
	return &guests{limits: l, conns: make(map[net.Conn]bool), sources: make(map[netip.Prefix]*source)}
}

// enter counts a connection, or says why there is no room for it.
func (g *guests) enter(conn net.Conn, from netip.Prefix, now time.Time) (reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return "the broker stops"
	case len(g.conns) >= g.limits.Connections:
		return "limits.connections"
	}
	s := g.source(from, now)
	switch {
	case s == nil:
		return "too many addresses at once"
	case s.connections >= g.limits.ConnectionsPerAddress:
		return "limits.connections_per_address"
	case !s.pace.AllowN(now, 1):
		return "limits.connect_rate"
	}
	s.connections++
	g.conns[conn] = true
	g.inside.Add(1)
	return ""
}

func (g *guests) leave(conn net.Conn, from netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sources[from].connections--
	delete(g.conns, conn)
	g.inside.Done()
}

// close lets nobody in any more, cuts every connection, and waits until they have
// left.
func (g *guests) close() {
	g.mu.Lock()
	g.closed = true
	for conn := range g.conns {
		_ = conn.Close()
	}
	g.mu.Unlock()
	g.inside.Wait()
}

// source finds or makes the count of a place. Places that nobody comes from any
// more are forgotten when there are too many; nil if that does not help.
func (g *guests) source(from netip.Prefix, now time.Time) *source {
	s := g.sources[from]
	if s == nil {
		if len(g.sources) >= g.mostSources() {
			g.forget(now)
		}
		if len(g.sources) >= g.mostSources() {
			return nil
		}
		s = &source{pace: rate.NewLimiter(rate.Limit(g.limits.ConnectRate), burst*g.limits.ConnectRate)}
		g.sources[from] = s
	}
	s.last = now
	return s
}

// burst is how many seconds of the connect rate may come at once: all gateways
// come together after a restart of the broker.
const burst = 10

func (g *guests) mostSources() int { return 2*g.limits.Connections + 1024 }

func (g *guests) forget(now time.Time) {
	for prefix, s := range g.sources {
		if s.connections == 0 && now.Sub(s.last) > burst*time.Second {
			delete(g.sources, prefix)
		}
	}
}
