package mqtt

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/url"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// opener opens a connection to a server; config is nil without TLS.
type opener func(ctx context.Context, server *url.URL, config *tls.Config) (net.Conn, error)

// openNetwork opens a connection over TCP, TLS or a WebSocket. A WebSocket
// heeds connectTimeout only; who gives up earlier must close what comes late.
func openNetwork(ctx context.Context, server *url.URL, config *tls.Config) (net.Conn, error) {
	switch server.Scheme {
	case "ws", "wss":
		return paho.NewWebsocket(server.String(), config, connectTimeout, nil, nil)
	}
	dialer := &net.Dialer{Timeout: connectTimeout}
	if config == nil {
		return dialer.DialContext(ctx, "tcp", address(server, "1883"))
	}
	return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, "tcp", address(server, "8883"))
}

// address is the server's host and port, or its usual port (MQTT 3.1.1, 4.2).
func address(server *url.URL, usual string) string {
	if port := server.Port(); port != "" {
		usual = port
	}
	return net.JoinHostPort(server.Hostname(), usual)
}

// connection reads ahead: paho asks for each field of a packet by itself, which
// would be three or four system calls for each acknowledgement.
type connection struct {
	net.Conn
	reader *bufio.Reader
}

func (c *connection) Read(b []byte) (int, error) { return c.reader.Read(b) }

// connect opens the session's connection, which is closed when the session ends,
// even if it ends before the connection is there.
func (s *session) connect(ctx context.Context, server *url.URL, config *tls.Config) (net.Conn, error) {
	conn, err := s.client.open(ctx, server, config)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	return &connection{conn, bufio.NewReader(conn)}, nil
}
