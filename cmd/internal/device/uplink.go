package device

import (
	"time"

	"github.com/brocaar/lorawan"
)

// A confirmed message is sent at most so often (NbTrans of LoRaWAN 1.0.x is 8),
// with a pause of 1 to 3 s after its windows (ACK_TIMEOUT).
const (
	triesMost   = 8
	repeatLeast = 1 * time.Second
	repeatMost  = 3 * time.Second
)

// begin makes a new message and sends it.
func (d *Device) begin(at time.Duration) []Action {
	if d.tries == 0 {
		d.message = Message{Counter: d.up, Confirmed: d.random.Float64() < d.config.Confirmed, Ack: d.ackDue, Data: d.values()}
		d.acked = !d.message.Confirmed
	}
	return d.transmit(at)
}

// transmit sends the message, for the first time or again.
func (d *Device) transmit(at time.Duration) []Action {
	d.message.Repeat = d.tries > 0
	payload, err := d.dataUp()
	if err != nil { // a device that can say nothing stays silent
		d.next = at + d.config.Period
		return nil
	}
	actions, sent := d.send(at, payload, d.message, d.delay)
	if !sent {
		return nil
	}
	d.state = answering
	d.countSent()
	d.tries++
	return actions
}

func (d *Device) countSent() {
	if d.message.Repeat {
		d.counts.Repeats++
		return
	}
	d.counts.Uplinks++
	if d.message.Confirmed {
		d.counts.Confirmed++
	}
	if d.message.Ack {
		d.counts.AcksSent++
		d.ackDue = false
	}
}

// settle is what comes after the windows: the message again, or its end.
func (d *Device) settle(at time.Duration) []Action {
	d.state = idle
	if !d.acked && d.tries < triesMost {
		d.next = at + d.between(repeatLeast, repeatMost)
		return nil
	}
	if !d.acked {
		d.counts.Unacked++
	}
	d.finish(at)
	return nil
}

// finish ends a message; the next comes soon if it is to acknowledge something.
func (d *Device) finish(at time.Duration) {
	d.state, d.tries = idle, 0
	d.up++
	d.next = at + shortestPause + time.Duration(d.random.ExpFloat64()*float64(d.config.Period-shortestPause)).Round(time.Microsecond)
	if d.ackDue {
		d.next = at + d.between(repeatLeast, repeatMost)
	}
}

// values are a sensor's, at slow rates no more than the 11 bytes that any region's
// dwell time allows.
func (d *Device) values() []byte {
	more := 40
	if d.rate.SF >= 10 {
		more = 8
	}
	values := make([]byte, 4+d.random.IntN(more))
	for i := range values {
		values[i] = byte(d.random.Uint32())
	}
	return values
}

// port is where devices send their application data.
const port = 2

func (d *Device) dataUp() ([]byte, error) {
	kind, fPort := lorawan.UnconfirmedDataUp, uint8(port)
	if d.message.Confirmed {
		kind = lorawan.ConfirmedDataUp
	}
	frame := lorawan.PHYPayload{
		MHDR: lorawan.MHDR{MType: kind, Major: lorawan.LoRaWANR1},
		MACPayload: &lorawan.MACPayload{
			FHDR:       lorawan.FHDR{DevAddr: d.session.Address, FCtrl: lorawan.FCtrl{ACK: d.message.Ack}, FCnt: d.message.Counter},
			FPort:      &fPort,
			FRMPayload: []lorawan.Payload{&lorawan.DataPayload{Bytes: d.message.Data}},
		},
	}
	if err := frame.EncryptFRMPayload(d.session.App); err != nil {
		return nil, err
	}
	if err := frame.SetUplinkDataMIC(lorawan.LoRaWAN1_0, 0, 0, 0, d.session.Network, d.session.Network); err != nil {
		return nil, err
	}
	return frame.MarshalBinary()
}
