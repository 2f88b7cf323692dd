package network

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/web"
	"hexspot/gateway/broker"
	"hexspot/radio"
)

// Network is a running network.
type Network struct {
	id     radio.Network
	broker *broker.Broker
	store  *Store

	proving *proving    // nil: not enabled
	api     *web.Server // nil: no HTTP
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
	if err := n.addBroker(ctx, c, data, log); err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

// close closes what is kept.
func (n *Network) close() error {
	if n.proving == nil {
		return n.store.Close()
	}
	return errors.Join(n.proving.close(), n.store.Close())
}

// addProving opens proof of coverage, if it is wanted.
func (n *Network) addProving(ctx context.Context, c Config, data Data, log *slog.Logger) error {
	if !c.Coverage.Enabled {
		return nil
	}
	publish := func(topic string, payload []byte, retain bool) error { return n.broker.Publish(topic, payload, retain) }
	parts := provingParts{journal: n.store.Journal, records: n.store, publish: publish, log: log}
	v, err := openProving(ctx, c.Coverage, data, n.id, parts)
	if err != nil {
		return fmt.Errorf("proof of coverage: %w", err)
	}
	n.proving = v
	if !c.Journal.Lost {
		if err := v.checkJournal(ctx, n.store); err != nil {
			return fmt.Errorf("proof of coverage: %w", err)
		}
	}
	if c.Journal.URL == "" { // a cluster may have records of others' logs
		if err := v.recover(ctx, n.store.Journal); err != nil && ctx.Err() == nil {
			log.Error("the log is without records that the journal has", "error", err)
		}
	}
	v.appeals.earlier, v.share.journal, v.entropy.earlier = n.store, n.store.Journal, n.store.Journal
	n.api, err = openAPI(c.API, v)
	return err
}

// durable keeps what stations publish.
func (n *Network) durable(c JournalConfig) func(context.Context, broker.Message) error {
	packets := packets{journal: n.store.Journal, unacknowledged: c.QoS0}
	return func(ctx context.Context, m broker.Message) error {
		if n.proving != nil && strings.HasPrefix(m.Topic, ownTopics) {
			return n.proving.take(ctx, m)
		}
		if n.proving != nil && packets.keeps(m) {
			if err := n.proving.room(ctx, m.Station); errors.Is(err, errShare) {
				return fmt.Errorf("%w: %w", broker.ErrLater, err) // its site may be what it says next
			} else if err != nil {
				return err
			}
		}
		return packets.keep(ctx, m)
	}
}

func (n *Network) addBroker(ctx context.Context, c Config, data Data, log *slog.Logger) error {
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
	n.id = id
	if err := n.addProving(ctx, c, data, log); err != nil {
		return err
	}
	options := broker.Options{Bindings: bindings, Log: log, Durable: n.durable(c.Journal), SealReports: c.Coverage.Enabled}
	if n.broker, err = broker.New(config, options); err != nil {
		return errors.Join(fmt.Errorf("the broker: %w", err), n.api.Close())
	}
	return nil
}

// ID is what station logins are for.
func (n *Network) ID() radio.Network { return n.id }

// Addresses are the URLs of the broker.
func (n *Network) Addresses() []string { return n.broker.Addresses() }

// API is the URL of HTTP, "" if there is none.
func (n *Network) API() string {
	if n.api == nil {
		return ""
	}
	return n.api.URL()
}

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
	if n.proving != nil {
		group.Go(func() error { return n.proving.run(ctx) })
	}
	if n.api != nil {
		group.Go(func() error { return n.api.Run(ctx) })
	}
	err := group.Wait()
	stop()
	return errors.Join(err, <-kept, n.close())
}
