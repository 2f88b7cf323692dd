package corecell

import "errors"

// How an operation failed at the microcontroller. The others of the same
// request have been performed all the same.
var (
	// ErrSPIFailed says that the microcontroller's SPI peripheral failed.
	ErrSPIFailed = errors.New("the bridge's SPI bus failed")
	// ErrSPIParameter says that the bridge does not know the chip or the
	// operation asked for; its firmware may be an older one.
	ErrSPIParameter = errors.New("the bridge refuses the operation's parameters")
	// ErrSPITimeout says that the SX1261 was busy for more than 4 ms, or the
	// transfer took more than 100 ms.
	ErrSPITimeout = errors.New("the chip behind the bridge stayed busy")
)

// Status is how one item of a MULTI_SPI request ended.
type Status uint8

// The statuses of the firmware. A read-modify-write ends with OK or Failed only.
const (
	StatusOK        Status = 0
	StatusFailed    Status = 1
	StatusParameter Status = 2 // wrong target, length or item type
	StatusTimeout   Status = 3 // SX1261 BUSY for more than 4 ms, or SPI for more than 100 ms
)

// err is nil for StatusOK.
func (s Status) err() error {
	switch s {
	case StatusOK:
		return nil
	case StatusFailed:
		return ErrSPIFailed
	case StatusTimeout:
		return ErrSPITimeout
	}
	return ErrSPIParameter
}
