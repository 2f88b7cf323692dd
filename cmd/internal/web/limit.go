package web

import (
	"net"
	"net/netip"
	"sync"
)

// limited is a listener with a bounded number of open connections; more wait, but
// those of an address that has its share already are closed.
type limited struct {
	net.Listener
	share int
	room  chan struct{}
	done  chan struct{}
	once  sync.Once

	mu   sync.Mutex
	open map[netip.Prefix]int
}

func limit(l net.Listener, most, share int) *limited {
	return &limited{
		Listener: l, share: share, room: make(chan struct{}, most), done: make(chan struct{}), open: make(map[netip.Prefix]int),
	}
}

// Accept waits for room first.
func (l *limited) Accept() (net.Conn, error) {
	for {
		select {
		case l.room <- struct{}{}:
		case <-l.done:
			return nil, net.ErrClosed
		}
		conn, err := l.Listener.Accept()
		if err != nil {
			<-l.room
			return nil, err
		}
		from := prefixOf(conn.RemoteAddr().String())
		if l.enter(from) {
			return &counted{Conn: conn, leave: func() { l.leave(from) }}, nil
		}
		_ = conn.Close()
		<-l.room
	}
}

// enter counts a connection of an address, false if it has its share.
func (l *limited) enter(from netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from] >= l.share {
		return false
	}
	l.open[from]++
	return true
}

func (l *limited) leave(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from]--; l.open[from] == 0 {
		delete(l.open, from)
	}
	<-l.room
}

// Close stops waiting, too.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// counted makes room once when it is closed.
type counted struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close closes the connection.
func (c *counted) Close() error {
	defer c.once.Do(c.leave)
	return c.Conn.Close()
}
