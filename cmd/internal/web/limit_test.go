package web

import (
	"net"
	"testing"
)

// TestConnectionsAreBounded: beyond the limit one waits until another is closed.
func TestConnectionsAreBounded(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limit(inner, 1, 1)
	accepted := make(chan net.Conn, 2)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	for range 2 {
		conn, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	first := <-accepted
	if len(l.room) != 1 {
		t.Errorf("%d places taken", len(l.room))
	}
	first.Close()
	first.Close() // makes room once only
	second := <-accepted
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, more := <-accepted; more {
		t.Error("a connection was accepted after the end")
	}
	second.Close()
}

// TestAnAddressHasItsShare: what is beyond it is closed, and does not keep others out.
func TestAnAddressHasItsShare(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limit(inner, 8, 1)
	defer l.Close()
	accepted := make(chan net.Conn, 3)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	dial := func(from string) net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := d.DialContext(t.Context(), "tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	dial("127.0.0.2")
	first := <-accepted
	if n, err := dial("127.0.0.2").Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes on a connection beyond the share", n)
	}
	dial("127.0.0.3")
	other := <-accepted
	first.Close()
	dial("127.0.0.2")
	(<-accepted).Close()
	other.Close()
	if len(l.open) != 0 || len(l.room) > 1 { // one is for the next
		t.Errorf("%v, %d", l.open, len(l.room))
	}
}
