package broker

import (
	"fmt"
	"time"
)

// Duration is a time.Duration that is text in TOML, "30s".
type Duration time.Duration

// UnmarshalText reads Go's notation of durations.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration such as \"30s\" or \"5m\"", text)
	}
	*d = Duration(v)
	return nil
}

// MarshalText is the inverse of UnmarshalText.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }
