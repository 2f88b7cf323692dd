package broker

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// door is one listener.
type door struct {
	kind     listenerKind
	listener net.Listener // TLS is on top of it already
	web      *http.Server // of a WebSocket listener
}

// schemes of URLs, by secure and websocket.
func (k listenerKind) scheme() string {
	scheme := map[bool]string{false: "tcp", true: "ws"}[k.websocket]
	if !k.secure {
		return scheme
	}
	return map[string]string{"tcp": "ssl", "ws": "wss"}[scheme]
}

func (d *door) url() string { return d.kind.scheme() + "://" + d.listener.Addr().String() }

// openDoors opens every listener, or none. Whoever comes has to be let in by enter.
func openDoors(c Config, enter func(net.Conn) (net.Conn, bool)) (doors []*door, err error) {
	defer func() {
		if err != nil {
			for _, d := range doors {
				err = errors.Join(err, d.listener.Close())
			}
		}
	}()
	certificates := &certificates{cert: c.TLSCert, key: c.TLSKey}
	for _, kind := range c.listeners() {
		for _, address := range kind.addresses {
			listener, err := net.Listen("tcp", address)
			if err != nil {
				return doors, fmt.Errorf("%s: %w", kind.key, err)
			}
			timeout := time.Duration(c.Limits.ConnectTimeout)
			doors = append(doors, newDoor(kind, guarded{listener, enter}, certificates, timeout))
			if kind.secure {
				if _, err := certificates.get(nil); err != nil {
					return doors, err
				}
			}
		}
	}
	return doors, nil
}

func newDoor(kind listenerKind, listener net.Listener, c *certificates, timeout time.Duration) *door {
	if kind.secure {
		listener = tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get})
	}
	d := &door{kind: kind, listener: listener}
	if kind.websocket {
		d.web = &http.Server{
			ReadTimeout: timeout, WriteTimeout: timeout, // until it is a WebSocket
			MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0),
		}
		d.web.SetKeepAlivesEnabled(false) // whoever wants no WebSocket shall not stay
	}
	return d
}

// serve lets in who comes, until close.
func (d *door) serve(admit func(net.Conn)) {
	if d.kind.websocket {
		d.web.Handler = upgrade(admit)
		_ = d.web.Serve(d.listener) // ends with close
		return
	}
	for {
		conn, err := d.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of files, perhaps
			time.Sleep(50 * time.Millisecond)
			continue
		}
		go admit(conn)
	}
}

func (d *door) close() {
	if d.kind.websocket {
		_ = d.web.Close()
	}
	_ = d.listener.Close()
}
