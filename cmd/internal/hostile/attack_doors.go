package hostile

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"hexspot/cmd/internal/stations"
)

// logins tries to be somebody else, in each way once.
func logins(ctx context.Context, a *attacker) {
	own, victim := a.own(), a.Victim.String()
	list := []login{
		{victim, a.token, a.EUI.String()}, {own.name, "x", own.id}, {own.name, a.token[:len(a.token)-4] + "AAAA", own.id},
		{own.name, a.token, a.EUI.String()}, {own.name, a.token, victim}, {"admin", "admin", "admin"}, {"", "", ""},
		{own.name, string(make([]byte, 5000)), own.id}, {own.name[:20], a.token, own.id}, {own.name, a.stolen, a.EUI.String()},
	}
	outside := a.ends.all()[NotLetIn]
	for _, l := range list {
		a.sent.Add(1)
		if s, ok := a.enter(ctx, l); ok {
			a.ends.add(Acknowledged)
			s.Close()
		}
		stations.Pause(ctx, pauseEach)
	}
	if ctx.Err() == nil && a.ends.all()[NotLetIn] == outside {
		a.ends.add(EachTried)
	}
}

// newStations logs in as one station after the other that nobody knows yet, until no more
// are taken.
func newStations(ctx context.Context, a *attacker) {
	one, err := newAttacker(a.Target, "a new station", 0)
	if err != nil {
		return
	}
	a.sent.Add(1)
	if s, ok := a.enter(ctx, one.own()); ok {
		s.Close()
	}
}

// heldOpen is how many connections an attacker that says nothing has at one time.
const heldOpen = 200

// slow holds connections that say nothing, or the beginning of something, until the
// network closes them.
func slow(ctx context.Context, a *attacker) {
	var all sync.WaitGroup
	defer all.Wait()
	for i := range heldOpen {
		conn, err := a.dial(ctx)
		if err != nil {
			return
		}
		a.sent.Add(1)
		all.Go(func() {
			defer conn.Close()
			_, err := io.WriteString(conn, "\x10\x20\x00\x04MQTT\x04\xc2"[:i%9])
			if err == nil {
				_, err = io.Copy(io.Discard, conn)
			}
			if ctx.Err() == nil {
				a.ends.add(closed(err))
			}
		})
	}
}

// closed is the end of a connection that never logged in.
func closed(err error) End {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return notReadAnymore // it was left open
	}
	return TimedOut
}

// mostOpen is how many connections an attacker that opens them holds.
const mostOpen = 1500

// connections opens them one after the other and leaves them open. Those that are closed
// long before the network would lose its patience were not let in.
func connections(ctx context.Context, a *attacker) {
	var all sync.WaitGroup
	defer all.Wait()
	room := make(chan struct{}, mostOpen)
	for ctx.Err() == nil {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			return
		}
		begun := time.Now()
		conn, err := a.dial(ctx)
		if err != nil {
			return
		}
		a.sent.Add(1)
		all.Go(func() {
			defer func() { conn.Close(); <-room }()
			_, err := io.Copy(io.Discard, conn)
			switch {
			case ctx.Err() != nil:
			case time.Since(begun) < a.Patience/2:
				a.ends.add(NotLetIn)
			default:
				a.ends.add(closed(err))
			}
		})
	}
}
