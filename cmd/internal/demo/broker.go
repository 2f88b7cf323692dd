package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/cmd/internal/network"
	"hexspot/gateway/broker"
	"hexspot/gateway/mqtt"
)

// meetingPoint is the broker of a demo, as both sides reach it.
type meetingPoint struct {
	output   mqtt.Config // of each hotspot
	observer mqttlink.Access
}

// startBroker gives the broker of the configuration, or starts one in process that
// hotspots log in to with their own keys; stop ends it.
func startBroker(ctx context.Context, fail context.CancelCauseFunc, c Config) (at meetingPoint, stop func(), err error) {
	if c.Broker != "" {
		at, err := outsideBroker(c.Broker)
		return at, func() {}, err
	}
	dir, err := os.MkdirTemp("", "hexnet-demo-")
	if err != nil {
		return meetingPoint{}, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	at, serve, err := newBroker(ctx, network.Data(dir), c)
	if err != nil {
		remove()
		return meetingPoint{}, nil, fmt.Errorf("starting the broker: %w", err)
	}
	end := background(ctx, fail, serve)
	return at, func() { end(); remove() }, nil
}

// usualPorts are those of the schemes whose port may be left out (MQTT 3.1.1, 4.2).
var usualPorts = map[string]string{"tcp": "1883", "mqtt": "1883", "ssl": "8883", "tls": "8883", "mqtts": "8883"}

// outsideBroker is a broker that is there already. Its URL may leave out the usual
// port, and hold the name and password that both sides log in with.
func outsideBroker(text string) (meetingPoint, error) {
	u, err := url.Parse(text)
	if err != nil {
		return meetingPoint{}, errors.New("--broker is not a URL such as tcp://127.0.0.1:1883") // without err: it quotes a password
	}
	user, password := u.User.Username(), ""
	if u.User != nil {
		password, _ = u.User.Password()
	}
	u.User = nil
	if port := usualPorts[u.Scheme]; u.Port() == "" && port != "" {
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	at := meetingPoint{
		output:   mqtt.Config{Server: u.String(), Username: user, Password: password},
		observer: mqttlink.Access{URL: u.String(), User: user, Password: password},
	}
	if err := at.output.Validate(); err != nil {
		return meetingPoint{}, fmt.Errorf("--broker: %w", err)
	}
	return at, nil
}

// newBroker sets a network up on a free port, with an account for the observer.
func newBroker(ctx context.Context, data network.Data, c Config) (meetingPoint, func(context.Context) error, error) {
	observer := mqttlink.Access{User: "demo", Password: rand.Text()}
	hash, err := broker.HashPassword(observer.Password)
	if err != nil {
		return meetingPoint{}, nil, err
	}
	account := broker.Account{Name: observer.User, PasswordHash: hash, Subscribe: []string{"+/gateway/+/event/+"}}
	if err := data.AddAccount(account); err != nil {
		return meetingPoint{}, nil, err
	}
	config := network.Config{Broker: broker.Config{Listen: []string{"127.0.0.1:0"}}}
	config.Broker.Limits.ConnectRate = 10_000 // all hotspots come from one address
	n, err := network.New(ctx, config, data, c.Log)
	if err != nil {
		return meetingPoint{}, nil, err
	}
	addresses := n.Addresses()
	if len(addresses) != 1 {
		return meetingPoint{}, nil, errors.New("the broker does not listen at one address")
	}
	observer.URL = addresses[0]
	output := mqtt.Config{Server: observer.URL, StationLogin: true, Network: n.ID().String()}
	return meetingPoint{output: output, observer: observer}, n.Run, nil
}

// brokerName is the broker in the summary, without a password.
func (c Config) brokerName() string {
	if c.Broker == "" {
		return "in process"
	}
	u, err := url.Parse(c.Broker)
	if err != nil {
		return ""
	}
	return u.Redacted()
}

// underway is how many frames may be on their way to the broker.
func (c Config) underway() int {
	if c.Broker != "" {
		return underwayOutside
	}
	return underwayAll
}
