package proof

import (
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// Record is told of each report as the journal has it.
func (c *Coverage) Record(kind string, at witness.Millis, message []byte) {
	if kind != string(radio.KindBeacon) && kind != string(radio.KindWitness) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.record(at, message); err != nil {
		c.broken = append(c.broken, fmt.Sprintf("a record of kind %s: %v", kind, err))
	}
}

func (c *Coverage) record(at witness.Millis, message []byte) error {
	s, err := radio.ParseSigned(message)
	if err != nil {
		return err
	}
	if s.Kind == radio.KindBeacon {
		b, err := witness.ParseBeacon(s.Body)
		if err != nil {
			return err
		}
		tag := witness.TagOf(b.Signature)
		c.beacons[tag] = append(c.beacons[tag], beaconRecord{s.Station, at, b})
		return nil
	}
	w, err := witness.ParseBatch(s.Body)
	if err != nil {
		return err
	}
	for _, o := range w.Observations {
		c.observed[o.Frame.Tag] = append(c.observed[o.Frame.Tag], observation{s.Station, at, o})
	}
	return nil
}
