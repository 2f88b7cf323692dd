package broker

import (
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

// upgrader speaks MQTT's subprotocol (MQTT 3.1.1, 6). Pages of any origin may
// come: nothing that a browser sends by itself, such as cookies, means anything here.
var upgrader = websocket.Upgrader{
	Subprotocols: []string{"mqtt"},
	CheckOrigin:  func(*http.Request) bool { return true },
}

// upgrade makes a WebSocket connection of a request and lets it in.
func upgrade(admit func(net.Conn)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // the client was told
		}
		admit(&webConn{Conn: ws.NetConn(), ws: ws})
	})
}

// webConn is a WebSocket connection as a stream of bytes; how they are cut into
// messages does not matter to MQTT.
type webConn struct {
	net.Conn
	ws      *websocket.Conn
	message io.Reader // the present one, nil between two
}

var errNotBinary = errors.New("a WebSocket message that is not binary")

func (c *webConn) Read(b []byte) (int, error) {
	for {
		if c.message == nil {
			kind, message, err := c.ws.NextReader()
			if err != nil {
				return 0, err
			}
			if kind != websocket.BinaryMessage {
				return 0, errNotBinary
			}
			c.message = message
		}
		n, err := c.message.Read(b)
		if errors.Is(err, io.EOF) {
			c.message, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (c *webConn) Write(b []byte) (int, error) {
	if err := c.ws.WriteMessage(websocket.BinaryMessage, b); err != nil {
		return 0, err
	}
	return len(b), nil
}
