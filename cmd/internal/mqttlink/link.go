package mqttlink

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// Access is how a network server reaches the broker.
type Access struct {
	URL            string
	User, Password string // empty: anonymous
	Client         string // id of the client; empty: a random one
}

// Bounds of the exchanges with the broker.
const (
	answerTimeout = 10 * time.Second
	quiesce       = 250 // ms, for the last acknowledgements
	unackedMost   = 256 // publications
)

// Link is a connection.
type Link struct {
	client  mqtt.Client
	lost    chan error // has one error once the connection is lost
	unacked chan mqtt.Token
}

// Open connects, subscribes to topic filters at QoS 1, and hands each message to
// take, one at a time, until Close.
func Open(ctx context.Context, at Access, filters []string, take func(topic string, payload []byte)) (*Link, error) {
	l := &Link{lost: make(chan error, 1), unacked: make(chan mqtt.Token, unackedMost)}
	l.client = mqtt.NewClient(l.options(at))
	if err := await(ctx, l.client.Connect()); err != nil {
		return nil, fmt.Errorf("connecting to the broker %s: %w", at.URL, err)
	}
	for _, filter := range filters {
		if err := l.subscribe(ctx, filter, take); err != nil {
			l.Close()
			return nil, fmt.Errorf("subscribing to %s: %w", filter, err)
		}
	}
	return l, nil
}

func (l *Link) subscribe(ctx context.Context, filter string, take func(topic string, payload []byte)) error {
	token := l.client.Subscribe(filter, 1, func(_ mqtt.Client, m mqtt.Message) { take(m.Topic(), m.Payload()) })
	if err := await(ctx, token); err != nil {
		return err
	}
	if sub, ok := token.(*mqtt.SubscribeToken); ok && sub.Result()[filter] > 1 {
		return errors.New("refused")
	}
	return nil
}

func (l *Link) options(at Access) *mqtt.ClientOptions {
	return mqtt.NewClientOptions().
		AddBroker(at.URL).
		SetClientID(cmp.Or(at.Client, "demo-"+rand.Text()[:10])).
		SetUsername(at.User).SetPassword(at.Password).
		SetCleanSession(true).
		SetAutoReconnect(false). // what is sent meanwhile would be missed
		SetConnectTimeout(answerTimeout).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) {
			l.fail(fmt.Errorf("the demo's own MQTT connection was lost: %w", err))
		})
}

func (l *Link) fail(err error) {
	select {
	case l.lost <- err:
	default:
	}
}

func await(ctx context.Context, token mqtt.Token) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTimeout, fmt.Errorf("no answer within %v", answerTimeout))
	defer cancel()
	select {
	case <-token.Done():
		return token.Error()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Publish, which one goroutine calls, sends a message at QoS 1 without waiting for its acknowledgement; Watch
// does that. It is an error if the broker is so many messages behind that another
// one would have to wait.
func (l *Link) Publish(topic string, payload []byte) error {
	if len(l.unacked) == cap(l.unacked) {
		return fmt.Errorf("publishing: the broker has not acknowledged %d messages", unackedMost)
	}
	l.unacked <- l.client.Publish(topic, 1, false, payload)
	return nil
}

// Watch ends with an error once the connection is lost, or a publication is not
// acknowledged in time.
func (l *Link) Watch(ctx context.Context) error {
	for {
		select {
		case token := <-l.unacked:
			if err := await(ctx, token); err != nil && ctx.Err() == nil {
				return fmt.Errorf("publishing: %w", err)
			}
		case err := <-l.lost:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// Uplinks is the topic filter of all hotspots' uplinks below a region's prefix.
func Uplinks(prefix string) string { return prefix + "/gateway/+/event/up" }

// Close acknowledges what has come and leaves.
func (l *Link) Close() { l.client.Disconnect(quiesce) }
