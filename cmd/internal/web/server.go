package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Bounds of what a client, or anybody, can make a server do.
const (
	headerTimeout = 5 * time.Second // for a request, with its body
	writeTimeout  = 10 * time.Second
	leastPace     = 64 << 10 // bytes a second that a reader of much has to take
	idleTimeout   = 60 * time.Second
	headerMost    = 16 << 10
	stopTimeout   = time.Second
)

// Server is a listening server.
type Server struct {
	listener net.Listener
	handler  http.Handler
}

// Listen listens at an address such as 127.0.0.1:8080; port 0 takes a free one. No more
// than so many connections are open at a time, others wait; and no more than the share of
// them to one address, an IPv6 /64 being one, others are closed.
func Listen(address string, connections, share int, handler http.Handler) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	return &Server{limit(listener, connections, share), handler}, nil
}

// URL is where it listens, without a path.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close closes the listener of a server that does not run. A nil server is closed.
func (s *Server) Close() error {
	if s == nil {
		return nil
	}
	return s.listener.Close()
}

// Run serves until ctx ends, which requests see as well. A handler that answers for
// longer than ten seconds has to extend its write deadline.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: headerTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headerMost, ErrorLog: log.New(io.Discard, "", 0), // what strangers cause is no news
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	group.Go(func() error {
		if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving HTTP: %w", err)
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
