package radio

import (
	"encoding/hex"
	"fmt"
)

// EUI is an EUI-64: the concentrator's, which is the LoRaWAN gateway id, or a
// device's or join server's in a frame.
type EUI [8]byte

// ParseEUI reads 16 hexadecimal digits, upper or lower case.
func ParseEUI(text string) (EUI, error) {
	var e EUI
	if len(text) != 2*len(e) {
		return EUI{}, fmt.Errorf("EUI %q: want 16 hexadecimal digits, have %d characters", text, len(text))
	}
	if _, err := hex.Decode(e[:], []byte(text)); err != nil {
		return EUI{}, fmt.Errorf("EUI %q: %w", text, err)
	}
	return e, nil
}

// String gives 16 lower-case hexadecimal digits, as in MQTT topics.
func (e EUI) String() string { return hex.EncodeToString(e[:]) }
