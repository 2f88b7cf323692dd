package demo

import (
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
}

// Bounds of the observer's exchanges with the broker.
const (
	observerTimeout = 10 * time.Second
	observerQuiesce = 250 // ms, for the last acknowledgements
)

// Observer is a network server's MQTT client: it hears all hotspots of a plan.
type Observer struct {
	client mqtt.Client
	lost   chan error // has one error once the connection is lost
}

// Observe connects, subscribes to the uplinks under a region's topic, and hands
// each message to take, one at a time, until Close.
func Observe(ctx context.Context, at Access, region string, take func(topic string, payload []byte)) (*Observer, error) {
	o := &Observer{lost: make(chan error, 1)}
	o.client = mqtt.NewClient(o.options(at))
	if err := o.await(ctx, o.client.Connect()); err != nil {
		return nil, fmt.Errorf("connecting to the broker %s: %w", at.URL, err)
	}
	filter := region + "/gateway/+/event/up"
	token := o.client.Subscribe(filter, 1, func(_ mqtt.Client, m mqtt.Message) { take(m.Topic(), m.Payload()) })
	err := o.await(ctx, token)
	if sub, ok := token.(*mqtt.SubscribeToken); err == nil && ok && sub.Result()[filter] > 1 {
		err = errors.New("refused")
	}
	if err != nil {
		o.Close()
		return nil, fmt.Errorf("subscribing to %s: %w", filter, err)
	}
	return o, nil
}

func (o *Observer) options(at Access) *mqtt.ClientOptions {
	return mqtt.NewClientOptions().
		AddBroker(at.URL).
		SetClientID("demo-" + rand.Text()[:10]).
		SetUsername(at.User).SetPassword(at.Password).
		SetCleanSession(true).
		SetAutoReconnect(false). // what is sent meanwhile would be missed
		SetConnectTimeout(observerTimeout).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) {
			select {
			case o.lost <- fmt.Errorf("the demo's own MQTT connection was lost: %w", err):
			default:
			}
		})
}

func (o *Observer) await(ctx context.Context, token mqtt.Token) error {
	ctx, cancel := context.WithTimeoutCause(ctx, observerTimeout, fmt.Errorf("no answer within %v", observerTimeout))
	defer cancel()
	select {
	case <-token.Done():
		return token.Error()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watch ends with an error once the connection is lost.
func (o *Observer) watch(ctx context.Context) error {
	select {
	case err := <-o.lost:
		return err
	case <-ctx.Done():
		return nil
	}
}

// Close acknowledges what has come and leaves.
func (o *Observer) Close() { o.client.Disconnect(observerQuiesce) }

// receive is what happens to a message: it is checked, and makes room.
func receive(c *checker, w *window) func(topic string, payload []byte) {
	return func(topic string, payload []byte) {
		if of, arrived := c.take(topic, payload); arrived {
			w.leave(of)
		}
	}
}
