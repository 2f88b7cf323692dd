// Package emulator is an SX1302 or SX1303 with two SX1250 radios and an SX1261,
// made of memory. It sits below the driver: what it is told are SPI frames, what
// it answers are bytes, so any driver can use it, in process as a hardware.Bus
// or behind a CoreCell's USB protocol.
//
// It models what a driver can observe: the register file with its reset values
// and read-only fields, the program RAM and start rule of the two
// microcontrollers, their mailboxes, the OTP, the 32 MHz counter and its PPS
// latch, the RX FIFO, the TX state machines, and the radios' modes. It does not
// demodulate: a frame put in with Inject is heard by the channels that the
// registers, as the driver wrote them, really describe, and by no other.
//
// Nothing ticks. State that depends on time is worked out when somebody looks,
// so a hundred chips cost as much as the accesses made to them.
package emulator
