package radio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// ContextSize is the length of a Timestamp as bytes.
const ContextSize = 16

// IsZero says that there is no timestamp.
func (t Timestamp) IsZero() bool { return t.Session == 0 }

// Add is the instant d later, in whole microseconds rounded down; before the
// counter's beginning it is 0, after its end the end. There is none after no
// timestamp.
func (t Timestamp) Add(d time.Duration) Timestamp {
	if t.IsZero() {
		return Timestamp{}
	}
	micros := d / time.Microsecond
	if d%time.Microsecond < 0 {
		micros--
	}
	t.Micros = addSaturating(t.Micros, int64(micros))
	return t
}

func addSaturating(a uint64, b int64) uint64 {
	if b < 0 {
		return a - min(a, uint64(-b))
	}
	if uint64(b) > math.MaxUint64-a {
		return math.MaxUint64
	}
	return a + uint64(b)
}

// Sub is how long t is after u. It is false if the two belong to different
// sessions, are no timestamps, or lie further apart than a Duration holds (292
// years).
func (t Timestamp) Sub(u Timestamp) (time.Duration, bool) {
	if t.Session != u.Session || t.IsZero() {
		return 0, false
	}
	const most = uint64(math.MaxInt64 / time.Microsecond)
	if t.Micros < u.Micros {
		d := u.Micros - t.Micros
		return -time.Duration(d) * time.Microsecond, d <= most
	}
	d := t.Micros - u.Micros
	return time.Duration(d) * time.Microsecond, d <= most
}

// String gives "90cdd42e4d10e39d/128000123", the session in hexadecimal and the
// microseconds, or "none".
func (t Timestamp) String() string {
	if t.IsZero() {
		return "none"
	}
	return fmt.Sprintf("%016x/%d", t.Session, t.Micros)
}

// AppendContext appends a timestamp as the 16 bytes that travel in an uplink's
// rx_info.context and come back with the downlink that answers it: session, then
// microseconds, both big-endian.
func AppendContext(b []byte, t Timestamp) []byte {
	b = binary.BigEndian.AppendUint64(b, t.Session)
	return binary.BigEndian.AppendUint64(b, t.Micros)
}

// ParseContext reads what AppendContext wrote. It refuses any other length (the
// 4 bytes of other gateways too) and a context without a session.
func ParseContext(b []byte) (Timestamp, error) {
	if len(b) != ContextSize {
		return Timestamp{}, fmt.Errorf("downlink context of %d bytes: want the %d of an uplink of this gateway", len(b), ContextSize)
	}
	t := Timestamp{Session: binary.BigEndian.Uint64(b), Micros: binary.BigEndian.Uint64(b[8:])}
	if t.IsZero() {
		return Timestamp{}, errors.New("downlink context has no session")
	}
	return t, nil
}
