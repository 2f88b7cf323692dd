package mqtt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
	"google.golang.org/protobuf/types/known/timestamppb"

	"hexspot/gateway"
)

// Client is one network. Its Run reports statistics, obeys commands and answers
// them; as a gateway.Destination it takes frames.
type Client struct {
	config  Config
	station Station
	topics  Topics
	up      string // the topic of uplinks
	open    opener
	log     *slog.Logger

	outbox         *outbox
	arrived        chan struct{} // has a token when there is a new session
	pace           *rate.Limiter // of commands
	configurations chan *gw.GatewayConfiguration
	intervals      chan time.Duration // between statistics, from now on

	mu         sync.Mutex
	session    *session        // the present one, nil while there is none
	told       map[string]bool // what is logged once: kinds of refusals
	configured string          // version of the network's configuration
	downlinks  recent
	executions recent

	reported gateway.Totals // what event/stats has told so far; used by Run only

	pause time.Duration // before the next try; used by Connect only
	last  time.Time     // when the latest session began
}

var _ gateway.Destination = (*Client)(nil)

// New makes a client for a network; the configuration is checked.
func New(config Config, station Station, log *slog.Logger) (*Client, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.StationLogin && station.Login == nil {
		return nil, errors.New("station_login is set, but there is no station key")
	}
	topics := NewTopics(config.prefix(station.Plan), station.EUI)
	return &Client{
		config: config, station: station, log: log.With("output", config.Name()),
		topics: topics, up: topics.Event("up"), open: openNetwork,
		outbox: newOutbox(), arrived: make(chan struct{}, 1), pace: rate.NewLimiter(commandRate, commandRate),
		configurations: make(chan *gw.GatewayConfiguration, 1), intervals: make(chan time.Duration, 1),
		told: make(map[string]bool), reported: station.Statistics.Totals(),
	}, nil
}

// Name is the server's URL.
func (c *Client) Name() string { return c.config.Name() }

// Tries to connect are first immediate, then minPause to maxPause apart. A
// session of at least steady shows that all is well.
const (
	minPause = time.Second
	maxPause = time.Minute
	steady   = 30 * time.Second
)

// Connect tries until there is a session; its only error is the context's. An
// outage is logged at its first failure and at its end.
func (c *Client) Connect(ctx context.Context) (gateway.Session, error) {
	if time.Since(c.last) > steady {
		c.pause = 0
	}
	for failures := 0; ; failures++ {
		if err := c.wait(ctx); err != nil {
			return nil, err
		}
		s, err := c.dial(ctx)
		if err == nil {
			c.log.Info("connected to the network", "topics", c.topics.base)
			c.last = time.Now()
			c.keep(s)
			if s.joined {
				c.station.Coverage.Arrived()
			}
			return s, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.log.Log(ctx, level(failures), "cannot connect to the network, will try again", "error", err)
	}
}

func level(failures int) slog.Level {
	if failures == 0 {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

// wait pauses before a try, and makes the next pause longer. Pauses are spread by a
// quarter, so that the gateways of a broker that restarts do not come all at once.
func (c *Client) wait(ctx context.Context) error {
	pause := c.pause
	c.pause = min(max(2*c.pause, minPause), maxPause)
	if pause > 0 {
		pause += time.Duration((rand.Float64() - 0.5) / 2 * float64(pause))
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Client) keep(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
	if s != nil {
		replace(c.arrived, struct{}{})
	}
}

func (c *Client) current() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Run works until ctx ends: it reports statistics, applies configurations, and
// delivers answers.
func (c *Client) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.tellStatistics(ctx) })
	group.Go(func() error { return c.reconfigure(ctx) })
	group.Go(func() error { return c.deliver(ctx) })
	return group.Wait()
}

// tellStatistics sends event/stats at each interval, until ctx ends. The first is of
// all that was counted since New; an interval without a connection is reported with
// the next one.
func (c *Client) tellStatistics(ctx context.Context) error {
	ticker := time.NewTicker(c.config.StatsInterval.Or(30 * time.Second))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case interval := <-c.intervals:
			ticker.Reset(interval)
		case now := <-ticker.C:
			totals := c.station.Statistics.Totals()
			if err := c.report(ctx, now, totals.Since(c.reported)); err != nil {
				c.log.Debug("statistics wait for the next interval", "error", err)
				continue
			}
			c.reported = totals
		}
	}
}

var errNoSession = errors.New("not connected")

func (c *Client) report(ctx context.Context, now time.Time, t gateway.Totals) error {
	s := c.current()
	if s == nil || s.lost() {
		return errNoSession
	}
	m := statsMessage(c.station.EUI, timestamppb.New(now), t)
	m.ConfigVersion = c.version()
	payload, err := c.config.marshal(m)
	if err != nil {
		return fmt.Errorf("encoding statistics: %w", err)
	}
	return s.publish(ctx, c.topics.Event("stats"), payload, false, ackTimeout)
}
