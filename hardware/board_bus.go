package hardware

import (
	"fmt"
	"strings"
)

// The kinds of bus, as in front of a device's path.
const (
	USB = "usb" // serial port of a CoreCell bridge
	SPI = "spi" // spidev
)

// ParseBus splits the name of a bus, "usb:/dev/ttyACM0" or "spi:/dev/spidev0.0".
func ParseBus(text string) (kind, path string, err error) {
	kind, path, _ = strings.Cut(text, ":")
	if kind != USB && kind != SPI || !strings.HasPrefix(path, "/") {
		return "", "", fmt.Errorf("bus %q is not like usb:/dev/ttyACM0 or spi:/dev/spidev0.0", text)
	}
	return kind, path, nil
}
