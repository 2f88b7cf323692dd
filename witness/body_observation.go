package witness

import (
	"math"

	"hexspot/radio"
)

// GPSNanos is a GPS time in nanoseconds since 1980-01-06, leap seconds not counted.
type GPSNanos uint64

// Observation is one frame as a hotspot heard it.
type Observation struct {
	Frame         Frame
	Frequency     radio.Hertz // centre of the receiving channel
	SF            uint32      // as stated: any number may stand here
	ChannelRSSI   radio.DBm
	SignalRSSI    radio.DBm // only if HasSignalRSSI
	HasSignalRSSI bool
	SNR           radio.DB
	Offset        radio.Hertz // transmitter minus receiver
	Counter       uint32      // of the concentrator in microseconds, at the end of the frame
	Heard         Millis      // end of the frame
	Copies        uint32      // receptions of this tag in this slot, 1 or more
	Fine          GPSNanos    // end of the frame, only if HasFine
	HasFine       bool        // the concentrator is locked to PPS
}

func (o Observation) append(b []byte) []byte {
	b = appendUint(b, 1, o.Frame.Type)
	b = appendBytes(b, 2, o.Frame.Tag[:])
	b = appendBytes(b, 3, o.Frame.Mark[:])
	b = appendUint(b, 4, o.Frequency)
	b = appendUint(b, 5, o.SF)
	b = appendSint(b, 6, o.ChannelRSSI)
	if o.HasSignalRSSI {
		b = appendPresent(b, 7, zigzag(int64(o.SignalRSSI)))
	}
	b = appendSint(b, 8, o.SNR)
	b = appendSint(b, 9, o.Offset)
	b = appendUint(b, 10, o.Counter)
	b = appendUint(b, 11, o.Heard)
	b = appendUint(b, 12, o.Copies)
	if o.HasFine {
		b = appendPresent(b, 13, uint64(o.Fine))
	}
	return b
}

func parseObservation(b []byte) (Observation, error) {
	r := reader{rest: b}
	var o Observation
	o.Frame.Type = FrameType(r.uint32(1, "frame"))
	r.fixed(2, "tag", o.Frame.Tag[:])
	r.fixed(3, "mark", o.Frame.Mark[:])
	o.Frequency = radio.Hertz(r.uint32(4, "frequency_hz"))
	o.SF = r.uint32(5, "sf")
	o.ChannelRSSI = radio.DBm(r.sint32(6, "channel_rssi"))
	signal, ok := r.optional(7, "signal_rssi", math.MaxUint32)
	o.SignalRSSI, o.HasSignalRSSI = radio.DBm(unzigzag(signal)), ok
	o.SNR = radio.DB(r.sint32(8, "snr"))
	o.Offset = radio.Hertz(r.sint32(9, "offset_hz"))
	o.Counter = r.uint32(10, "counter_us")
	o.Heard = Millis(r.uint64(11, "heard_ms"))
	o.Copies = r.uint32(12, "copies")
	fine, ok := r.optional(13, "fine_ns", math.MaxUint64)
	o.Fine, o.HasFine = GPSNanos(fine), ok
	return o, r.end()
}

// CheckRange says which field is outside the protocol's bounds, nil if none is.
func (o Observation) CheckRange() error {
	return firstFault(
		bound{"frame", o.Frame.Type == FrameBeacon || o.Frame.Type == FrameDiscovery, "1 or 2"},
		frequencyBound(o.Frequency),
		levelBound("channel_rssi", o.ChannelRSSI),
		levelBound("signal_rssi", o.SignalRSSI),
		levelBound("snr", o.SNR),
		timeBound("heard_ms", o.Heard),
		bound{"copies", o.Copies > 0, "1 or more"},
	)
}
