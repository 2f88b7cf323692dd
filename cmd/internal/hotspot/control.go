package hotspot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// request is what the owner asks of the running hotspot: one JSON object.
type request struct {
	Discover int64 `json:"discover_ms"`
}

// Bounds of what is read from the control socket, by either side.
const (
	mostRequest = 1 << 10
	mostAnswer  = 4 << 20 // of all lines: mostEchoes of 300 bytes are a quarter of it
)

// control does what the owner asks and answers with a line of JSON for each piece of
// news.
func (h *Hotspot) control(ctx context.Context, conn net.Conn) error {
	if err := conn.SetReadDeadline(time.Now().Add(socketWait)); err != nil {
		return err
	}
	var asked request
	decoder := json.NewDecoder(io.LimitReader(conn, mostRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return fmt.Errorf("reading what is asked: %w", err)
	}
	if asked.Discover <= 0 {
		return errors.New("nothing is asked")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	go func() { // who asked has gone, or says more than there is to say
		defer cancel()
		_, _ = conn.Read(make([]byte, 1))
	}()
	lines := json.NewEncoder(conn)
	coverage := h.coverage.Load()
	if coverage == nil {
		return lines.Encode(DiscoverNews{Refused: h.withoutCoverage().ReasonText})
	}
	length := time.Duration(min(asked.Discover, LongestDiscovery.Milliseconds())) * time.Millisecond
	return coverage.Discover(ctx, length, func(n DiscoverNews) error {
		if err := conn.SetWriteDeadline(time.Now().Add(socketWait)); err != nil {
			return err
		}
		return lines.Encode(n)
	})
}

// ErrEnded says that the running hotspot stopped before what was asked was over.
var ErrEnded = errors.New("the hotspot has stopped, or was too busy to tell")

// AskDiscovery has the running hotspot send discovery beacons for a time, and tells
// what comes of it until that is over or ctx ends, which ends the discovery. path is
// its control socket.
func AskDiscovery(ctx context.Context, path string, length time.Duration, tell func(DiscoverNews) error) (err error) {
	conn, err := dial(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	if err := json.NewEncoder(conn).Encode(request{Discover: length.Milliseconds()}); err != nil {
		return fmt.Errorf("asking for discovery beacons: %w", err)
	}
	for lines := json.NewDecoder(io.LimitReader(conn, mostAnswer)); ; {
		var n DiscoverNews
		if err := lines.Decode(&n); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: %w", ErrEnded, err)
		}
		if n.Over {
			return nil
		}
		if err := tell(n); err != nil || n.Refused != "" {
			return err
		}
	}
}
