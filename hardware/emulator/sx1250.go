package emulator

import "encoding/binary"

// Modes of an SX1250 or SX1261, as its status byte says them.
const (
	modeOff       = 0
	modeStandbyRC = 2
	modeStandbyXO = 3
	modeSynth     = 4
	modeReceive   = 5
	modeTransmit  = 6
)

// Opcodes of both.
const (
	opClearIRQ       = 0x02
	opClearErrors    = 0x07
	opSetDIOIRQ      = 0x08
	opWriteRegister  = 0x0D
	opWriteBuffer    = 0x0E
	opGetIRQ         = 0x12
	opGetRSSI        = 0x15
	opGetErrors      = 0x17
	opReadRegister   = 0x1D
	opReadBuffer     = 0x1E
	opSetStandby     = 0x80
	opSetReceive     = 0x82
	opSetTransmit    = 0x83
	opSetSleep       = 0x84
	opSetFrequency   = 0x86
	opCalibrate      = 0x89
	opSetPacketType  = 0x8A
	opSetModulation  = 0x8B
	opSetPacket      = 0x8C
	opSetTxParams    = 0x8E
	opSetBufferBase  = 0x8F
	opSetPAConfig    = 0x95
	opSetRegulator   = 0x96
	opSetTCXO        = 0x97
	opCalibrateImage = 0x98
	opLBTScan        = 0x9A
	opSpectralScan   = 0x9B
	opSetDIO2        = 0x9D
	opGetStatus      = 0xC0
	opSetSynth       = 0xC1
	opCarrier        = 0xD1
	opPatch          = 0xD9
)

// statusOK is the command status "no error" in a status byte.
const statusOK = 1 << 1

// transceiver is the command model that the SX1250 and the SX1261 share.
type transceiver struct {
	mode      byte
	frequency uint32 // steps of 32 MHz / 2^25
	registers map[uint16]byte
}

func (t *transceiver) reset() {
	t.mode, t.frequency = modeStandbyRC, 0
	clear(t.registers)
}

// exchange runs one command. Every byte clocked in is the status before the
// command, except where the command reads data. It reports an unknown opcode.
func (t *transceiver) exchange(out, in []byte) (known bool) {
	fill(in, t.mode<<4|statusOK)
	if len(out) == 0 {
		return false
	}
	args := out[1:]
	switch out[0] {
	case opSetStandby:
		t.mode = modeStandbyRC
		if at(args, 0) == 1 {
			t.mode = modeStandbyXO
		}
	case opSetSynth:
		t.mode = modeSynth
	case opSetReceive:
		t.mode = modeReceive
	case opSetTransmit, opCarrier:
		t.mode = modeTransmit
	case opSetSleep:
		t.mode = modeOff
	case opSetFrequency:
		t.tune(uint32(at(args, 0))<<24 | uint32(at(args, 1))<<16 | uint32(at(args, 2))<<8 | uint32(at(args, 3)))
	case opWriteRegister:
		t.writeRegisters(args)
	case opReadRegister:
		t.readRegisters(args, in)
	case opGetErrors, opGetIRQ:
		fill(tail(in, 2), 0)
	case opGetStatus, opClearIRQ, opClearErrors, opSetDIOIRQ, opWriteBuffer, opReadBuffer, opGetRSSI,
		opCalibrate, opSetPacketType, opSetModulation, opSetPacket, opSetTxParams, opSetBufferBase,
		opSetPAConfig, opSetRegulator, opSetTCXO, opCalibrateImage, opSetDIO2:
	default:
		return false
	}
	return true
}

// frequencyRegisters is where a radio shows the frequency it was set to, four bytes,
// most significant first (public HAL, test_loragw_com_sx1250.c).
const frequencyRegisters = 0x088B

func (t *transceiver) tune(steps uint32) {
	t.frequency = steps
	t.writeRegisters(binary.BigEndian.AppendUint32([]byte{frequencyRegisters >> 8, frequencyRegisters & 0xFF}, steps))
}

func (t *transceiver) writeRegisters(args []byte) {
	if len(args) < 3 {
		return
	}
	address := uint16(args[0])<<8 | uint16(args[1])
	if t.registers == nil {
		t.registers = make(map[uint16]byte)
	}
	for i, value := range args[2:] {
		t.registers[address+uint16(i)] = value
	}
}

// readRegisters answers from the byte after the address and one dummy byte.
func (t *transceiver) readRegisters(args, in []byte) {
	if len(args) < 3 {
		return
	}
	address := uint16(args[0])<<8 | uint16(args[1])
	for i := range tail(in, 4) {
		in[4+i] = t.registers[address+uint16(i)]
	}
}

// hertz is the frequency the synthesizer was set to.
func (t *transceiver) hertz() float64 { return float64(t.frequency) * 32e6 / (1 << 25) }

// radioExchange is a frame to one of the two radios behind the SX1302.
func (c *Chip) radioExchange(chain int, out, in []byte) {
	opcode := at(out, 0)
	switch {
	case c.register(regCommonCtrl)&hostRadioControl == 0:
		c.violateWrite(violRadioHost, uint16(opcode), at(out, 1))
	case !c.radioRuns(chain):
		c.violateWrite(violRadioOff, uint16(opcode), at(out, 1))
	default:
		if !c.radios[chain].exchange(out, in) {
			c.violateWrite(violOpcode, uint16(opcode), at(out, 1))
		}
	}
}

// radioRuns: enabled, NRESET high, and addressed in the SX1250's way.
func (c *Chip) radioRuns(chain int) bool {
	enable := c.register(regRFEnableA + uint16(chain))
	return enable&radioEnable != 0 && enable&radioReset != 0 && c.register(regCommonCtrl)>>chain&1 == 1
}

// radioLines follows a write of a radio's enable register: NRESET or power low
// is a reset.
func (c *Chip) radioLines(chain int, value byte) {
	if value&radioReset == 0 || value&radioEnable == 0 {
		c.radios[chain].reset()
	}
}

func at(b []byte, i int) byte {
	if i < len(b) {
		return b[i]
	}
	return 0
}

func fill(b []byte, value byte) {
	for i := range b {
		b[i] = value
	}
}

func tail(b []byte, from int) []byte { return b[min(from, len(b)):] }
