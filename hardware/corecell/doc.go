// Package corecell speaks the protocol of the CoreCell's USB bridge, an STM32
// between a serial port and the concentrator's SPI bus, at both ends: [Bus] is
// the host, [Serve] is the microcontroller, for an emulated concentrator.
//
// The protocol is that of Semtech's sx1302_spi_usb_bridge firmware V01.00.00:
// strictly one request, one answer.
package corecell
