package sx1302

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
)

// Image is the program of one of the chip's two microcontrollers: 4096 words,
// little-endian, of which 14 bits are an instruction and bit 14 is their parity. The
// zero Image is none.
//
// An image does not say what it is for or which version it has; the running
// microcontroller does.
type Image struct{ program []byte }

// Firmware is the programs of both microcontrollers.
type Firmware struct {
	AGC Image // for boards with SX1250 radios, version 10
	ARB Image // version 2
}

// Complete says whether both images are there.
func (f Firmware) Complete() bool { return !f.AGC.IsZero() && !f.ARB.IsZero() }

// IsZero says that there is no image.
func (i Image) IsZero() bool { return len(i.program) == 0 }

// Bytes is a copy of the image, 8192 bytes.
func (i Image) Bytes() []byte { return bytes.Clone(i.program) }

// SHA256 is what to compare images by.
func (i Image) SHA256() [sha256.Size]byte { return sha256.Sum256(i.program) }

// maxFirmwareText is far above the size of the public HAL's files, some 50 kB.
const maxFirmwareText = 1 << 20

// ParseFirmware reads an image: 8192 raw bytes, or the text of one of the public
// HAL's .var files, which is an array in C: 8192 numbers of one byte each, 0x00 to
// 0xFF, between the first pair of braces. It refuses an image with a word of wrong
// parity and an empty one.
func ParseFirmware(data []byte) (Image, error) {
	program := bytes.Clone(data)
	if len(data) != ProgramSize {
		var err error
		if program, err = parseFirmwareText(data); err != nil {
			return Image{}, fmt.Errorf("firmware image: %w", err)
		}
	}
	if err := checkProgram(program); err != nil {
		return Image{}, fmt.Errorf("firmware image: %w", err)
	}
	return Image{program}, nil
}

func parseFirmwareText(text []byte) ([]byte, error) {
	if len(text) > maxFirmwareText {
		return nil, fmt.Errorf("%d bytes are too many", len(text))
	}
	_, inside, opened := bytes.Cut(text, []byte("{"))
	inside, _, closed := bytes.Cut(inside, []byte("}"))
	if !opened || !closed {
		return nil, fmt.Errorf("neither %d bytes nor an array in C with its braces", ProgramSize)
	}
	numbers := bytes.Split(bytes.TrimSuffix(bytes.TrimSpace(inside), []byte(",")), []byte(","))
	if len(numbers) != ProgramSize {
		return nil, fmt.Errorf("%d numbers: want %d", len(numbers), ProgramSize)
	}
	program := make([]byte, 0, ProgramSize)
	for i, number := range numbers {
		b, err := parseHexByte(bytes.TrimSpace(number))
		if err != nil {
			return nil, fmt.Errorf("number %d: %w", i+1, err)
		}
		program = append(program, b)
	}
	return program, nil
}

// parseHexByte reads 0xH or 0xHH.
func parseHexByte(text []byte) (byte, error) {
	digits, found := bytes.CutPrefix(text, []byte("0x"))
	if !found || len(digits) > 2 {
		return 0, fmt.Errorf("%.12q is not a byte like 0x3F", text)
	}
	v, err := strconv.ParseUint(string(digits), 16, 8)
	if err != nil {
		return 0, fmt.Errorf("%.12q is not a byte like 0x3F", text)
	}
	return byte(v), nil
}

func checkProgram(program []byte) error {
	empty := true
	for i := 0; i < len(program); i += 2 {
		word := uint16(program[i]) | uint16(program[i+1])<<8
		if !parityHolds(word) {
			return fmt.Errorf("word %d (%04X) has wrong parity: the file is damaged or not a firmware image", i/2, word)
		}
		empty = empty && word == 0
	}
	if empty {
		return errors.New("nothing but zeros")
	}
	return nil
}

// parityHolds says whether bit 14 is the XOR of the bits below. The rule of bit 15
// is not known.
func parityHolds(word uint16) bool { return bits.OnesCount16(word&0x7FFF)%2 == 0 }
