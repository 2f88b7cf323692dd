package proof

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

const (
	synthesizerStep = 123 // Hz: 32 MHz / 2^18, rounded up
	levelSlack      = 0.005
	// clockSlack is how far two instants that were worked out from the host's clock
	// may part: each is rounded to a microsecond or a tick of the counter.
	clockSlack = 3 * time.Microsecond
)

// differences names each value of a transmission that is not what was commanded or
// reported.
func (j judgement) differences(hotspot radio.EUI, r report, item *gw.DownlinkFrameItem, t emulator.Transmission) (list []string) {
	differ := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	info := item.GetTxInfo()
	if !bytes.Equal(t.Payload, item.GetPhyPayload()) || r.Size != len(t.Payload) {
		differ("another payload, %d bytes instead of %d, %d reported", len(t.Payload), len(item.GetPhyPayload()), r.Size)
	}
	if away := math.Abs(float64(t.Frequency) - float64(info.GetFrequency())); away > synthesizerStep || r.Frequency != info.GetFrequency() {
		differ("commanded %d Hz, reported %d, sent %d", info.GetFrequency(), r.Frequency, uint32(t.Frequency))
	}
	if text := modulationFault(info.GetModulation().GetLora(), t.Modulation); text != "" {
		differ("%s", text)
	}
	if rate := t.Modulation.String(); r.Rate != rate {
		differ("reported %s, sent %s", r.Rate, rate)
	}
	gain := j.d.gains[hotspot].Float()
	if c := t.Conducted.Float(); math.Abs(c-r.Conducted) > levelSlack || math.Abs(c+gain-r.EIRP) > levelSlack || r.EIRP > float64(info.GetPower())+levelSlack {
		differ("commanded %d dBm EIRP, reported %.2f and %.2f conducted, sent %.2f conducted with %.2f dBi", info.GetPower(), r.EIRP, r.Conducted, c, gain)
	}
	if r.Airtime != t.Duration.Microseconds() || t.Aborted == (r.Outcome == emitted) {
		differ("%s with %d µs reported, %d µs sent, cut short: %v", r.Outcome, r.Airtime, t.Duration.Microseconds(), t.Aborted)
	}
	return list
}

// modulationFault compares all that a receiver must know.
func modulationFault(want *gw.LoraModulationInfo, sent radio.Modulation) string {
	got, ok := sent.(radio.LoRa)
	if !ok || want == nil {
		return fmt.Sprintf("commanded %v, sent %v", want, sent)
	}
	if uint32(got.SF) != want.GetSpreadingFactor() || uint32(got.Bandwidth) != want.GetBandwidth() ||
		gw.CodeRate(got.CodeRate) != want.GetCodeRate() || got.InvertIQ != want.GetPolarizationInversion() || got.NoCRC != want.GetNoCrc() {
		return fmt.Sprintf("commanded %v, sent %+v", want, got)
	}
	return ""
}

// instant compares when a transmission began with its uplink and the delay, twice:
// by the chip's counter, to the microsecond, and by when the uplink ended on the air.
func (j judgement) instant(s *story, item *gw.DownlinkFrameItem, t emulator.Transmission) {
	delay := delayOf(item)
	if delay == 0 {
		return
	}
	at, err := radio.ParseContext(item.GetTxInfo().GetContext())
	if err != nil {
		j.fault(Mistimed, "%s: number %d was sent for an uplink without a context: %v", s.hotspot, s.id, err)
		return
	}
	if want := at.Add(delay).Micros; !sameCounter(t.StartCounter, want) {
		j.fault(Mistimed, "%s: number %d began at counter %d, want %d", s.hotspot, s.id, t.StartCounter%turn, want%turn)
	}
	end, ok := j.d.uplinks[moment{s.hotspot, at}]
	if !ok {
		j.fault(Mistimed, "%s: number %d answers an uplink that never was, %v", s.hotspot, s.id, at)
		return
	}
	if off := t.StartAt.Sub(end) - delay; off.Abs() > clockSlack {
		j.fault(Mistimed, "%s: number %d began %v off the end of its uplink on the air and the delay", s.hotspot, s.id, off)
	}
	j.Timed++
}
