package device

import "time"

// Counts are what a device has done since it was made.
type Counts struct {
	JoinRequests  int           // sent
	Joins         int           // accepted
	Uplinks       int           // messages sent, each once however often it was repeated
	Confirmed     int           // of them, those that asked for an acknowledgement
	Acked         int           // of them, acknowledged
	Unacked       int           // of them, given up
	Repeats       int           // transmissions of a message beyond its first
	Transmissions int           // join requests included
	Airtime       time.Duration // of all transmissions
	Delayed       int           // transmissions put off for the duty cycle

	Downlinks      [slots]int // authentic and new, by Slot, join accepts included
	ConfirmedDowns int        // of them, those that asked for an acknowledgement
	AcksSent       int        // uplinks that acknowledged a downlink

	Unheard    int // frames outside of every window, or while sending
	Foreign    int // frames for others, or of no kind that a device gets
	Unreadable int // no LoRaWAN frames
	Forged     int // a wrong MIC, or a join accept that cannot be used
	Stale      int // counters seen before or too far ahead
}

// Plus is the sum of two devices' counts.
func (c Counts) Plus(o Counts) Counts {
	more := o.numbers()
	for i, n := range c.numbers() {
		*n += *more[i]
	}
	c.Airtime += o.Airtime
	return c
}

// numbers are all counts but the air time.
func (c *Counts) numbers() []*int {
	list := []*int{
		&c.JoinRequests, &c.Joins, &c.Uplinks, &c.Confirmed, &c.Acked, &c.Unacked, &c.Repeats, &c.Transmissions, &c.Delayed,
		&c.ConfirmedDowns, &c.AcksSent, &c.Unheard, &c.Foreign, &c.Unreadable, &c.Forged, &c.Stale,
	}
	for i := range c.Downlinks {
		list = append(list, &c.Downlinks[i])
	}
	return list
}
