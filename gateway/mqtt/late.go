package mqtt

import (
	"strconv"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/gateway"
)

// The keys in an uplink's metadata that say that it was held back.
const (
	heldKey = "hold_ms" // for how long, in milliseconds
	lateKey = "late"    // "true": too long for any answer in class A
)

const (
	// heldFrom is what is worth saying: the shortest delay of a receive window.
	heldFrom = time.Second
	// lateFrom is when the last window of a device with the delays of a join is over
	// (LoRaWAN 1.0.4, JOIN_ACCEPT_DELAY2).
	lateFrom = 6 * time.Second
)

// mark says in an uplink's metadata that it was held back, so that a network does not
// schedule an answer for which it is too late.
func mark(up *gw.UplinkFrame, f *gateway.Frame, now time.Time) {
	held, known := holdTime(f, now)
	if !known && !f.Waited || known && held < heldFrom {
		return
	}
	up.RxInfo.Metadata = make(map[string]string, 2)
	if known {
		up.RxInfo.Metadata[heldKey] = strconv.FormatInt(held.Milliseconds(), 10)
	}
	if !known || held >= lateFrom {
		up.RxInfo.Metadata[lateKey] = "true"
	}
}

// holdTime is how long ago a frame was received, if both clock readings can be right.
func holdTime(f *gateway.Frame, now time.Time) (held time.Duration, known bool) {
	if f.ReceivedAt.IsZero() || now.Before(f.ReceivedAt) {
		return 0, false
	}
	return now.Sub(f.ReceivedAt), true
}
