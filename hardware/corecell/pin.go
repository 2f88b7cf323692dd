package corecell

// Pin is a pin of the microcontroller.
type Pin struct {
	Port   uint8 // 0 is A, 7 is H
	Number uint8 // 0 to 15
}

// The pins a host drives (bridge firmware, Core/Inc/main.h).
var (
	PinPower       = Pin{0, 1} // PA1 POWER_EN, high is on
	PinReset       = Pin{0, 2} // PA2 SX1302 reset, high is reset; the falling edge restarts the chip
	PinSX1261Reset = Pin{0, 8} // PA8 SX1261 NRESET, low is reset
)

// level is a pin and what it shall be driven to: the request of WRITE_GPIO.
type level struct {
	Pin
	high bool
}

// resetPulse powers the concentrator and resets its chips, in this order. The
// reference host sends it after opening the port and before closing it.
var resetPulse = []level{
	{PinPower, true},
	{PinReset, true}, {PinReset, false},
	{PinSX1261Reset, false}, {PinSX1261Reset, true},
}

// poweredUp is how the firmware leaves the pins when it starts.
var poweredUp = []level{{PinReset, true}, {PinSX1261Reset, false}, {PinPower, false}}

func appendLevel(dst []byte, l level) []byte {
	return append(dst, l.Port, l.Number, flag(l.high))
}

func parseLevel(b []byte) (level, error) {
	if err := exactly(b, 3); err != nil {
		return level{}, err
	}
	high, err := parseFlag(b[2])
	if b[0] > 7 || b[1] > 15 {
		err = errValue
	}
	return level{Pin{b[0], b[1]}, high}, err
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func parseFlag(b byte) (bool, error) {
	if b > 1 {
		return false, errValue
	}
	return b == 1, nil
}
