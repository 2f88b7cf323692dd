package witness

import "hexspot/radio"

// OnAir is how a station sent a beacon, or is about to send one: fields 3 to 7 of the
// messages Beacon and Discovery.
type OnAir struct {
	Frequency radio.Hertz // centre of the plan's channel
	SF        uint32      // as stated: any number may stand here
	Conducted radio.DBm   // at the antenna connector
	Counter   uint32      // of the concentrator in microseconds, at the start of emission
	Sent      Millis      // start of emission
}

func (a OnAir) append(b []byte) []byte {
	b = appendUint(b, 3, a.Frequency)
	b = appendUint(b, 4, a.SF)
	b = appendSint(b, 5, a.Conducted)
	b = appendUint(b, 6, a.Counter)
	return appendUint(b, 7, a.Sent)
}

// readSent reads a whole body: slot, the field 2 of that name into secret, and
// OnAir.
func readSent(b []byte, name string, secret []byte) (Slot, OnAir, error) {
	r := reader{rest: b}
	slot := Slot(r.uint64(1, "slot"))
	r.fixed(2, name, secret)
	a := OnAir{
		Frequency: radio.Hertz(r.uint32(3, "frequency_hz")),
		SF:        r.uint32(4, "sf"),
		Conducted: radio.DBm(r.sint32(5, "conducted")),
		Counter:   r.uint32(6, "counter_us"),
		Sent:      Millis(r.uint64(7, "sent_ms")),
	}
	return slot, a, r.end()
}

func (a OnAir) check(slot Slot) error {
	return firstFault(
		slotBound("slot", slot),
		frequencyBound(a.Frequency),
		levelBound("conducted", a.Conducted),
		timeBound("sent_ms", a.Sent),
	)
}
