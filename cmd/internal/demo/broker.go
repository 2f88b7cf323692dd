package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	output   mqtt.Config     // of each hotspot
	observer mqttlink.Access // hears everything
	server   mqttlink.Access // of a network server

	network *network.Network // nil: an outside broker
	data    network.Data     // of that network
}

// startBroker gives the broker with a URL, or, without, starts one in process that
// hotspots log in to with their own keys; stop ends it.
func startBroker(ctx context.Context, fail context.CancelCauseFunc, url string, coverage network.CoverageConfig, log *slog.Logger) (at meetingPoint, stop func(), err error) {
	if url != "" {
		at, err := outsideBroker(url)
		return at, func() {}, err
	}
	dir, err := os.MkdirTemp("", "hexnet-demo-")
	if err != nil {
		return meetingPoint{}, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	at, serve, err := newBroker(ctx, network.Data(dir), coverage, log)
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
	access := mqttlink.Access{URL: u.String(), User: user, Password: password}
	at := meetingPoint{
		output:   mqtt.Config{Server: u.String(), Username: user, Password: password},
		observer: access, server: access,
	}
	if err := at.output.Validate(); err != nil {
		return meetingPoint{}, fmt.Errorf("--broker: %w", err)
	}
	return at, nil
}

// The rights of the accounts in a broker of ours.
var (
	observerRights = broker.Account{Name: "observer", Subscribe: []string{"+/gateway/+/event/+", "+/gateway/+/report/+", "+/gateway/+/command/+"}}
	serverRights   = broker.Account{Name: "network", Publish: []string{"+/gateway/+/command/#"}, Subscribe: []string{"+/gateway/+/event/+", "+/gateway/+/report/+"}}
)

// newBroker sets a network up on a free port, with accounts for observer and
// network server.
func newBroker(ctx context.Context, data network.Data, coverage network.CoverageConfig, log *slog.Logger) (at meetingPoint, run func(context.Context) error, err error) {
	if at.observer, err = newAccount(data, observerRights); err != nil {
		return at, nil, err
	}
	if at.server, err = newAccount(data, serverRights); err != nil {
		return at, nil, err
	}
	config := network.Config{Broker: broker.Config{Listen: []string{"127.0.0.1:0"}}, Coverage: coverage}
	config.Broker.Limits.ConnectRate = 10_000 // all hotspots come from one address
	n, err := network.New(ctx, config, data, log)
	if err != nil {
		return at, nil, err
	}
	addresses := n.Addresses()
	if len(addresses) != 1 {
		return at, nil, errors.New("the broker does not listen at one address")
	}
	at.observer.URL, at.server.URL = addresses[0], addresses[0]
	at.output = mqtt.Config{Server: addresses[0], StationLogin: true, Network: n.ID().String()}
	at.network, at.data = n, data
	return at, n.Run, nil
}

func newAccount(data network.Data, rights broker.Account) (mqttlink.Access, error) {
	password, hash, err := broker.NewSecret()
	if err != nil {
		return mqttlink.Access{}, err
	}
	rights.PasswordHash = hash
	return mqttlink.Access{User: rights.Name, Password: password}, data.AddAccount(rights)
}

// brokerName is a broker in the summary, without a password.
func brokerName(text string) string {
	if text == "" {
		return "in process"
	}
	u, err := url.Parse(text)
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
