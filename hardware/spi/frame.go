package spi

import (
	"errors"
	"fmt"

	"hexspot/hardware"
)

// An SX1302 frame for the chip itself starts with 0 (1 and 2 are the radios
// behind it) and a 15-bit address, whose top bit says write. A read has a dummy
// byte before its data.
const (
	writeHeader = 3
	readHeader  = 4
	writeBit    = 0x80
	maxData     = 1024
	addresses   = 1 << 15
	fifo        = 0x4000 // its address does not advance: each byte read pops
)

// ErrFrame says that a frame cannot be sent: it is empty, In is not as long as
// Out, or it is longer than 1028 bytes and neither writes nor reads registers.
var ErrFrame = errors.New("impossible SPI frame")

// sender clocks one short frame and returns what came back, good until the next.
type sender func(out []byte) ([]byte, error)

// send clocks a frame of any length. A long one that reads or writes registers
// goes in pieces of 1024 bytes, each with its own address.
func send(target hardware.Target, out, in []byte, exchange sender) error {
	if len(out) == 0 || in != nil && len(in) != len(out) {
		return fmt.Errorf("%w: %d bytes out, %d in", ErrFrame, len(out), len(in))
	}
	if len(out) <= maxFrame {
		back, err := exchange(out)
		copy(in, back)
		return err
	}
	return sendPieces(target, out, in, exchange)
}

func sendPieces(target hardware.Target, out, in []byte, exchange sender) error {
	if target != hardware.SX1302 || out[0] != 0 {
		return fmt.Errorf("%w: %d bytes cannot be split but for SX1302 registers", ErrFrame, len(out))
	}
	address, header := int(out[1]&^writeBit)<<8|int(out[2]), readHeader
	if out[1]&writeBit != 0 {
		header = writeHeader
	}
	if address != fifo && address+len(out)-header > addresses {
		return fmt.Errorf("%w: %d bytes from %04X pass the last address", ErrFrame, len(out), address)
	}
	piece := make([]byte, 0, maxFrame)
	for from := header; from < len(out); from += maxData {
		to := min(from+maxData, len(out))
		piece = append(piece[:0], 0, out[1]&writeBit|byte(address>>8), byte(address), 0)
		piece = append(piece[:header], out[from:to]...)
		back, err := exchange(piece)
		if err != nil {
			return err
		}
		if in != nil {
			copy(in[from:to], back[header:])
		}
		address = next(address)
	}
	return nil
}

// next is the address of the piece after the one at address.
func next(address int) int {
	if address == fifo {
		return fifo
	}
	return address + maxData
}
