package sx1302

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// SyntheticImage makes an image that passes every check of this package and of the
// emulator, and is no program: Semtech's firmware is not ours to ship, so tests and
// the demo run on these. The same seed gives the same 8192 bytes. A real chip does
// nothing with it; its start ends with a time-out.
func SyntheticImage(seed uint64) []byte {
	source := rand.New(rand.NewPCG(seed, 0))
	program := make([]byte, 0, ProgramSize)
	for len(program) < ProgramSize {
		word := uint16(source.Uint32()) & 0xBFFF
		parity := uint16(bits.OnesCount16(word&0x3FFF)) & 1
		program = binary.LittleEndian.AppendUint16(program, word|parity<<14)
	}
	return program
}
