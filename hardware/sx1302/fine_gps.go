package sx1302

import (
	"math"
	"time"

	"hexspot/radio"
)

// finePulses is how many GPS pulses in a row a fine time needs: over fewer seconds the
// quartz is not known well enough (public HAL, loragw_sx1302_timestamp.c).
const finePulses = 16

// date works out the fine times of what a poll has found.
func (p *pulses) date(r reception, setup *rxSetup) {
	for i := range r.uplinks {
		u := &r.uplinks[i]
		u.Fine.GPS, u.Fine.Known = p.fineGPS(u, setup.channels[u.Channel].intermediate, r.now)
	}
}

// fineGPS is the GPS time of the end of a frame: the fine timestamp of a frame with a
// good CRC, counted from the latest pulse and corrected for the quartz. The instant is
// that of the frame's Timestamp, to the nanosecond, but for what oscillators differ
// (fineTicks). It is false if there is no fine timestamp, or not finePulses pulses, the
// latest no older than 3 s, whose second the host knows.
//
// What Semtech's HAL gives as fine time is the same but for a constant of each rate and
// length: it is the end of the preamble as an earlier gateway design counted it.
func (p *pulses) fineGPS(u *radio.Uplink, intermediate radio.Hertz, now radio.Timestamp) (gps time.Duration, ok bool) {
	lora, isLoRa := u.Modulation.(radio.LoRa)
	if !u.Fine.Set || u.CRC != radio.CRCOK || !isLoRa || u.Channel >= serviceChannel || len(p.known) < finePulses {
		return 0, false
	}
	if _, ok := p.reference(now); !ok {
		return 0, false
	}
	oldest, latest := p.known[0], p.known[len(p.known)-1]
	exact := (latest.second - oldest.second).Seconds() * ticksPerSecond
	quartz := exact / float64(latest.ticks-oldest.ticks)
	ticks := float64(int32(u.Fine.Counter-p.ticks)) + fineTicks(u, lora.SF, intermediate)
	const nanos = 1e9 / ticksPerSecond
	return latest.second + time.Duration(math.Round(ticks*nanos*quartz)) + fineCorrection(lora, len(u.PHYPayload)), true
}

// fineTicks is what to add to the latched counter, in ticks: what the modem measured of
// its own latch, the delay of the filter around 0 Hz, and how much shorter the symbols up
// to the latch are by the transmitter's oscillator (public HAL,
// loragw_sx1302_timestamp.c, whose offset has the other sign): what is fast in
// frequency is fast in chips.
func fineTicks(u *radio.Uplink, sf radio.SpreadingFactor, intermediate radio.Hertz) float64 {
	symbol := float64(int64(ticksPerSecond/125_000) << sf)
	symbols := 12.25
	if sf <= 6 {
		symbols += 2
	}
	untilLatch := symbols*symbol - ticksPerSecond/125_000 // one chip less
	off := float64(u.FrequencyOffset) / float64(u.Frequency)
	return metricsMean(u.Fine.Metrics, sf) + notchDelay(intermediate) + untilLatch*off
}

// metricsMean is the mean of the running sums of the metrics that count: the longer a
// symbol, the fewer.
func metricsMean(metrics []int8, sf radio.SpreadingFactor) float64 {
	most := 64
	if sf > 9 {
		most = 8 << (12 - sf)
	}
	metrics = metrics[:min(len(metrics), most)]
	sum, all := 0, 0
	for _, m := range metrics {
		sum += int(m)
		all += sum
	}
	return float64(all) / float64(len(metrics))
}

// notchDelay is the delay in ticks of the filter that takes away 0 Hz, for a channel at
// an intermediate frequency (public HAL, loragw_sx1302_timestamp.c).
func notchDelay(intermediate radio.Hertz) float64 {
	f := float64(intermediate) / 1000
	if math.Abs(f) > 75 {
		return 0
	}
	return (((1.7e-6*f+2.4e-6)*f-0.0101)*f-0.01275)*f + 10.2922
}
