package emulator

import "time"

// stalledStatus is the AGC status of a stalled receiver (public HAL, issue 154).
const stalledStatus = 0x14

// Faults are ways of being broken, for tests of drivers. The zero value is a
// sound chip. Stall and CounterStopped end with a reset of the chip; the others
// last until SetFaults says otherwise.
type Faults struct {
	VersionZero    bool `json:"version_zero,omitempty"`    // VERSION reads 00, as with no chip
	AGCStuck       byte `json:"agc_stuck,omitempty"`       // the AGC never reaches this status (1 to 0F) in its start-up
	ARBStuck       bool `json:"arb_stuck,omitempty"`       // the ARB never starts
	AGCVersion     byte `json:"agc_version,omitempty"`     // the AGC reports this version, if not 0
	ARBVersion     byte `json:"arb_version,omitempty"`     // the ARB reports this version, if not 0
	Readback       bool `json:"readback,omitempty"`        // one bit of program RAM reads back wrong
	Stall          bool `json:"stall,omitempty"`           // AGC status 14, both parity errors, nothing received
	CounterStopped bool `json:"counter_stopped,omitempty"` // the 32 MHz counter stands still
	NoPPS          bool `json:"no_pps,omitempty"`          // no pulse per second: the latch keeps its value
	ChannelBusy    bool `json:"channel_busy,omitempty"`    // frames are not sent: the AGC finds every channel busy, as with listen before talk
	FIFOChecksum   bool `json:"fifo_checksum,omitempty"`   // frames from now on carry a wrong checksum
	FIFOGarbage    bool `json:"fifo_garbage,omitempty"`    // frames from now on follow bytes that are no frame
}

// cure ends what a reset ends.
func (f *Faults) cure() { f.Stall, f.CounterStopped = false, false }

// SetFaults makes the chip broken in these ways, and in no other, at once.
func (c *Chip) SetFaults(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.settle(now)
	c.faults = f
	c.clock.freeze(now, f.CounterStopped)
	c.clock.pulse(now, c.register(regGPS)&gpsEnable != 0 && !f.NoPPS)
	c.rearm(now)
	c.wake()
}

// Faults returns the present ones.
func (c *Chip) Faults() Faults {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.faults
}

// garbage is what FIFOGarbage puts before a frame.
var garbage = [...]byte{0x00, 0xA5, 0x5A, 0xC0, 0xFF, 0xA5, 0x00}

// spoil damages a packet as the present faults say.
func (f Faults) spoil(packet []byte) []byte {
	if f.FIFOChecksum {
		packet[len(packet)-1] ^= 0xFF
	}
	if f.FIFOGarbage {
		packet = append(append([]byte(nil), garbage[:]...), packet...)
	}
	return packet
}

// PushFIFO puts raw bytes into the RX FIFO, as a modem gone wrong would.
// ErrFull if there is no room for all of them.
func (c *Chip) PushFIFO(raw []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle(time.Now())
	if len(raw) > c.rx.room() {
		return ErrFull
	}
	c.rx.push(raw)
	return nil
}
