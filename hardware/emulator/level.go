package emulator

import "math"

// heating is how much the RSSI changes with the board's temperature, in dB: the
// usual compensation polynomial of SX1250 boards (20.41 T² + 2162.56 T) / 65536.
func heating(celsius float64) float64 {
	return (20.41*celsius*celsius + 2162.56*celsius) / 65536
}

// rawRSSI is the register value that a board with this offset and temperature
// shows for a level of a LoRa frame.
func (c *Chip) rawRSSI(dBm float64) byte {
	return clampByte(dBm - c.config.RSSIOffset.Float() - heating(c.config.Temperature))
}

// rawFSK inverts, by search, the cubic by which FSK readings are made linear.
func (c *Chip) rawFSK(dBm float64) byte {
	want := dBm - c.config.RSSIOffset.Float() - heating(c.config.Temperature)
	best, least := 0, math.Inf(1)
	for r := range 256 {
		x := float64(r)
		y := 90.636423 + 0.420835*x + 0.007129*x*x - 0.000026*x*x*x
		if d := math.Abs(y - want); d < least {
			best, least = r, d
		}
	}
	return byte(best)
}

// signalLevel is the part of a channel's level that is the signal, given its
// ratio to the noise.
func signalLevel(dBm, snr float64) float64 {
	return dBm - 10*math.Log10(1+math.Pow(10, -snr/10))
}

func clampByte(x float64) byte { return byte(math.Round(min(max(x, 0), 255))) }

func quarters(dB float64) int8 { return int8(math.Round(min(max(4*dB, -128), 127))) }
