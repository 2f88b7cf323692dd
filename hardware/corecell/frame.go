package corecell

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Sizes of frames: a header of id, size and command, then the payload.
const (
	headerSize  = 4
	maxFrame    = 4200                  // header and payload, either way
	maxPayload  = maxFrame - headerSize // what fits
	maxSize     = maxFrame              // the firmware takes the limit for that of the payload
	maxMultiSPI = maxPayload - 2        // it answers a longer MULTI_SPI with nothing
)

// command is the fourth byte of a frame; an answer's is its request's with bit
// 6 set.
type command uint8

const (
	cmdPing       command = 0x00
	cmdStatus     command = 0x01
	cmdBootloader command = 0x02
	cmdReset      command = 0x03
	cmdWriteGPIO  command = 0x04
	cmdMultiSPI   command = 0x05
	cmdError      command = 0xFF // the answer to anything wrong
)

var commandNames = map[command]string{
	cmdPing: "PING", cmdStatus: "STATUS", cmdBootloader: "BOOTLOADER",
	cmdReset: "RESET", cmdWriteGPIO: "WRITE_GPIO", cmdMultiSPI: "MULTI_SPI",
}

// answer is the command of the answer to c.
func (c command) answer() command { return c | 0x40 }

func (c command) String() string {
	if name, ok := commandNames[c]; ok {
		return name
	}
	return fmt.Sprintf("command %02X", uint8(c))
}

var (
	errShort    = errors.New("too short")
	errSurplus  = errors.New("too long")
	errOversize = errors.New("says it is larger than a frame may be")
	errValue    = errors.New("holds a value without meaning")
)

// header starts every frame.
type header struct {
	id      uint8 // chosen by the host, echoed
	size    int   // of the payload
	command command
}

func appendHeader(dst []byte, h header) []byte {
	return append(dst, h.id, byte(h.size>>8), byte(h.size), byte(h.command))
}

// parseHeader reads the first four bytes of b. An oversize header is returned
// with its error, because its sender still wants an answer.
func parseHeader(b []byte) (header, error) {
	if len(b) < headerSize {
		return header{}, errShort
	}
	h := header{id: b[0], size: int(binary.BigEndian.Uint16(b[1:])), command: command(b[3])}
	if h.size > maxSize {
		return h, errOversize
	}
	return h, nil
}

func appendFrame(dst []byte, id uint8, c command, payload []byte) []byte {
	dst = appendHeader(dst, header{id: id, size: len(payload), command: c})
	return append(dst, payload...)
}

// parseFrame splits exactly one frame. The payload is part of b.
func parseFrame(b []byte) (header, []byte, error) {
	h, err := parseHeader(b)
	if err != nil {
		return h, nil, err
	}
	payload := b[headerSize:]
	return h, payload, exactly(payload, h.size)
}

// exactly says whether b is of the size a fixed layout has.
func exactly(b []byte, size int) error {
	switch {
	case len(b) < size:
		return errShort
	case len(b) > size:
		return errSurplus
	}
	return nil
}
