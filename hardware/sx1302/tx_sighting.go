package sx1302

import (
	"encoding/binary"

	"hexspot/hardware"
	"hexspot/radio"
)

// sighting is one look at a transmit chain.
type sighting struct {
	before, after radio.Timestamp // counter around the reading of the rest
	pulsed        radio.Timestamp // first symbol of a frame triggered by the latest GPS pulse
	phase         txPhase
	blocked       bool // the AGC found the channel busy; only with listen before talk on
	alive         bool // the AGC runs: the chip was not reset
}

// txPhase is what a chain is about.
type txPhase uint8

const (
	phaseUnclear txPhase = iota // a value nobody has described
	phaseFree
	phaseWaiting // for its trigger
	phaseOnAir   // or about to be: radio and amplifier ramp up
)

// phaseOf a value of regTXStatus (HAL, sx1302_tx_status).
func phaseOf(status byte) txPhase {
	switch status {
	case 0x80:
		return phaseFree
	case 0x91, 0x92:
		return phaseWaiting
	case 0x30, 0x50, 0x60, 0x70:
		return phaseOnAir
	}
	return phaseUnclear
}

// blockedBit is the bit of the AGC's status for a channel found busy on chain A;
// chain B's is above.
const blockedBit = 1 << 6

// lookout is the operations of a sighting: counter, status of chain and AGC,
// counter. In this order, what the status says was true between the two counters.
type lookout struct {
	chain                      int
	delay                      uint32 // of the frame that is looked after, see txFrame
	before, status, agc, after hardware.Op
}

func newLookout(chain int) lookout {
	return lookout{
		chain: chain, before: readCounters(), after: readCounters(),
		status: readOp(regTXStatus.on(chain).Address, 1), agc: readOp(regAGCClear.Address, 2),
	}
}

func (l lookout) ops() []hardware.Op { return []hardware.Op{l.before, l.status, l.agc, l.after} }

// slowestLook is longer than an exchange takes, in ticks. Counters further apart
// are no reading: the chip does not latch their bytes, and one was read torn.
const slowestLook = 1 << 23

// sighting is what the operations read; false if the counter was read torn.
func (l lookout) sighting(clock *radio.Unwrapper) (sighting, bool) {
	before, after := counterOf(l.before), counterOf(l.after)
	if after-before > slowestLook {
		return sighting{}, false
	}
	control, status := readData(l.agc)[0], readData(l.agc)[1]
	return sighting{
		before: clock.Stamp(uint64(before)), after: clock.Stamp(uint64(after)),
		pulsed:  clock.Stamp(uint64(pulseOf(l.after) + l.delay)),
		phase:   phaseOf(readData(l.status)[0]),
		blocked: status&(blockedBit<<l.chain) != 0,
		alive:   regAGCClear.of(control) == 0 && regAGCClock.of(control) == 1,
	}, true
}

// pulseOf is the latch of the GPS pulse in what readCounters has read.
func pulseOf(op hardware.Op) uint32 { return binary.BigEndian.Uint32(readData(op)) }

// counterOf is the running counter in what readCounters has read.
func counterOf(op hardware.Op) uint32 { return binary.BigEndian.Uint32(readData(op)[4:]) }
