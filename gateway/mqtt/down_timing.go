package mqtt

import (
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/types/known/durationpb"

	"hexspot/radio"
)

// What is so far ahead that no transmitter would keep it, for delays and for GPS time.
const (
	maxDelay = time.Hour
	maxGPS   = 200 * 365 * 24 * time.Hour
)

// timingOf reads when an item is to start.
func timingOf(tx *gw.DownlinkTxInfo) (radio.Timing, error) {
	switch t := tx.GetTiming().GetParameters().(type) {
	case *gw.Timing_Immediately:
		return radio.Timing{}, nil
	case *gw.Timing_Delay:
		return afterUplink(tx.Context, t.Delay.GetDelay())
	case *gw.Timing_GpsEpoch:
		return atGPS(t.GpsEpoch.GetTimeSinceGpsEpoch())
	}
	return radio.Timing{}, refuse(radio.TxInternalError, "there is no timing")
}

// afterUplink is a delay after the end of the uplink whose context came back. Of
// another session, or another gateway, the transmitter finds that it is not its own.
func afterUplink(context []byte, delay *durationpb.Duration) (radio.Timing, error) {
	at, err := radio.ParseContext(context)
	if err != nil {
		return radio.Timing{}, refuse(radio.TxInternalError, "%v", err)
	}
	d, err := durationOf(delay, maxDelay)
	if err != nil {
		return radio.Timing{}, err
	}
	return radio.Timing{At: at.Add(d)}, nil
}

// atGPS is a GPS time. The epoch itself is past, too, and would mean "at once".
func atGPS(since *durationpb.Duration) (radio.Timing, error) {
	d, err := durationOf(since, maxGPS)
	if err == nil && d == 0 {
		err = refuse(radio.TxTooLate, "GPS time 0 is past")
	}
	return radio.Timing{GPS: d}, err
}

func durationOf(m *durationpb.Duration, most time.Duration) (time.Duration, error) {
	if err := m.CheckValid(); err != nil {
		return 0, refuse(radio.TxInternalError, "the timing cannot be read: %v", err)
	}
	switch d := m.AsDuration(); { // saturates
	case d < 0:
		return 0, refuse(radio.TxTooLate, "a time of %v is past", d)
	case d > most:
		return 0, refuse(radio.TxTooEarly, "a time of %v: want at most %v", d, most)
	default:
		return d, nil
	}
}
