package page

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/town"
)

// Bounds of what a browser, or anybody, can make the page do.
const (
	headerTimeout = 5 * time.Second
	writeTimeout  = 10 * time.Second
	idleTimeout   = 60 * time.Second
	headerMost    = 16 << 10
	connsMost     = 64
	streamsMost   = 16
	period        = time.Second // between snapshots
	stopTimeout   = time.Second
)

// Page is a listening page.
type Page struct {
	listener net.Listener
	feed     *feed
}

// New listens at an address such as 127.0.0.1:8080; port 0 takes a free one. The
// function gives the town as it is; it is called about once a second, by one
// goroutine.
func New(address string, look func() town.Snapshot) (*Page, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, fmt.Errorf("the page's address: %w", err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the page: %w", err)
	}
	f, err := newFeed(look)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return &Page{listener: limit(listener, connsMost), feed: f}, nil
}

// URL is where to look.
func (p *Page) URL() string { return "http://" + p.listener.Addr().String() + "/" }

// Run serves until ctx ends.
func (p *Page) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	server := &http.Server{
		Handler:           handler(p.feed),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: headerTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headerMost,
		BaseContext:    func(net.Listener) context.Context { return ctx },
	}
	group.Go(func() error { return p.feed.run(ctx) })
	group.Go(func() error {
		if err := server.Serve(p.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("the page: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return stop(server)
	})
	return group.Wait()
}

// stop lets requests end, but not for long.
func stop(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}
