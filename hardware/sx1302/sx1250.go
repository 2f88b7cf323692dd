package sx1302

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// Opcodes of the SX1250 (HAL, sx1250_defs.h).
const (
	opWriteRegister  = 0x0D
	opGetErrors      = 0x17
	opSetStandby     = 0x80
	opSetReceive     = 0x82
	opSetFrequency   = 0x86
	opCalibrate      = 0x89
	opCalibrateImage = 0x98
	opGetStatus      = 0xC0
)

// Modes in bits 4 to 6 of the SX1250's status.
const (
	modeStandbyRC   = 2
	modeStandbyXOSC = 3
)

// imageFailed is the bit of the third byte of GetDeviceErrors for the image
// calibration.
const imageFailed = 1 << 4

// The SX1250's BUSY line leads nowhere, so a command waits this long before it is
// sent, and some need longer to be done.
const (
	beforeCommand = time.Millisecond
	afterCommand  = 10 * time.Millisecond
)

// transceiver is one of the two SX1250, which the host reaches through the SX1302.
type transceiver struct {
	chip  chip
	index int // 0 radio A, 1 radio B
}

func (r transceiver) fail(format string, args ...any) error {
	return &RadioError{Radio: 'A' + byte(r.index), Problem: fmt.Sprintf(format, args...)}
}

// command sends an opcode with its arguments and gives what is clocked in behind
// the opcode.
func (r transceiver) command(ctx context.Context, opcode byte, args ...byte) ([]byte, error) {
	if err := pause(ctx, beforeCommand); err != nil {
		return nil, err
	}
	out := append([]byte{muxRadio + byte(r.index), opcode}, args...)
	in := make([]byte, len(out))
	err := r.chip.bus.Do(ctx, hardware.Op{Target: hardware.SX1302, Out: out, In: in})
	if err != nil {
		return nil, fmt.Errorf("command %02X of radio %c: %w", opcode, 'A'+r.index, err)
	}
	return in[2:], nil
}

// radioStep is one command of a radio's set-up.
type radioStep struct {
	opcode byte
	args   []byte
	after  time.Duration
	mode   byte // to be in then; 0: not looked at
}

func writeRadio(address uint16, values ...byte) radioStep {
	return radioStep{opcode: opWriteRegister, args: append(binary.BigEndian.AppendUint16(nil, address), values...)}
}

// radioSetup brings a radio from reset to reception with its samples on the digital
// pins. It gives the SX1302 its clock (HAL, sx1250_setup).
func radioSetup(f radio.Hertz, singleInput bool) []radioStep {
	steps := []radioStep{
		{opSetStandby, []byte{0}, afterCommand, modeStandbyRC},
		{opCalibrate, []byte{0x7F}, afterCommand, 0}, // all blocks
		{opSetStandby, []byte{1}, afterCommand, modeStandbyXOSC},
		writeRadio(0x06A1, 0x01), writeRadio(0x06A2, 0x00), writeRadio(0x06A3, 0x00), // highest bit rate: quicker from TX to FS
		writeRadio(0x0582, 0), writeRadio(0x0583, 0), writeRadio(0x0584, 0), writeRadio(0x0585, 0), // digital pins:
		writeRadio(0x0580, 0),                                  // all outputs, no pull
		writeRadio(0x08B6, 0x2A),                               // fixed gain
		{opcode: opSetFrequency, args: radioFrequency(f)},      //
		writeRadio(0x088F, 0, 0, 0),                            // no frequency offset
		{opcode: opSetReceive, args: []byte{0xFF, 0xFF, 0xFF}}, // for ever
	}
	if singleInput {
		steps = append(steps, writeRadio(0x08E2, 0x0D))
	}
	return append(steps, writeRadio(0x0587, 0x0B)) // stream I and Q
}

// radioFrequency is in steps of 32 MHz / 2^25.
func radioFrequency(f radio.Hertz) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(uint64(f)<<25/32_000_000))
}

// setUp runs the set-up.
func (r transceiver) setUp(ctx context.Context, steps []radioStep) error {
	for _, s := range steps {
		if _, err := r.command(ctx, s.opcode, s.args...); err != nil {
			return err
		}
		if s.after == 0 {
			continue
		}
		if err := pause(ctx, s.after); err != nil {
			return err
		}
		if err := r.checkMode(ctx, s.mode); err != nil {
			return err
		}
	}
	return nil
}

func (r transceiver) checkMode(ctx context.Context, want byte) error {
	if want == 0 {
		return nil
	}
	in, err := r.command(ctx, opGetStatus, 0)
	if err != nil {
		return err
	}
	if mode := in[0] >> 4 & 7; mode != want {
		return r.fail("in mode %d instead of standby (%d): the reset pin is wrong or the board has no power", mode, want)
	}
	return nil
}

// band is a range of frequencies, bounds not in it, and the arguments of
// CalibrateImage for it (HAL, sx1250_calibrate).
type band struct {
	above, below radio.Hertz
	image        []byte
}

func bands() []band {
	return []band{
		{430 * radio.MHz, 440 * radio.MHz, []byte{0x6B, 0x6F}},
		{470 * radio.MHz, 510 * radio.MHz, []byte{0x75, 0x81}},
		{779 * radio.MHz, 787 * radio.MHz, []byte{0xC1, 0xC5}},
		{863 * radio.MHz, 870 * radio.MHz, []byte{0xD7, 0xDB}},
		{902 * radio.MHz, 928 * radio.MHz, []byte{0xE1, 0xE9}},
	}
}

// imageCalibration is the pair of arguments for a frequency, nil if no SX1250 can be
// calibrated there.
func imageCalibration(f radio.Hertz) []byte {
	for _, b := range bands() {
		if b.above < f && f < b.below {
			return b.image
		}
	}
	return nil
}

// calibrateImage tunes the mixer's image rejection for a frequency.
func (r transceiver) calibrateImage(ctx context.Context, f radio.Hertz) error {
	if _, err := r.command(ctx, opGetStatus, 0); err != nil {
		return err
	}
	if _, err := r.command(ctx, opCalibrateImage, imageCalibration(f)...); err != nil {
		return err
	}
	if err := pause(ctx, afterCommand); err != nil {
		return err
	}
	in, err := r.command(ctx, opGetErrors, 0, 0, 0)
	if err != nil {
		return err
	}
	if in[2]&imageFailed != 0 {
		return r.fail("the image calibration for %v failed", f)
	}
	return nil
}
