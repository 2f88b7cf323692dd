package witness

import (
	"errors"
	"fmt"
	"math"

	"hexspot/radio"
)

// MaxObservations is the most observations under one signature.
const MaxObservations = 32

// Batch is the body of a `witness` record: what a hotspot heard of beacons of one
// epoch (protocol hexspot/1, "Reports").
type Batch struct {
	Epoch        Epoch // of the slots of all observations
	Observations []Observation
}

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

// Append appends the canonical encoding.
func (w Batch) Append(b []byte) []byte {
	b = appendUint(b, 1, w.Epoch)
	for _, o := range w.Observations {
		b = appendBytes(b, 2, o.append(nil))
	}
	return b
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

// ParseBatch reads a canonical body of 1 to 32 observations. Append gives the same
// bytes. Whether the values are in range is CheckRange's to say.
func ParseBatch(b []byte) (Batch, error) {
	w, err := parseBatch(b)
	if err != nil {
		return Batch{}, fmt.Errorf("witness: %w", err)
	}
	return w, nil
}

func parseBatch(b []byte) (Batch, error) {
	r := reader{rest: b}
	w := Batch{Epoch: Epoch(r.uint64(1, "epoch"))}
	for piece := r.piece(2, "observations"); piece != nil; piece = r.piece(2, "observations") {
		if len(w.Observations) == MaxObservations {
			return Batch{}, fmt.Errorf("observations: more than %d", MaxObservations)
		}
		o, err := parseObservation(piece)
		if err != nil {
			return Batch{}, fmt.Errorf("observation %d: %w", len(w.Observations), err)
		}
		w.Observations = append(w.Observations, o)
	}
	if err := r.end(); err != nil {
		return Batch{}, err
	}
	if len(w.Observations) == 0 {
		return Batch{}, errors.New("observations: none")
	}
	return w, nil
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

// CheckRange says which field is outside the protocol's bounds, nil if none is. An
// ingest refuses such a record; in a bundle an observation out of range has the
// verdict `range`.
func (w Batch) CheckRange() error {
	if err := firstFault(epochBound(w.Epoch)); err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	for i, o := range w.Observations {
		if err := o.CheckRange(); err != nil {
			return fmt.Errorf("witness: observation %d: %w", i, err)
		}
	}
	return nil
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

// CheckEpoch refuses a batch with a frame that was heard more than 5 s outside
// its epoch.
func (w Batch) CheckEpoch(t Timing) error {
	for i, o := range w.Observations {
		if !t.InEpoch(o.Heard, w.Epoch, ClockSlack) {
			return fmt.Errorf("witness: observation %d: heard_ms is not in epoch %d", i, w.Epoch)
		}
	}
	return nil
}
