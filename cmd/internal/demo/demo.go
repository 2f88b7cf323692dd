package demo

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"
)

// Config says what to show. All but the town's size is useful at zero.
type Config struct {
	Replay  string        // path of a record; empty: the town
	Town    Town          // its region and duration are those below
	Region  string        // empty: of a record the first plan that fits, of a town EU868
	Speed   *Speed        // nil: a record as fast as it goes, a town in real time
	For     time.Duration // no frame is injected later; zero: a town 30 s, a record without limit
	Broker  string        // URL of a broker, with name and password if it asks for them; empty: one in process
	Display Display
	Log     *slog.Logger
}

const townDuration = 30 * time.Second

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	speed := SpeedMax
	if c.Replay == "" {
		speed = 1
		c.For = cmp.Or(c.For, townDuration)
	}
	if c.Speed == nil {
		c.Speed = &speed
	}
	c.Town.Region, c.Town.Duration = c.Region, c.townTime()
	return c
}

// townTime is how much of a town's life fits into the time there is.
func (c Config) townTime() time.Duration {
	if *c.Speed == SpeedMax {
		return c.For
	}
	return time.Duration(min(float64(c.For)*float64(*c.Speed), float64(maxDuration)))
}

func (c Config) script() (Script, error) {
	if c.Replay != "" {
		return OpenRecord(c.Replay, c.Region)
	}
	return c.Town.Script()
}

func (c Config) source() string {
	if c.Replay != "" {
		return filepath.Base(c.Replay)
	}
	return fmt.Sprintf("town %d with %d devices", c.Town.Seed, c.Town.Devices)
}

// Run shows it. The summary is of what has been done, also if there is an
// error; there is none only if every good frame has arrived exactly once,
// unchanged, and no bad one.
func Run(ctx context.Context, c Config) (Summary, error) {
	c = c.withDefaults()
	script, err := c.script()
	if err != nil {
		return Summary{}, err
	}
	s := newSession(c, script)
	err = s.run(ctx)
	return s.summary(err), err
}
