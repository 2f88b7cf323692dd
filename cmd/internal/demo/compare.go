package demo

import (
	"fmt"
	"math"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/radio"
)

// How far an arrived value may be from the one on the air: the SX1302 reports
// the SNR in quarters of a dB and the RSSI in whole dB of an offset scale,
// which MQTT rounds again.
const (
	frequencyStep = 100   // Hz
	snrTolerance  = 0.125 // dB
	rssiTolerance = 1.0   // dB
	floatSlack    = 1e-6
)

// differences names each value of an arrival that is not the reception's.
func differences(want Reception, got arrival) []string {
	f := want.Frame
	var list []string
	differ := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if rounded(got.frequency) != rounded(f.Frequency) {
		differ("frequency %v, want %v", got.frequency, f.Frequency)
	}
	if got.rate != f.Modulation.String() {
		differ("data rate %s, want %v", got.rate, f.Modulation)
	}
	if got.crc != gw.CRCStatus_CRC_OK {
		differ("CRC state %v", got.crc)
	}
	if math.Abs(got.rssi-f.RSSI.Float()) > rssiTolerance+floatSlack {
		differ("RSSI %v dBm, want %v", got.rssi, f.RSSI)
	}
	if _, isLoRa := f.Modulation.(radio.LoRa); isLoRa && math.Abs(got.snr-f.SNR.Float()) > snrTolerance+floatSlack {
		differ("SNR %v dB, want %v", got.snr, f.SNR)
	}
	return list
}

func rounded(f radio.Hertz) radio.Hertz { return (f + frequencyStep/2) / frequencyStep }
