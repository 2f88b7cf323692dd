package broker

import (
	"net"
	"net/netip"
	"time"
)

// guarded is a listener that accepts only those there is room for. It is below TLS
// and HTTP, so that connections count before they have said anything.
type guarded struct {
	net.Listener
	enter func(net.Conn) (net.Conn, bool)
}

// readBuffer bounds, in bytes, what the kernel keeps of a client that is slowed down. It is
// enough for 1 MB/s at a round trip of 60 ms.
const readBuffer = 64 << 10

// Accept waits for the next connection that may come in.
func (g guarded) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(readBuffer) // on most systems it grows to megabytes
		}
		if in, ok := g.enter(conn); ok {
			return in, nil
		}
	}
}

// enter takes a connection in, or closes it if there is no room.
func (b *Broker) enter(conn net.Conn) (net.Conn, bool) {
	in, reason := b.guests.enter(conn, sourceOf(conn.RemoteAddr()), time.Now())
	if reason != "" {
		b.refuse(RefusedConnection, "remote", conn.RemoteAddr().String(), "reason", reason)
		_ = conn.Close()
		return nil, false
	}
	return in, true
}

// admit serves MQTT on a connection until it ends.
func (b *Broker) admit(conn net.Conn) {
	defer conn.Close()
	done, ok := b.guests.serve()
	if !ok {
		return
	}
	defer done()
	// Everything up to the login has this long; after it the keep-alive counts.
	if err := conn.SetDeadline(time.Now().Add(time.Duration(b.config.Limits.ConnectTimeout))); err != nil {
		return
	}
	_ = b.server.EstablishConnection("door", conn) // how it ended is the client's matter
	b.hook.left(conn)
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
