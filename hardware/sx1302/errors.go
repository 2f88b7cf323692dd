package sx1302

import "fmt"

// NoChipError says that nothing like an SX1302 answers on the bus.
type NoChipError struct {
	Bus     string // its name
	Version byte   // what the VERSION register read, 00 or FF
}

// Error names the likely cause.
func (e *NoChipError) Error() string {
	return fmt.Sprintf("no SX1302 answers on %s (VERSION reads %02X): check that this is its bus, that it has power, and the reset pin",
		e.Bus, e.Version)
}

// RadioError says that an SX1250 behind the concentrator did not do as told.
type RadioError struct {
	Radio   byte // 'A' or 'B'
	Problem string
}

// Error names the radio.
func (e *RadioError) Error() string { return fmt.Sprintf("SX1250 radio %c: %s", e.Radio, e.Problem) }

// ReadBackError says that program memory does not hold what was written.
type ReadBackError struct {
	MCU       string // "AGC" or "ARB"
	Address   uint16 // of the first wrong byte
	Got, Want byte
}

// Error names the likely cause.
func (e *ReadBackError) Error() string {
	return fmt.Sprintf("%s firmware reads back %02X at %04X, wrote %02X: the board's power or its SPI lines are bad",
		e.MCU, e.Got, e.Address, e.Want)
}

// ParityError says that a microcontroller found a word of its program damaged.
type ParityError struct{ MCU string }

// Error says what to do.
func (e *ParityError) Error() string {
	return fmt.Sprintf("%s reports a parity error in its firmware: check the image", e.MCU)
}

// VersionError says that the firmware a microcontroller runs is not the one this
// driver speaks to.
type VersionError struct {
	MCU       string
	Got, Want byte
}

// Error says what to do.
func (e *VersionError) Error() string {
	return fmt.Sprintf("%s firmware has version %d, want %d: import the image for SX1250 boards of sx1302_hal V2.1.0",
		e.MCU, e.Got, e.Want)
}

// TimeoutError says that a microcontroller did not reach a step of its start.
type TimeoutError struct {
	MCU        string
	Step       string // "start", "gains of radio A", …
	Want, Last byte   // status
}

// Error names the step.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%s does not answer at step %q: its status is %02X, want %02X", e.MCU, e.Step, e.Last, e.Want)
}

// EchoError says that a microcontroller took another parameter than was sent.
type EchoError struct {
	MCU, Step string
	Byte      int // of the mailbox
	Got, Want byte
}

// Error names the step.
func (e *EchoError) Error() string {
	return fmt.Sprintf("%s took %d for byte %d at step %q, sent %d", e.MCU, e.Got, e.Byte, e.Step, e.Want)
}

// StallError says that a running chip has stopped working. It is started again.
type StallError struct{ Cause string }

// Error gives the cause.
func (e *StallError) Error() string { return "the concentrator has stalled: " + e.Cause }
