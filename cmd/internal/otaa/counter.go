package otaa

// maxGap is how many frames in a row may be lost (MAX_FCNT_GAP of LoRaWAN 1.0.x).
const maxGap = 16384

// Counter follows the frame counter of one direction of a session, of which frames
// carry the low half. The zero Counter has seen no frame.
type Counter struct {
	next uint64 // the least value that is new
}

// Freshness says what a received counter value is.
type Freshness uint8

// The kinds of received values.
const (
	Stale  Freshness = iota // seen before, or too far ahead
	Repeat                  // the newest frame, once more
	Fresh                   // not seen before
)

// Full is the whole value that the low half stands for, and what it is.
func (c Counter) Full(low uint16) (uint32, Freshness) {
	if c.next > 0 && low == uint16(c.next-1) {
		return uint32(c.next - 1), Repeat
	}
	full := c.next + uint64(low-uint16(c.next))
	if full-c.next >= maxGap || full > 1<<32-1 {
		return 0, Stale
	}
	return uint32(full), Fresh
}

// Advance takes note of a fresh value whose frame is authentic.
func (c *Counter) Advance(full uint32) { c.next = uint64(full) + 1 }
