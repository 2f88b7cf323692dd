package spool

import (
	"errors"
	"fmt"
	"time"

	"hexspot/gateway"
)

// Off is the path of a spool that is not wanted.
const Off = "off"

// Config says where the spool is and what it may take.
type Config struct {
	Path     string           `toml:"path"`      // of the SQLite file; Off: nothing is kept
	MaxBytes int64            `toml:"max_bytes"` // of frames that wait, all networks together; zero: 64 MiB
	MaxAge   gateway.Duration `toml:"max_age"`   // of frames; zero: 30 days
	Sync     gateway.Duration `toml:"sync"`      // how long frames may wait to be written; zero: 1 s
}

// The defaults, and the bounds, of a Config.
const (
	DefaultMaxBytes = 64 << 20
	DefaultMaxAge   = 30 * 24 * time.Hour
	DefaultSync     = time.Second

	minBytes, mostBytes = 64 << 10, int64(1) << 40
	minAge, mostAge     = time.Minute, 10 * 365 * 24 * time.Hour
	minSync, mostSync   = time.Millisecond, time.Minute
)

// Validate names every wrong value.
func (c Config) Validate() error {
	c = c.withDefaults()
	return errors.Join(
		inRange("max_bytes", c.MaxBytes, minBytes, mostBytes),
		inRange("max_age", time.Duration(c.MaxAge), minAge, mostAge),
		inRange("sync", time.Duration(c.Sync), minSync, mostSync),
	)
}

// Interval is how long frames may wait to be written.
func (c Config) Interval() time.Duration { return c.Sync.Or(DefaultSync) }

func (c Config) withDefaults() Config {
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	c.MaxAge = gateway.Duration(c.MaxAge.Or(DefaultMaxAge))
	c.Sync = gateway.Duration(c.Interval())
	return c
}

func inRange[T int64 | time.Duration](key string, value, least, most T) error {
	if value < least || value > most {
		return fmt.Errorf("%s = %v: want %v to %v", key, value, least, most)
	}
	return nil
}
