package otaa

import (
	"time"

	"hexspot/radio"
)

// Receive windows open so long after the end of an uplink (RP002, common to all
// regions).
const (
	JoinDelay   = 5 * time.Second
	SecondAfter = time.Second // RX2 after RX1
)

// DataDelay is what a join accept's RxDelay means: 0 is 1 s too.
func DataDelay(seconds uint8) time.Duration {
	return time.Duration(max(seconds&0xF, 1)) * time.Second
}

// AnswerRate is the data rate of RX1 for an uplink of 125 kHz at offset 0: the same
// spreading factor in the bandwidth of the region's downlinks. It is false if the
// region has no such rate.
func AnswerRate(plan radio.Plan, up radio.Modulation) (radio.LoRa, bool) {
	sent, ok := up.(radio.LoRa)
	if !ok || sent.Bandwidth != 125*radio.KHz {
		return radio.LoRa{}, false
	}
	for _, m := range plan.Downlink {
		if answer, ok := m.(radio.LoRa); ok && answer.SF == sent.SF {
			return answer, true
		}
	}
	return radio.LoRa{}, false
}
