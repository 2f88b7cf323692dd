package emulator

import "time"

// What the SX1261 keeps where.
const (
	sx1261Version   = 0x0320 // 15 characters
	sx1261Results   = 0x0401 // 33 counts of 16 bits
	sx1261Status    = 0x07CD
	sx1261ScanAbort = 0x089B

	patchBegin = 0x8000
	patchWords = 386

	scanIdle    = 0x00
	scanRunning = 0x0F
	scanAborted = 0xF0
	scanDone    = 0xFF

	scanStep = 8200 * time.Nanosecond // a measurement each 8.2 µs
	// scanFloor is the level, -4 dB a step, at which the quiet air is measured.
	scanFloor = 27
)

// sx1261 is the radio that listens before talking and scans the spectrum.
type sx1261 struct {
	transceiver
	patched bool
	scan    byte
	scanEnd time.Time
	points  uint16
}

func (r *sx1261) reset() {
	r.transceiver.reset()
	r.patched, r.scan = false, scanIdle
}

// exchange runs one command: no multiplexer byte, an own chip select.
func (r *sx1261) exchange(now time.Time, out, in []byte) (known bool) {
	r.settle(now)
	fill(in, r.mode<<4|statusOK)
	if len(out) == 0 {
		return false
	}
	switch args := out[1:]; out[0] {
	case opPatch:
		r.patched = len(r.registers) >= patchWords*4
	case opLBTScan: // always finds the channel free
	case opSpectralScan:
		r.points = uint16(at(args, 0))<<8 | uint16(at(args, 1))
		r.scan, r.scanEnd = scanRunning, now.Add(time.Duration(r.points)*scanStep)
	default:
		return r.command(out, in)
	}
	return true
}

func (r *sx1261) command(out, in []byte) (known bool) {
	if out[0] == opReadRegister {
		r.publish()
	}
	known = r.transceiver.exchange(out, in)
	if out[0] == opWriteRegister && at(out, 1) == sx1261ScanAbort>>8 && at(out, 2) == sx1261ScanAbort&0xFF &&
		at(out, 3) == 0 && r.scan == scanRunning {
		r.scan = scanAborted
	}
	return known
}

func (r *sx1261) settle(now time.Time) {
	if r.scan == scanRunning && !now.Before(r.scanEnd) {
		r.scan = scanDone
	}
}

// publish brings the registers that the radio itself writes up to date.
func (r *sx1261) publish() {
	if r.registers == nil {
		r.registers = make(map[uint16]byte)
	}
	version := "SX1261 V2D 2D02"
	if r.patched {
		version = "SX1261 V2D 2D06"
	}
	for i := range len(version) {
		r.registers[sx1261Version+uint16(i)] = version[i]
	}
	r.registers[sx1261Status] = r.scan
	if r.scan == scanDone {
		r.registers[sx1261Results+2*scanFloor] = byte(r.points >> 8)
		r.registers[sx1261Results+2*scanFloor+1] = byte(r.points)
	}
}
