package corecell

import (
	"encoding/binary"
	"math"
)

// noTemperature is the reading of a board whose sensor has not answered yet.
const noTemperature = -1

// statusAnswer says how the microcontroller is. The request is empty.
type statusAnswer struct {
	uptime      uint32 // milliseconds, wraps
	temperature int16  // hundredths of a degree Celsius, or noTemperature
}

func appendStatusAnswer(dst []byte, a statusAnswer) []byte {
	dst = binary.BigEndian.AppendUint32(dst, a.uptime)
	return binary.BigEndian.AppendUint16(dst, uint16(a.temperature))
}

func parseStatusAnswer(b []byte) (statusAnswer, error) {
	if err := exactly(b, 6); err != nil {
		return statusAnswer{}, err
	}
	return statusAnswer{
		uptime:      binary.BigEndian.Uint32(b),
		temperature: int16(binary.BigEndian.Uint16(b[4:])),
	}, nil
}

// celsius is false if there is no reading.
func (a statusAnswer) celsius() (float64, bool) {
	return float64(a.temperature) / 100, a.temperature != noTemperature
}

// reading is the temperature as STATUS carries it.
func reading(celsius float64, ok bool) int16 {
	if !ok || math.IsNaN(celsius) {
		return noTemperature
	}
	return int16(min(max(celsius*100, math.MinInt16), math.MaxInt16))
}
