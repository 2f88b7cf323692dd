package corecell

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/tarm/serial"
)

// readTimeout is the serial port's finest step, and what Port promises.
const readTimeout = 100 * time.Millisecond

// Open opens a serial device such as /dev/ttyACM0 and finds out whether a
// CoreCell bridge is there. USB ids would not tell: 0483:5740 is any STM32's.
func Open(ctx context.Context, device string, log *slog.Logger) (*Bus, error) {
	port, err := serial.OpenPort(&serial.Config{Name: device, Baud: 115200, ReadTimeout: readTimeout})
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w%s", device, err, cure(err))
	}
	if err := port.Flush(); err != nil {
		return nil, errors.Join(fmt.Errorf("flushing %s: %w", device, err), port.Close())
	}
	return New(ctx, port, "usb:"+device, log)
}

// cure is what a user can do about it.
func cure(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return " (is the concentrator plugged in?)"
	case errors.Is(err, fs.ErrPermission):
		return " (is this user in the group dialout?)"
	}
	return ""
}
