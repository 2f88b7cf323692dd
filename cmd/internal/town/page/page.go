package page

import (
	"context"
	"fmt"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/town"
	"hexspot/cmd/internal/web"
)

// Bounds of what a browser, or anybody, can make the page do.
const (
	writeTimeout = 10 * time.Second // for each event
	connsMost    = 64
	streamsMost  = 16
	period       = time.Second // between snapshots
)

// Page is a listening page.
type Page struct {
	server *web.Server
	feed   *feed
}

// New listens at an address such as 127.0.0.1:8080; port 0 takes a free one. The
// function gives the town as it is; it is called about once a second, by one
// goroutine.
func New(address string, look func() town.Snapshot) (*Page, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, fmt.Errorf("the page's address: %w", err)
	}
	f, err := newFeed(look)
	if err != nil {
		return nil, err
	}
	server, err := web.Listen(address, connsMost, connsMost, handler(f))
	if err != nil {
		return nil, fmt.Errorf("the page: %w", err)
	}
	return &Page{server, f}, nil
}

// URL is where to look.
func (p *Page) URL() string { return p.server.URL() + "/" }

// Run serves until ctx ends.
func (p *Page) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.feed.run(ctx) })
	group.Go(func() error { return p.server.Run(ctx) })
	return group.Wait()
}
