package radio

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseDataRate reads the field's notation, "SF7BW125" or "FSK50000", and
// nothing else: what it accepts, String gives back. The modulation's other
// fields are zero, the code rate of LoRa too. Spreading factor, bandwidth and
// bit rate are checked.
func ParseDataRate(text string) (Modulation, error) {
	m, err := parseDataRate(text)
	if err == nil && m.String() != text {
		err = fmt.Errorf("write it %s", m)
	}
	if err != nil {
		return nil, fmt.Errorf("data rate %q: %w", text, err)
	}
	return m, nil
}

func parseDataRate(text string) (Modulation, error) {
	if rate, ok := strings.CutPrefix(text, "FSK"); ok {
		return parseFSKRate(rate)
	}
	sf, bandwidth, ok := strings.Cut(strings.TrimPrefix(text, "SF"), "BW")
	if !ok {
		return nil, fmt.Errorf(`want the form "SF7BW125" or "FSK50000"`)
	}
	return parseLoRaRate(sf, bandwidth)
}

func parseFSKRate(rate string) (Modulation, error) {
	n, err := strconv.ParseUint(rate, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("bit rate: %w", err)
	}
	m := FSK{BitRate: uint32(n)}
	return m, m.Validate()
}

func parseLoRaRate(sf, bandwidth string) (Modulation, error) {
	n, err := strconv.ParseUint(sf, 10, 8)
	if err != nil {
		return nil, fmt.Errorf("spreading factor: %w", err)
	}
	b, err := strconv.ParseUint(bandwidth, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("bandwidth in kHz: %w", err)
	}
	m := LoRa{SF: SpreadingFactor(n), Bandwidth: Hertz(b) * KHz, CodeRate: CodeRate4_5}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	m.CodeRate = CodeRateNone
	return m, nil
}
