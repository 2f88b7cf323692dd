package sx1302

import (
	"bytes"
	"time"

	"hexspot/radio"
)

// twinDistance is how far apart the times of one frame from two modems may be:
// three samples (public HAL, loragw_hal.c).
const twinDistance = 24 * time.Microsecond

// fineTime is what the SX1303 adds to a frame for a fine timestamp.
func fineTime(p *Packet) radio.FineTime {
	if !p.TimingSet || len(p.Metrics) == 0 {
		return radio.FineTime{}
	}
	metrics := make([]int8, len(p.Metrics))
	for i, m := range p.Metrics {
		metrics[i] = int8(m)
	}
	return radio.FineTime{Set: true, Counter: p.Ticks, Metrics: metrics}
}

// mergeTwins puts the uplinks of one poll in the order of their times and removes
// those that a second modem delivered again, which happens in fine timestamp mode:
// of two the one with a good CRC stays, else the one with a fine time. A twin of
// an uplink that an earlier poll has delivered goes, unless only it is good.
func mergeTwins(heard, earlier []radio.Uplink) (merged []radio.Uplink, twins int) {
	merged = heard[:0]
	for _, u := range heard {
		if i := twin(merged, &u); i >= 0 {
			if betterTwin(&u, &merged[i]) {
				merged[i] = u
			}
			continue
		}
		if i := twin(earlier, &u); i >= 0 && (earlier[i].CRC == radio.CRCOK || u.CRC != radio.CRCOK) {
			continue
		}
		merged = append(merged, u)
	}
	sortByCounter(merged)
	return merged, len(heard) - len(merged)
}

// sortByCounter is stable. The frames of a fetch are few and nearly in order.
func sortByCounter(frames []radio.Uplink) {
	for i := range frames {
		for k := i; k > 0 && frames[k].Timestamp.Micros < frames[k-1].Timestamp.Micros; k-- {
			frames[k], frames[k-1] = frames[k-1], frames[k]
		}
	}
}

// twin finds the same frame among others, the latest first; -1 if it is not there.
func twin(others []radio.Uplink, u *radio.Uplink) int {
	for i := len(others) - 1; i >= 0; i-- {
		if sameFrame(&others[i], u) {
			return i
		}
	}
	return -1
}

func sameFrame(a, b *radio.Uplink) bool {
	apart, ok := a.Timestamp.Sub(b.Timestamp)
	return ok && apart.Abs() <= twinDistance && a.Channel == b.Channel &&
		spreadingFactor(a) == spreadingFactor(b) && bytes.Equal(a.PHYPayload, b.PHYPayload)
}

func spreadingFactor(u *radio.Uplink) radio.SpreadingFactor {
	m, _ := u.Modulation.(radio.LoRa)
	return m.SF
}

func betterTwin(a, b *radio.Uplink) bool {
	if (a.CRC == radio.CRCOK) != (b.CRC == radio.CRCOK) {
		return a.CRC == radio.CRCOK
	}
	return a.Fine.Set && !b.Fine.Set
}
