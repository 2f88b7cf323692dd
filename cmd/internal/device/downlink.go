package device

import (
	"bytes"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// heard is a frame near the device; only what a window is open for counts.
func (d *Device) heard(at time.Duration, h Heard) []Action {
	slot, ok := d.window(at, h)
	if !ok {
		d.counts.Unheard++
		return nil
	}
	var frame lorawan.PHYPayload
	if len(h.Payload) > radio.MaxFrame || frame.UnmarshalBinary(bytes.Clone(h.Payload)) != nil {
		d.counts.Unreadable++
		return nil
	}
	switch {
	case d.state == joining:
		return d.accept(at, frame, slot)
	case d.Joined():
		return d.data(at, frame, slot)
	}
	d.counts.Foreign++ // without a session, nothing is for it
	return nil
}

// window is the first that hears the frame. A device that sends hears nothing.
func (d *Device) window(at time.Duration, h Heard) (Slot, bool) {
	if h.Start < d.sentTo && at > d.sentFrom {
		return 0, false
	}
	for _, w := range d.windows {
		if w.Hears(h.Start, h.Frequency, h.Modulation) {
			return w.Slot, true
		}
	}
	return 0, false
}

// data takes a data frame of the session.
func (d *Device) data(at time.Duration, frame lorawan.PHYPayload, slot Slot) []Action {
	body, ok := frame.MACPayload.(*lorawan.MACPayload)
	kind := frame.MHDR.MType
	if !ok || kind != lorawan.UnconfirmedDataDown && kind != lorawan.ConfirmedDataDown || body.FHDR.DevAddr != d.session.Address {
		d.counts.Foreign++
		return nil
	}
	full, freshness := d.down.Full(uint16(body.FHDR.FCnt))
	if freshness != otaa.Fresh {
		d.counts.Stale++
		return nil
	}
	body.FHDR.FCnt = full
	if ok, err := frame.ValidateDownlinkDataMIC(lorawan.LoRaWAN1_0, 0, d.session.Network); err != nil || !ok {
		d.counts.Forged++
		return nil
	}
	d.down.Advance(full)
	d.counts.Downlinks[slot]++
	d.settleWindows(slot)
	if body.FHDR.FCtrl.ACK && !d.acked {
		d.acked = true
		d.counts.Acked++
	}
	confirmed := kind == lorawan.ConfirmedDataDown
	if confirmed {
		d.counts.ConfirmedDowns++
		d.ackDue = true
	}
	d.hurry(at, slot)
	return d.receive(&frame, body, slot, confirmed)
}

// settleWindows closes those after the uplink: a device that was answered in RX1
// does not open RX2 (LoRaWAN 1.0.x, 3.3.4).
func (d *Device) settleWindows(slot Slot) {
	if slot == RXC {
		return
	}
	d.windows = nil
	if d.config.Class == ClassC {
		d.windows = []Window{d.always()}
	}
}

// hurry ends the waiting that an answer makes needless. What comes in class C's
// window answers an uplink only if it acknowledges it.
func (d *Device) hurry(at time.Duration, slot Slot) {
	switch {
	case d.tries > 0 && d.acked && (slot != RXC || d.message.Confirmed):
		d.finish(at)
	case d.state == idle && d.ackDue:
		d.next = min(d.next, at+d.between(repeatLeast, repeatMost))
	}
}

// receive hands application data over.
func (d *Device) receive(frame *lorawan.PHYPayload, body *lorawan.MACPayload, slot Slot, confirmed bool) []Action {
	if body.FPort == nil || *body.FPort == 0 || frame.DecryptFRMPayload(d.session.App) != nil {
		return nil
	}
	var data []byte
	for _, p := range body.FRMPayload {
		if plain, ok := p.(*lorawan.DataPayload); ok {
			data = append(data, plain.Bytes...)
		}
	}
	return []Action{Receive{Slot: slot, Counter: body.FHDR.FCnt, Confirmed: confirmed, Data: data}}
}
