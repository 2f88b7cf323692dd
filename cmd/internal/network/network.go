package network

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"hexspot/gateway/broker"
	"hexspot/radio"
)

// Network is a running network.
type Network struct {
	id     radio.Network
	broker *broker.Broker
	store  *Store
}

// New joins the parts over a data directory and opens the journal and the listeners;
// Run starts to serve.
func New(ctx context.Context, c Config, data Data, log *slog.Logger) (*Network, error) {
	if err := data.make(); err != nil {
		return nil, err
	}
	store, err := OpenStore(ctx, c, data, log)
	if err != nil {
		return nil, err
	}
	n := &Network{store: store}
	if err := n.addBroker(c, data, log); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return n, nil
}

func (n *Network) addBroker(c Config, data Data, log *slog.Logger) error {
	config := c.Broker
	if config.Network == "" {
		id, err := data.network()
		if err != nil {
			return err
		}
		config.Network = id.String()
	}
	id, err := radio.ParseNetwork(config.Network)
	if err != nil {
		return err
	}
	accounts, err := data.Accounts()
	if err != nil {
		return err
	}
	config.Accounts = append(accounts, config.Accounts...)
	bindings, err := broker.OpenBindings(data.path(bindingsFile))
	if err != nil {
		return err
	}
	packets := packets{journal: n.store.Journal, unacknowledged: c.Journal.QoS0}
	n.broker, err = broker.New(config, broker.Options{Bindings: bindings, Log: log, Durable: packets.keep})
	if err != nil {
		return fmt.Errorf("the broker: %w", err)
	}
	n.id = id
	return nil
}

// ID is what station logins are for.
func (n *Network) ID() radio.Network { return n.id }

// Addresses are the URLs of the broker.
func (n *Network) Addresses() []string { return n.broker.Addresses() }

// Run serves until ctx ends. The journal ends last: what the broker still has in
// hand is kept, or not acknowledged.
func (n *Network) Run(ctx context.Context) error {
	journaling, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	kept := make(chan error, 1)
	go func() { kept <- n.store.Journal.Run(journaling) }()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.broker.Run(ctx) })
	group.Go(func() error { return n.store.rolling.run(ctx) })
	err := group.Wait()
	stop()
	return errors.Join(err, <-kept, n.store.Close())
}
