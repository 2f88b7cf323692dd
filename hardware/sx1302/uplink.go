package sx1302

import (
	"time"

	"hexspot/radio"
)

// convert makes uplinks of packets, whose payloads are still those of the stream.
func (r *receiver) convert(p *reception, packets []Packet) {
	bytes := 0
	for i := range packets {
		bytes += len(packets[i].Payload)
	}
	payloads := make([]byte, 0, bytes) // one block for all of a poll
	p.uplinks = make([]radio.Uplink, 0, len(packets))
	now := r.hostTime()
	for i := range packets {
		packet := &packets[i]
		if r.setup.channels[packet.Channel].frequency == 0 {
			p.counts.OffPlan++
			continue
		}
		start := len(payloads)
		payloads = append(payloads, packet.Payload...)
		u := r.uplink(packet, &p.counts)
		u.PHYPayload = payloads[start:len(payloads):len(payloads)]
		u.ReceivedAt = receivedAt(now, p.now, u.Timestamp)
		p.uplinks = append(p.uplinks, u)
	}
	if r.setup.fine {
		p.uplinks, p.counts.Twins = mergeTwins(p.uplinks, r.earlier)
		r.earlier = append(r.earlier[:0], p.uplinks...)
	}
}

// uplink is a packet in the words of the radio, but for payload and host time.
func (r *receiver) uplink(p *Packet, counts *rxCounts) radio.Uplink {
	channel := r.setup.channels[p.Channel]
	crc, agrees := r.setup.crcStatus(p)
	if !agrees {
		counts.CRCMismatch++
	}
	m := r.modulation(p)
	u := radio.Uplink{
		Gateway: r.setup.gateway, Frequency: channel.frequency, Modulation: m, CRC: crc,
		Channel: p.Channel, RFChain: channel.chain,
		Timestamp: latched(r.clock, p.Ticks).Add(r.setup.correction(m, len(p.Payload))),
	}
	level := r.level[channel.chain]
	if p.Channel == fskChannel {
		u.RSSI = radio.LevelOf(fskLevel(p.RSSI) + level)
		return u
	}
	u.RSSI = radio.LevelOf(float64(p.RSSI) + level)
	u.SignalRSSI, u.HasSignalRSSI = radio.LevelOf(float64(p.SignalRSSI)+level), true
	u.SNR = radio.DB(p.SNR) * 25
	u.FrequencyOffset = channel.frequencyOffset(p.FrequencyError)
	if r.setup.fine {
		u.Fine = fineTime(p)
	}
	return u
}

// modulation is shared by all uplinks that have it.
func (r *receiver) modulation(p *Packet) radio.Modulation {
	if p.Channel == fskChannel {
		if p.HasCRC {
			return r.fsk
		}
		return r.fskRaw
	}
	lora := r.setup.lora(p)
	m, ok := r.modulations[lora]
	if !ok {
		m = lora
		r.modulations[lora] = m
	}
	return m
}

// hostTime is the host's clock, zero if it is not to be trusted.
func (r *receiver) hostTime() time.Time {
	if r.setup.now == nil {
		return time.Time{}
	}
	return r.setup.now()
}

// receivedAt is the host's time of a counter value: as long before now as that is
// before the counter's reading.
func receivedAt(now time.Time, counter, frame radio.Timestamp) time.Time {
	ago, ok := counter.Sub(frame)
	if !ok || now.IsZero() {
		return time.Time{}
	}
	return now.Add(-ago)
}
