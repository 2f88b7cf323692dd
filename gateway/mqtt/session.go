package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	paho "github.com/eclipse/paho.mqtt.golang"

	"hexspot/gateway"
)

// How long the parts of a connection may take.
const (
	connectTimeout = 15 * time.Second // TCP, TLS and CONNECT
	ackTimeout     = 10 * time.Second
	writeTimeout   = 10 * time.Second       // a connection that takes nothing for so long is lost
	farewell       = 300 * time.Millisecond // for the last message of a clean stop
	quiesce        = 100                    // milliseconds, for DISCONNECT to leave
)

const qos = 1

// session is one connection: a paho client that never connects again by itself,
// because the forwarder, not the client, decides what is sent again.
type session struct {
	client *Client
	paho   paho.Client
	done   <-chan struct{}
	lose   context.CancelFunc // ends the session: closes done and the connection
	asks   chan asking        // of paho, which one goroutine asks
	joined bool               // the network's topics of coverage are subscribed to
}

// dial connects, asks for commands, and says that the gateway is online.
func (c *Client) dial(ctx context.Context) (*session, error) {
	life, lose := context.WithCancel(context.WithoutCancel(ctx))
	s := &session{client: c, done: life.Done(), lose: lose, asks: make(chan asking)}
	go s.ask()
	options, err := c.options(life, s)
	if err != nil {
		lose()
		return nil, err
	}
	s.paho = paho.NewClient(options)
	if err := s.open(ctx); err != nil {
		s.disconnect()
		return nil, err
	}
	return s, nil
}

func (s *session) open(ctx context.Context) error {
	if _, err := s.await(ctx, connectTimeout, s.paho.Connect); err != nil {
		return fmt.Errorf("logging in: %w", err)
	}
	if err := s.subscribe(ctx, s.client.topics.Commands()); err != nil {
		return err
	}
	if err := s.join(ctx); err != nil {
		return err
	}
	return s.announce(ctx, gw.ConnState_ONLINE, ackTimeout)
}

func (s *session) subscribe(ctx context.Context, filter string) error {
	token, err := s.await(ctx, ackTimeout, func() paho.Token { return s.paho.Subscribe(filter, qos, s.command) })
	if err != nil {
		return fmt.Errorf("subscribing to %s: %w", filter, err)
	}
	if granted := token.(*paho.SubscribeToken).Result()[filter]; granted > 2 {
		return fmt.Errorf("the broker refuses the subscription to %s: the account lacks the right", filter)
	}
	return nil
}

// announce publishes the retained state/conn.
func (s *session) announce(ctx context.Context, state gw.ConnState_State, timeout time.Duration) error {
	payload, err := s.client.config.marshal(connState(s.client.station.EUI, state))
	if err != nil {
		return fmt.Errorf("encoding the connection state: %w", err)
	}
	return s.publish(ctx, s.client.topics.State("conn"), payload, true, timeout)
}

// publish waits until a message is acknowledged.
func (s *session) publish(ctx context.Context, topic string, payload []byte, retained bool, timeout time.Duration) error {
	_, err := s.await(ctx, timeout, func() paho.Token { return s.paho.Publish(topic, qos, retained, payload) })
	if err != nil {
		return fmt.Errorf("publishing to %s: %w", topic, err)
	}
	return nil
}

// asking is something that paho is asked, and where its token goes.
type asking struct {
	paho   func() paho.Token
	handed chan paho.Token // has room for it
}

// ask asks paho for one thing after the other, in a goroutine that lives as long as the
// session, or as what it asked last. One for each would cost more than what is asked.
func (s *session) ask() {
	for {
		select {
		case a := <-s.asks:
			a.handed <- a.paho()
		case <-s.done:
			return
		}
	}
}

// hand asks paho for something. paho blocks for all of writeTimeout if the
// connection ends or hangs just then: whoever calls hand need not.
func (s *session) hand(ctx context.Context, ask func() paho.Token) (paho.Token, error) {
	a := asking{ask, make(chan paho.Token, 1)}
	select {
	case s.asks <- a:
	case <-s.done:
		return nil, errLost
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	select {
	case token := <-a.handed:
		return token, nil
	case <-s.done:
		return nil, errLost
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

var (
	errTimeout = errors.New("no answer in time")
	errLost    = errors.New("the connection is lost")
)

// await asks paho for something and waits until it is done.
func (s *session) await(ctx context.Context, timeout time.Duration, ask func() paho.Token) (paho.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%w (%v)", errTimeout, timeout))
	defer cancel()
	token, err := s.hand(ctx, ask)
	if err != nil {
		return nil, err
	}
	select {
	case <-token.Done():
		return token, token.Error()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (c *Client) options(life context.Context, s *session) (*paho.ClientOptions, error) {
	will, err := c.config.marshal(connState(c.station.EUI, gw.ConnState_OFFLINE))
	if err != nil {
		return nil, fmt.Errorf("encoding the last will: %w", err)
	}
	secure, err := c.config.tlsConfig()
	if err != nil {
		return nil, err
	}
	username, password, err := c.credentials()
	if err != nil {
		return nil, err
	}
	options := paho.NewClientOptions().
		AddBroker(c.config.Server).
		SetClientID(c.clientID()).
		SetUsername(username).SetPassword(password).
		SetProtocolVersion(4). // 3.1.1, never the older 3.1
		SetCleanSession(c.config.cleanSession()).SetAutoReconnect(false).SetConnectRetry(false).
		SetConnectTimeout(connectTimeout).SetWriteTimeout(writeTimeout).
		SetKeepAlive(c.config.KeepAlive.Or(30*time.Second)).SetPingTimeout(ackTimeout).
		SetOrderMatters(true). // the handler never blocks; false is a goroutine for each message
		SetBinaryWill(c.topics.State("conn"), will, qos, true).
		SetCustomOpenConnectionFn(func(server *url.URL, _ paho.ClientOptions) (net.Conn, error) {
			return s.connect(life, server, secure)
		}).
		SetConnectionLostHandler(func(_ paho.Client, _ error) { s.lose() })
	return options, nil
}

func (c *Client) clientID() string {
	if c.config.ClientID != "" {
		return c.config.ClientID
	}
	return c.station.EUI.String()
}

func (c *Client) credentials() (username, password string, err error) {
	if !c.config.StationLogin {
		return c.config.Username, c.config.Password, nil
	}
	username, password, err = c.station.Login()
	if err != nil {
		return "", "", fmt.Errorf("signing the station's login: %w", err)
	}
	return username, password, nil
}

// Send publishes event/up at QoS 1, marked if the frame was held back.
func (s *session) Send(ctx context.Context, f *gateway.Frame) (gateway.Ack, error) {
	up := UplinkFrame(f)
	mark(up, f, time.Now())
	payload, err := s.client.config.marshal(up)
	if err != nil {
		return nil, fmt.Errorf("encoding an uplink: %w", err)
	}
	return s.hand(ctx, func() paho.Token { return s.paho.Publish(s.client.up, qos, false, payload) })
}

// Done is closed when the connection is lost.
func (s *session) Done() <-chan struct{} { return s.done }

func (s *session) lost() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// Close says farewell, if there is still somebody to hear it, and disconnects.
func (s *session) Close() {
	s.client.keep(nil)
	if !s.lost() {
		if err := s.announce(context.Background(), gw.ConnState_OFFLINE, farewell); err != nil {
			s.client.log.Debug("the network was not told that the gateway goes", "error", err)
		}
	}
	s.disconnect()
}

// disconnect ends the connection, which must not keep paho any longer.
func (s *session) disconnect() {
	s.paho.Disconnect(quiesce)
	s.lose()
}
