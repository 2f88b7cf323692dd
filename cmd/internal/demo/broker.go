package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"hexspot/cmd/internal/network"
	"hexspot/gateway/broker"
	"hexspot/gateway/mqtt"
)

// meetingPoint is the broker of a demo, as both sides reach it.
type meetingPoint struct {
	output   mqtt.Config // of each hotspot
	observer Access
}

// startBroker gives the broker of the configuration, or starts one in process that
// hotspots log in to with their own keys; stop ends it.
func startBroker(ctx context.Context, fail context.CancelCauseFunc, c Config) (at meetingPoint, stop func(), err error) {
	if c.Broker != "" {
		return meetingPoint{output: mqtt.Config{Server: c.Broker}, observer: Access{URL: c.Broker}}, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "hexnet-demo-")
	if err != nil {
		return meetingPoint{}, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	at, serve, err := newBroker(network.Data(dir), c)
	if err != nil {
		remove()
		return meetingPoint{}, nil, fmt.Errorf("starting the broker: %w", err)
	}
	end := background(ctx, fail, serve)
	return at, func() { end(); remove() }, nil
}

// newBroker sets a network up on a free port, with an account for the observer.
func newBroker(data network.Data, c Config) (meetingPoint, func(context.Context) error, error) {
	observer := Access{User: "demo", Password: rand.Text()}
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
	n, err := network.New(config, data, c.Log)
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

// brokerName is the broker in the summary.
func (c Config) brokerName() string {
	if c.Broker != "" {
		return c.Broker
	}
	return "in process"
}
