package demo

import (
	"context"
	"log/slog"
	"time"
)

// Config says which record to show. All but its path is useful at zero.
type Config struct {
	Replay  string        // path of a record
	Region  string        // empty: the first plan that fits
	Speed   *Speed        // nil: as fast as it goes
	For     time.Duration // no frame is injected later; zero: no limit
	Broker  string        // URL of a broker, with name and password if it asks for them; empty: one in process
	Display Display
	Log     *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Speed == nil {
		c.Speed = new(Speed)
	}
	return c
}

// Run shows the record. The summary is of what has been done, also if there is an
// error; there is none only if every good frame has arrived exactly once,
// unchanged, and no bad one.
func Run(ctx context.Context, c Config) (Summary, error) {
	c = c.withDefaults()
	script, err := OpenRecord(c.Replay, c.Region)
	if err != nil {
		return Summary{}, err
	}
	s := newSession(c, script)
	err = s.run(ctx)
	return s.summary(err), err
}
