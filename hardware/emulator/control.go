package emulator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Bounds of the control protocol.
const (
	controlLine   = 8192             // bytes of a request or an answer
	controlPeers  = 16               // connections at a time
	controlIdle   = 5 * time.Minute  // between requests
	controlPeriod = 10 * time.Second // to write an answer
	injectPeriod  = 30 * time.Second // an inject waits for the chip at most
)

// request is one line of the control protocol: what to do, and with what.
type request struct {
	Do     string     `json:"do"` // "inject", "sent", "faults", "status"
	Frame  *wireFrame `json:"frame,omitempty"`
	Faults *Faults    `json:"faults,omitempty"`
}

// answer is the line that follows a request. After "sent", one wireTransmission
// a line follows until the client hangs up.
type answer struct {
	Error  string  `json:"error,omitempty"`
	Status *Status `json:"status,omitempty"`
}

// ServeControl lets programs put frames in and see what the chip sends: lines
// of JSON over TCP, one answer a request. Peers that are not on loopback are
// refused, as is the 17th at a time. It ends with ctx's error, or the
// listener's; it closes the listener.
func ServeControl(ctx context.Context, l net.Listener, c *Chip) error {
	ctx, cancel := context.WithCancel(ctx)
	var peers sync.WaitGroup
	defer peers.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	slots := make(chan struct{}, controlPeers)
	for {
		conn, err := l.Accept()
		if err != nil {
			l.Close()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("emulator: accepting a control connection: %w", err)
		}
		select {
		case slots <- struct{}{}:
		default:
			conn.Close()
			continue
		}
		peers.Go(func() {
			defer func() { <-slots }()
			serveControl(ctx, conn, c)
		})
	}
}

func serveControl(ctx context.Context, conn net.Conn, c *Chip) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if !onLoopback(conn.RemoteAddr()) {
		return
	}
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, controlLine), controlLine)
	for conn.SetReadDeadline(time.Now().Add(controlIdle)) == nil && lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			if writeLine(conn, answer{Error: "request: " + err.Error()}) != nil {
				return
			}
			continue
		}
		if r.Do == "sent" {
			streamSent(ctx, conn, c)
			return
		}
		if writeLine(conn, c.obey(ctx, r)) != nil {
			return
		}
	}
}

func onLoopback(a net.Addr) bool {
	at, err := netip.ParseAddrPort(a.String())
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// obey does one request.
func (c *Chip) obey(ctx context.Context, r request) answer {
	switch r.Do {
	case "inject":
		if err := c.obeyInject(ctx, r.Frame); err != nil {
			return answer{Error: err.Error()}
		}
		return answer{}
	case "faults":
		if r.Faults == nil {
			return answer{Error: "no faults given"}
		}
		c.SetFaults(*r.Faults)
		return answer{}
	case "status":
		s := c.Status()
		return answer{Status: &s}
	}
	return answer{Error: fmt.Sprintf("unknown request %q", r.Do)}
}

func (c *Chip) obeyInject(ctx context.Context, w *wireFrame) error {
	if w == nil {
		return errors.New("no frame given")
	}
	f, err := w.frame()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, injectPeriod)
	defer cancel()
	return c.Inject(ctx, f)
}

// streamSent writes transmissions until the peer hangs up.
func streamSent(ctx context.Context, conn net.Conn, c *Chip) {
	sent, cancel := c.Subscribe()
	defer cancel()
	if writeLine(conn, answer{}) != nil || conn.SetReadDeadline(time.Time{}) != nil {
		return
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		conn.Read(make([]byte, 1)) // the peer has nothing more to say
	}()
	defer func() { conn.Close(); <-gone }()
	for {
		select {
		case t := <-sent:
			if writeLine(conn, wireTransmissionOf(t)) != nil {
				return
			}
		case <-gone:
			return
		case <-ctx.Done():
			return
		}
	}
}

func writeLine(conn net.Conn, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(controlPeriod)); err != nil {
		return err
	}
	_, err = conn.Write(append(line, '\n'))
	return err
}
