package proof

import (
	"slices"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/hardware/emulator"
	"hexspot/radio"
)

// judgement is a verdict in the making, with the transmissions that nobody has
// accounted for yet.
type judgement struct {
	*Verdict
	d    *Downlinks
	left map[radio.EUI][]emulator.Transmission
}

// Judge says what became of all that was collected. It is for the end, when nothing
// is on its way any more.
func (d *Downlinks) Judge() *Verdict {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := judgement{newVerdict(), d, map[radio.EUI][]emulator.Transmission{}}
	for _, text := range d.unreadable {
		j.fault(Unreadable, "%s", text)
	}
	for hotspot, sent := range d.sent {
		j.left[hotspot] = slices.Clone(sent)
		j.Transmissions += len(sent)
		for _, t := range sent {
			j.Airtime += t.Duration
		}
	}
	for hotspot, sent := range d.onAir() {
		j.duty(hotspot, sent)
	}
	for _, s := range d.order {
		j.story(s)
	}
	for hotspot, sent := range j.left {
		for _, t := range sent {
			j.fault(Unreported, "%s sent %d bytes at counter %d on %v, of which no report tells", hotspot, len(t.Payload), t.StartCounter, t.Frequency)
		}
	}
	return j.Verdict
}

// story judges one downlink.
func (j judgement) story(s *story) {
	j.Commanded += min(len(s.commands), 1)
	switch {
	case len(s.commands) == 0:
		j.fault(Unasked, "%s: %d answers, %d reports for number %d, which nobody commanded", s.hotspot, len(s.answers), len(s.reports), s.id)
		return
	case len(s.commands) > 1:
		j.fault(Repeated, "%s: number %d was commanded %d times", s.hotspot, s.id, len(s.commands))
		return
	case len(s.answers) == 0:
		j.fault(Unanswered, "%s: number %d", s.hotspot, s.id)
		j.reports(s, -1) // none is due
		return
	case len(s.answers) > 1:
		j.fault(AnsweredTwice, "%s: number %d was answered %d times", s.hotspot, s.id, len(s.answers))
	}
	j.reports(s, j.answer(s))
}

// answer judges a gateway's first answer and gives the accepted item, -1 if none.
func (j judgement) answer(s *story) int {
	statuses, accepted := s.answers[0].GetItems(), -1
	if len(statuses) != len(s.commands[0].GetItems()) || len(statuses) == 0 {
		j.fault(BadAnswer, "%s: number %d has %d items, %d statuses", s.hotspot, s.id, len(s.commands[0].GetItems()), len(statuses))
		return -1
	}
	for i, status := range statuses {
		if status.GetStatus() != gw.TxAckStatus_OK {
			continue
		}
		if accepted >= 0 {
			j.fault(BadAnswer, "%s: items %d and %d of number %d are both accepted", s.hotspot, accepted, i, s.id)
			return -1
		}
		accepted = i
	}
	if accepted < 0 {
		j.Refused++
		j.RefusedBy[statuses[0].GetStatus().String()]++
		return -1
	}
	for _, status := range statuses[:accepted] {
		j.PassedOver[status.GetStatus().String()]++
	}
	j.accepted(s.commands[0].GetItems(), accepted)
	return accepted
}

// accepted counts in which window.
func (j judgement) accepted(items []*gw.DownlinkFrameItem, i int) {
	j.Accepted++
	switch {
	case delayOf(items[i]) == 0:
		j.AtOnce++
	case delayOf(items[i]) == joinDelay || delayOf(items[i]) == firstDelay:
		j.First++
	default:
		j.Second++
	}
}

// When RX1 is: after a join request, and after all else. The network of a proof
// keeps to LoRaWAN's defaults.
const (
	joinDelay  = 5 * time.Second
	firstDelay = time.Second
)

// delayOf is after an uplink, zero for at once.
func delayOf(item *gw.DownlinkFrameItem) time.Duration {
	return item.GetTxInfo().GetTiming().GetDelay().GetDelay().AsDuration()
}

// reports judges what was said of an accepted item, or, if none was (-1), that
// nothing was.
func (j judgement) reports(s *story, accepted int) {
	switch {
	case accepted < 0:
		if len(s.reports) > 0 {
			j.fault(Unasked, "%s: %d reports of number %d, which was not accepted", s.hotspot, len(s.reports), s.id)
		}
		return
	case len(s.reports) == 0:
		j.fault(Silent, "%s: number %d was accepted and never reported", s.hotspot, s.id)
		return
	case len(s.reports) > 1:
		j.fault(ReportedTwice, "%s: number %d was reported %d times", s.hotspot, s.id, len(s.reports))
	}
	r, item := s.reports[0], s.commands[0].GetItems()[accepted]
	if r.Item != accepted {
		j.fault(BadReport, "%s: item %d of number %d was accepted, item %d reported", s.hotspot, accepted, s.id, r.Item)
		return
	}
	j.emission(s, r, item)
}

// emission judges one report against the chip's own transcript.
func (j judgement) emission(s *story, r report, item *gw.DownlinkFrameItem) {
	if r.Outcome != emitted {
		j.FailedBy[r.Outcome]++
		j.Causes[r.Outcome+": "+r.Cause]++
	}
	if r.Start == nil {
		if r.Outcome == emitted {
			j.fault(BadReport, "%s: number %d was emitted and has no start", s.hotspot, s.id)
		}
		return
	}
	t, ok := j.find(s.hotspot, *r.Start, item.GetPhyPayload())
	if !ok {
		j.fault(NotEmitted, "%s: number %d is reported at counter %d, the chip sent nothing then", s.hotspot, s.id, *r.Start)
		return
	}
	for _, text := range j.differences(s.hotspot, r, item, t) {
		j.fault(Altered, "%s: number %d: %s", s.hotspot, s.id, text)
	}
	if r.Outcome == emitted {
		j.Emitted++
		if lead, ok := r.lead(); ok {
			j.Leads = append(j.Leads, lead)
		}
	}
	j.instant(s, item, t)
}

// turn is after how many microseconds the chip's counter of 32 bits and 32 MHz
// begins anew. Chip and driver count turns from where each likes.
const turn = 1 << 32 / 32

func sameCounter(a, b uint64) bool { return a%turn == b%turn }

// find takes a transmission off the list of those that are left: that of the
// counter and the payload, else that of the counter.
func (j judgement) find(hotspot radio.EUI, start uint64, payload []byte) (emulator.Transmission, bool) {
	left := j.left[hotspot]
	at := func(t emulator.Transmission) bool { return sameCounter(t.StartCounter, start) }
	i := slices.IndexFunc(left, func(t emulator.Transmission) bool { return at(t) && slices.Equal(t.Payload, payload) })
	if i < 0 {
		i = slices.IndexFunc(left, at)
	}
	if i < 0 {
		return emulator.Transmission{}, false
	}
	t := left[i]
	j.left[hotspot] = slices.Delete(left, i, i+1)
	return t, true
}
