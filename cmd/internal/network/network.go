package network

import (
	"context"
	"fmt"
	"log/slog"

	"hexspot/gateway/broker"
	"hexspot/radio"
)

// Network is a running network.
type Network struct {
	id     radio.Network
	broker *broker.Broker
}

// New joins the parts over a data directory and opens the listeners; Run starts
// to serve.
func New(c Config, data Data, log *slog.Logger) (*Network, error) {
	if err := data.make(); err != nil {
		return nil, err
	}
	config := c.Broker
	if config.Network == "" {
		id, err := data.network()
		if err != nil {
			return nil, err
		}
		config.Network = id.String()
	}
	id, err := radio.ParseNetwork(config.Network)
	if err != nil {
		return nil, err
	}
	accounts, err := data.Accounts()
	if err != nil {
		return nil, err
	}
	config.Accounts = append(accounts, config.Accounts...)
	bindings, err := broker.OpenBindings(data.path(bindingsFile))
	if err != nil {
		return nil, err
	}
	b, err := broker.New(config, broker.Options{Bindings: bindings, Log: log})
	if err != nil {
		return nil, fmt.Errorf("the broker: %w", err)
	}
	return &Network{id: id, broker: b}, nil
}

// ID is what station logins are for.
func (n *Network) ID() radio.Network { return n.id }

// Addresses are the URLs of the broker.
func (n *Network) Addresses() []string { return n.broker.Addresses() }

// Run serves until ctx ends.
func (n *Network) Run(ctx context.Context) error { return n.broker.Run(ctx) }
