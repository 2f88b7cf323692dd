package hotspot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"hexspot/gateway/spool"
)

// Status is what `hexspot status` shows.
type Status struct {
	Time     time.Time      `json:"time"`
	Packets  Counters       `json:"packets"`
	Duty     []DutyStatus   `json:"duty_cycle,omitempty"` // of the sub-bands that have a limit
	Records  []RecordStatus `json:"records,omitempty"`    // on disk
	Coverage CoverageStatus `json:"coverage"`
}

// RecordStatus is what is on disk of a kind of record.
type RecordStatus struct {
	Name    string `json:"name"`
	Waiting int    `json:"waiting"`
	Settled int    `json:"settled"` // with a receipt or a refusal, of the last 30 days
}

// DutyStatus is the duty cycle of a sub-band in the past hour.
type DutyStatus struct {
	Name    string `json:"name"`
	Used    int64  `json:"used_ms"`
	Allowed int64  `json:"allowed_ms"`
}

// status is how things stand; coverage must run.
func (h *Hotspot) status(ctx context.Context) Status {
	s := Status{Time: time.Now().UTC(), Packets: h.Counters(), Coverage: h.coverage.Load().Status()}
	if h.transmitter != nil {
		for _, d := range h.transmitter.DutyCycle() {
			s.Duty = append(s.Duty, DutyStatus{d.Name, d.Tracked.Milliseconds(), d.Max.Milliseconds()})
		}
	}
	disk, err := spool.Look(ctx, h.parts.Spool.Path)
	if err != nil {
		h.parts.Log.Debug("the status lacks what is on disk", "error", err)
	}
	for _, q := range disk.Queues {
		if q.Records {
			s.Records = append(s.Records, RecordStatus{q.Name, q.Waiting, q.Acknowledged + q.Refused})
		}
	}
	return s
}

// CoverageStatus is how proof of coverage stands, false while the hotspot has no part
// in it.
func (h *Hotspot) CoverageStatus() (CoverageStatus, bool) {
	c := h.coverage.Load()
	if c == nil {
		return CoverageStatus{}, false
	}
	return c.Status(), true
}

const (
	statusWait = 2 * time.Second // for one who asks to read, or to be answered
	maxStatus  = 64 << 10
)

// tellStatus gives the status to whoever connects to the socket, until ctx ends. A
// hotspot whose socket cannot be made works without, and says so.
func (h *Hotspot) tellStatus(ctx context.Context) error {
	path := h.parts.Coverage.Status
	if path == "" {
		return nil
	}
	listener, err := listenStatus(ctx, path)
	if err != nil {
		h.parts.Log.Warn("'hexspot status' will have no answer", "error", err)
		return nil
	}
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() == nil {
				h.parts.Log.Warn("'hexspot status' has no answer any more", "error", err)
			}
			return nil
		}
		if err := writeStatus(conn, h.status(ctx)); err != nil {
			h.parts.Log.Debug("the status was not read", "error", err)
		}
	}
}

// listenStatus makes the socket, in the place of one that nobody listens to any more.
func listenStatus(ctx context.Context, path string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if conn, err := net.DialTimeout("unix", path, statusWait); err == nil {
			conn.Close()
			return nil, fmt.Errorf("another hotspot listens to %s", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	var config net.ListenConfig
	return config.Listen(ctx, "unix", path)
}

func writeStatus(conn net.Conn, s Status) error {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(statusWait)); err != nil {
		return err
	}
	return json.NewEncoder(conn).Encode(s)
}

// AskStatus asks a running hotspot by its socket.
func AskStatus(ctx context.Context, path string) (s Status, err error) {
	conn, err := (&net.Dialer{Timeout: statusWait}).DialContext(ctx, "unix", path)
	if err != nil {
		return Status{}, fmt.Errorf("no hotspot answers (does it run, with [coverage] enabled?): %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetDeadline(time.Now().Add(statusWait)); err != nil {
		return Status{}, err
	}
	if err := json.NewDecoder(io.LimitReader(conn, maxStatus)).Decode(&s); err != nil {
		return Status{}, fmt.Errorf("reading the status: %w", err)
	}
	return s, nil
}
