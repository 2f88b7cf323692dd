package spi

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Requests of <linux/spi/spidev.h>, as on ARM, x86 and RISC-V.
const (
	iocMessage  = 0x40206B00 // SPI_IOC_MESSAGE(1): one transfer
	iocMode     = 0x40016B01 // SPI_IOC_WR_MODE, uint8
	iocBits     = 0x40016B03 // SPI_IOC_WR_BITS_PER_WORD, uint8
	iocMaxSpeed = 0x40046B04 // SPI_IOC_WR_MAX_SPEED_HZ, uint32
)

// transfer is struct spi_ioc_transfer: 32 bytes whatever the word size, since
// the kernel keeps its pointers in 64 bits.
type transfer struct {
	out, in   uint64 // addresses; 0: send zeros, discard what comes
	length    uint32
	speed     uint32 // Hz
	delay     uint16
	bits      uint8
	csChange  uint8 // 0: chip select goes up at the end, and not before
	outLines  uint8
	inLines   uint8
	wordDelay uint8
	_         uint8
}

// ioctlFunc is the kernel, or a test in its place. arg points to what the
// request takes.
type ioctlFunc func(fd, request uintptr, arg unsafe.Pointer) (int, error)

// kernel is the real one.
func kernel(fd, request uintptr, arg unsafe.Pointer) (int, error) {
	for {
		n, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(arg))
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
			continue
		}
		return 0, errno
	}
}
