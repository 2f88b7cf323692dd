package device

import (
	"fmt"
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// Waiting between join requests doubles each time, with a random part.
const (
	firstBackOff = 4 * time.Second
	backOffSteps = 5 // then it stays
)

// join sends a join request with a new DevNonce.
func (d *Device) join(at time.Duration) []Action {
	payload, err := d.joinRequest()
	if err != nil { // a device that can say nothing stays silent
		d.next = at + d.config.Period
		return nil
	}
	actions, sent := d.send(at, payload, Message{Join: true}, otaa.JoinDelay)
	if sent {
		d.state = joining
		d.tries++
		d.counts.JoinRequests++
	}
	return actions
}

func (d *Device) joinRequest() ([]byte, error) {
	c := d.config.Credentials
	frame := lorawan.PHYPayload{
		MHDR:       lorawan.MHDR{MType: lorawan.JoinRequest, Major: lorawan.LoRaWANR1},
		MACPayload: &lorawan.JoinRequestPayload{JoinEUI: c.JoinEUI, DevEUI: c.DevEUI, DevNonce: d.nonce},
	}
	if err := frame.SetUplinkJoinMIC(c.AppKey); err != nil {
		return nil, err
	}
	return frame.MarshalBinary()
}

// unanswered waits before the next join request, which has another nonce.
func (d *Device) unanswered(at time.Duration) []Action {
	d.state = unjoined
	d.nonce++
	wait := firstBackOff << min(d.tries-1, backOffSteps)
	d.next = at + d.between(wait/2, wait)
	return nil
}

// accept takes a join accept.
func (d *Device) accept(at time.Duration, frame lorawan.PHYPayload, slot Slot) []Action {
	if frame.MHDR.MType != lorawan.JoinAccept {
		d.counts.Foreign++
		return nil
	}
	if err := d.begins(&frame); err != nil {
		d.counts.Forged++
		return nil
	}
	d.counts.Downlinks[slot]++
	d.counts.Joins++
	d.nonce++
	d.state, d.tries = idle, 0
	d.next = at + d.between(shortestPause, d.config.Period)
	d.windows = nil
	if d.config.Class != ClassC {
		return nil
	}
	d.windows = []Window{d.always()}
	return []Action{Listen{d.windows[0]}}
}

// begins begins a session, or changes nothing.
func (d *Device) begins(frame *lorawan.PHYPayload) error {
	c := d.config.Credentials
	if err := frame.DecryptJoinAcceptPayload(c.AppKey); err != nil {
		return err
	}
	ok, err := frame.ValidateDownlinkJoinMIC(lorawan.JoinRequestType, c.JoinEUI, d.nonce, c.AppKey)
	if err != nil || !ok {
		return fmt.Errorf("join accept for another, or forged: %w", err)
	}
	accept, ok := frame.MACPayload.(*lorawan.JoinAcceptPayload)
	if !ok || accept.DLSettings.RX1DROffset != 0 {
		return fmt.Errorf("join accept with an RX1 offset, which this device does not have")
	}
	channels, err := otaa.Channels(d.config.Plan, accept.CFList)
	if err != nil {
		return err
	}
	session, err := otaa.Derive(c.AppKey, accept.DevAddr, accept.JoinNonce, accept.HomeNetID, d.nonce)
	if err != nil {
		return err
	}
	if err := d.setSecond(int(accept.DLSettings.RX2DataRate)); err != nil {
		return err
	}
	d.session, d.channels, d.delay = session, d.usable(channels), otaa.DataDelay(accept.RXDelay)
	d.up, d.down, d.acked, d.ackDue = 0, otaa.Counter{}, true, false
	return nil
}

// usable are the channels that the device's power is allowed on.
func (d *Device) usable(channels []radio.Hertz) []radio.Hertz {
	var list []radio.Hertz
	for _, f := range channels {
		if _, ok := d.config.Plan.SubBand(f, d.config.EIRP); ok {
			list = append(list, f)
		}
	}
	return list
}

// setSecond sets the rate of RX2.
func (d *Device) setSecond(number int) error {
	m, _ := d.config.Plan.DataRate(radio.Down, number)
	second, ok := m.(radio.LoRa)
	if !ok {
		return fmt.Errorf("%s has no LoRa downlink data rate %d", d.config.Plan.Name, number)
	}
	d.second = second
	return nil
}
