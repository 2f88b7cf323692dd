package proof

import (
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// Record is told of each report as the journal has it, and of each value.
func (c *Coverage) Record(kind string, at witness.Millis, message []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	switch kind {
	case string(radio.KindBeacon), string(radio.KindWitness):
		err = c.record(at, message)
	case "value":
		err = c.value(at, message)
	}
	if err != nil {
		c.broken = append(c.broken, fmt.Sprintf("a record of kind %s: %v", kind, err))
	}
}

// value notes when the network says that it had published a slot's entropy.
func (c *Coverage) value(at witness.Millis, message []byte) error {
	values, err := witness.ParseValues(message)
	if err != nil {
		return err
	}
	for _, v := range values {
		if _, known := c.published[v.Slot]; !known {
			c.published[v.Slot] = at
		}
	}
	return nil
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
