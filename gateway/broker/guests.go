package broker

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// guests are the connections, counted by where they come from, and what serves
// them.
type guests struct {
	limits  Limits
	serving sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	inside  map[*guest]bool
	sources map[netip.Prefix]*source
}

// guest is a connection that counts until it is closed.
type guest struct {
	net.Conn
	guests *guests
	source *source
	once   sync.Once
}

// source is one place that connections come from.
type source struct {
	connections int
	pace        *rate.Limiter
	bindings    *rate.Limiter // of EUIs that nobody had before
	sent        addressPace   // by stations
	last        time.Time
}

func newGuests(l Limits) *guests {
	return &guests{limits: l, inside: make(map[*guest]bool), sources: make(map[netip.Prefix]*source)}
}

// enter counts a connection, or says why there is no room for it.
func (g *guests) enter(conn net.Conn, from netip.Prefix, now time.Time) (in *guest, reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return nil, "the broker stops"
	case len(g.inside) >= g.limits.Connections:
		return nil, "limits.connections"
	}
	s := g.source(from, now)
	switch {
	case s == nil:
		return nil, "too many addresses at once"
	case s.connections >= g.limits.ConnectionsPerAddress:
		return nil, "limits.connections_per_address"
	case !s.pace.AllowN(now, 1):
		return nil, "limits.connect_rate"
	}
	s.connections++
	in = &guest{Conn: conn, guests: g, source: s}
	g.inside[in] = true
	return in, ""
}

// Close closes the connection and makes room for another.
func (g *guest) Close() error {
	err := g.Conn.Close()
	g.once.Do(func() { g.guests.leave(g) })
	return err
}

func (g *guests) leave(gone *guest) {
	g.mu.Lock()
	defer g.mu.Unlock()
	gone.source.connections--
	delete(g.inside, gone)
}

// serve notes that a connection is being served; done is to be called at its end.
func (g *guests) serve() (done func(), ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, false
	}
	g.serving.Add(1)
	return g.serving.Done, true
}

// close lets nobody in any more, cuts every connection, and waits until nobody is
// served.
func (g *guests) close() {
	g.mu.Lock()
	g.closed = true
	for in := range g.inside {
		_ = in.Conn.Close() // whoever serves it makes room
	}
	g.mu.Unlock()
	g.serving.Wait()
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
		s = &source{
			pace:     rate.NewLimiter(rate.Limit(g.limits.ConnectRate), burst*g.limits.ConnectRate),
			bindings: rate.NewLimiter(rate.Limit(g.limits.BindingRate)/3600, g.limits.BindingRate),
			sent:     newAddressPace(g.limits),
		}
		g.sources[from] = s
	}
	s.last = now
	return s
}

// mayBind says whether a place may have one more EUI bound.
func (g *guests) mayBind(from netip.Prefix, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.source(from, now)
	return s != nil && s.bindings.AllowN(now, 1)
}

// sent is the pace of the stations of a place that somebody is connected from, nil if nobody is.
func (g *guests) sent(from netip.Prefix) *addressPace {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.sources[from]; s != nil {
		return &s.sent
	}
	return nil
}

// burst is how many seconds of the connect rate may come at once: all gateways
// come together after a restart of the broker.
const burst = 10

func (g *guests) mostSources() int { return 2*g.limits.Connections + 1024 }

func (g *guests) forget(now time.Time) {
	for prefix, s := range g.sources {
		if s.connections == 0 && rested(now, s.bindings) && s.sent.isRested(now) && now.Sub(s.last) > burst*time.Second {
			delete(g.sources, prefix)
		}
	}
}
