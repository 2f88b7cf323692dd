package radio

import "time"

// gpsEpoch is when GPS time began, leap what it is ahead of UTC since
// 2017-01-01 (IERS Bulletin C; none has been announced since).
var gpsEpoch = time.Date(1980, 1, 6, 0, 0, 0, 0, time.UTC)

const leap = 18 * time.Second

// GPSTime is an instant as GPS counts it: since 1980-01-06, leap seconds not
// counted.
func GPSTime(t time.Time) time.Duration { return t.Sub(gpsEpoch) + leap }

// GPSReference ties a concentrator's counter to GPS time.
type GPSReference struct {
	At    Timestamp     // of a GPS pulse
	GPS   time.Duration // the time of that pulse, as Timing has it
	Drift int32         // how much the counter runs fast, in parts per billion
}

// Timestamp is the counter at a GPS time; none without a reference.
func (r GPSReference) Timestamp(gps time.Duration) Timestamp {
	ahead := gps - r.GPS
	// Seconds and the rest apart: a product of nanoseconds would overflow.
	drift := int64(ahead/time.Second) * int64(r.Drift)
	drift += int64(ahead%time.Second) / int64(time.Microsecond) * int64(r.Drift) / int64(time.Second/time.Microsecond)
	return r.At.Add(ahead + time.Duration(drift))
}
