package corecell

import (
	"errors"
	"fmt"

	"hexspot/hardware"
)

// How an exchange with the bridge fails. The next exchange first drains the
// port until it is quiet, so that a caller may try again, unless the error is
// also hardware.ErrGone.
var (
	// ErrNoAnswer comes with hardware.ErrGone: nothing was heard in time.
	ErrNoAnswer = errors.New("the bridge does not answer")
	// ErrHalfAnswer says that an answer broke off.
	ErrHalfAnswer = errors.New("the bridge's answer broke off")
	// ErrWrongID says that an answer belongs to another request.
	ErrWrongID = errors.New("the bridge answered another request")
	// ErrRefused is the bridge's error answer, FF: it did not understand.
	ErrRefused = errors.New("the bridge did not understand the request")
	// ErrBadAnswer says that an answer does not fit its request.
	ErrBadAnswer = errors.New("the bridge's answer makes no sense")
	// ErrPin says that the bridge refused to drive a pin.
	ErrPin = errors.New("the bridge refused to drive a pin")
	// ErrNoise comes with hardware.ErrGone: the port never falls silent.
	ErrNoise = errors.New("the port sends without end: it is no CoreCell")
	// ErrHangs comes with hardware.ErrGone: the port blocks for ever.
	ErrHangs = errors.New("the port hangs: unplug the device or cut its power")
	// ErrClosed says that Close was called.
	ErrClosed = errors.New("the bus is closed")
)

// gone makes cause an end of the device.
func gone(cause error) error { return fmt.Errorf("%w: %w", hardware.ErrGone, cause) }
