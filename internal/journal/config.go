package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// Config says where the log is. The zero Config is a log in this process.
type Config struct {
	Dir string `toml:"dir"` // of the log in this process; default "journal", below the data directory

	URL         string `toml:"url"`         // of a NATS cluster, instead: "nats://host1,nats://host2"
	Credentials string `toml:"credentials"` // file of a NATS user, for the cluster
	Replicas    int    `toml:"replicas"`    // in the cluster; default 3

	MaxBytes     int64  `toml:"max_bytes"`     // of the log; default 4 GiB; when they are used, nothing more is taken
	ReserveBytes int64  `toml:"reserve_bytes"` // of the disk that are left free; default 64 MiB
	Sync         string `toml:"sync"`          // "always" (default), or a duration: what a power cut may lose

	Files string `toml:"files"` // bucket URL of the rolled files; default the directory "files" beside the log
	Keep  string `toml:"keep"`  // how long the log holds what is in files; default "24h"
}

// Defaults of Config.
const (
	defaultDir      = "journal"
	defaultReplicas = 3
	defaultMaxBytes = 4 << 30
	defaultReserve  = 64 << 20
	defaultSync     = "always"
	defaultKeep     = "24h"
)

// WithDefaults has a value for everything but URL, Credentials and Files.
func (c Config) WithDefaults() Config {
	for _, text := range []struct {
		value    *string
		fallback string
	}{{&c.Dir, defaultDir}, {&c.Sync, defaultSync}, {&c.Keep, defaultKeep}} {
		if *text.value == "" {
			*text.value = text.fallback
		}
	}
	if c.Replicas == 0 {
		c.Replicas = defaultReplicas
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = defaultMaxBytes
	}
	if c.ReserveBytes == 0 {
		c.ReserveBytes = defaultReserve
	}
	return c
}

// LogDir is the directory of a log in this process; a relative one is below dir.
func (c Config) LogDir(dir string) string {
	if c = c.WithDefaults(); filepath.IsAbs(c.Dir) {
		return c.Dir
	}
	return filepath.Join(dir, c.Dir)
}

// Validate names every wrong value at once.
func (c Config) Validate() error {
	c = c.WithDefaults()
	var faults []error
	wrong := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.MaxBytes < 16<<20 {
		wrong("max_bytes = %d: want at least 16777216", c.MaxBytes)
	}
	if c.ReserveBytes < 0 {
		wrong("reserve_bytes = %d: want 0 or more", c.ReserveBytes)
	}
	if c.Replicas != 1 && c.Replicas != 3 && c.Replicas != 5 {
		wrong("replicas = %d: want 1, 3 or 5", c.Replicas)
	}
	if _, err := c.syncInterval(); err != nil {
		faults = append(faults, err)
	}
	if keep, err := time.ParseDuration(c.Keep); err != nil || keep < 0 {
		wrong("keep = %q: want a duration such as %q", c.Keep, defaultKeep)
	}
	if c.URL == "" && c.Credentials != "" {
		wrong("credentials is set, but url is not")
	}
	if c.Files != "" {
		if _, err := parseBucket(c.Files); err != nil {
			wrong("files: %w", err)
		}
	}
	return errors.Join(faults...)
}

// syncInterval is how long what is written may not be on the disk; 0: never.
func (c Config) syncInterval() (time.Duration, error) {
	if c.Sync == defaultSync {
		return 0, nil
	}
	d, err := time.ParseDuration(c.Sync)
	if err != nil || d < time.Millisecond || d > time.Minute {
		return 0, fmt.Errorf("sync = %q: want %q or a duration from \"1ms\" to \"1m\"", c.Sync, defaultSync)
	}
	return d, nil
}

// keep is Config.Keep, which Validate has checked.
func (c Config) keep() time.Duration {
	d, _ := time.ParseDuration(c.Keep)
	return d
}
