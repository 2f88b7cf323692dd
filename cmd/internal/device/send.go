package device

import (
	"time"

	"hexspot/cmd/internal/otaa"
	"hexspot/radio"
)

// channel draws one that the duty cycle leaves free, another than the last if
// there is one. It is false, with the time to wait for, if there is none.
func (d *Device) channel(at time.Duration) (f radio.Hertz, ready time.Duration, ok bool) {
	var open []radio.Hertz
	for _, f := range d.channels {
		free := d.closed[d.band(f).Name]
		if free <= at {
			open = append(open, f)
		} else if ready == 0 || free < ready {
			ready = free
		}
	}
	if len(open) == 0 {
		return 0, ready, false
	}
	f = open[d.random.IntN(len(open))]
	for len(open) > 1 && f == d.last {
		f = open[d.random.IntN(len(open))]
	}
	return f, 0, true
}

func (d *Device) band(f radio.Hertz) radio.SubBand {
	band, _ := d.config.Plan.SubBand(f, d.config.EIRP) // Validate has looked
	return band
}

// send puts a frame on the air and opens the windows for its answer, or puts it
// off for the duty cycle; then it is false.
func (d *Device) send(at time.Duration, payload []byte, m Message, delay time.Duration) ([]Action, bool) {
	f, ready, ok := d.channel(at)
	if !ok {
		d.counts.Delayed++
		d.next = ready
		return nil, false
	}
	airtime := d.rate.TimeOnAir(len(payload))
	t := Transmit{
		Start: at, End: at + airtime, Frequency: f, Modulation: d.rate,
		EIRP: d.config.EIRP, Payload: payload, Message: m,
	}
	d.last, d.sentFrom, d.sentTo = f, t.Start, t.End
	d.counts.Transmissions++
	d.counts.Airtime += airtime
	d.rest(f, t.End, airtime)
	d.windows = d.answers(t, delay)
	d.next = d.answered(delay)
	actions := []Action{t}
	for _, w := range d.windows {
		actions = append(actions, Listen{w})
	}
	if d.config.Class == ClassC && d.session != (otaa.Session{}) {
		d.windows = append(d.windows, d.always())
	}
	return actions, true
}

// rest closes the sub-band for as long as its duty cycle asks for after a
// transmission: with 1 %, for 99 times as long as it lasted.
func (d *Device) rest(f radio.Hertz, end, airtime time.Duration) {
	if band := d.band(f); band.Limited() {
		d.closed[band.Name] = end + airtime*time.Duration(1000-band.Permille)/time.Duration(band.Permille)
	}
}

// answers are the windows after a transmission.
func (d *Device) answers(t Transmit, delay time.Duration) []Window {
	first := t.End + delay
	var list []Window
	if f, ok := d.config.Plan.RX1Frequency(t.Frequency); ok {
		m, _ := otaa.AnswerRate(d.config.Plan, d.rate) // Validate has looked
		list = append(list, openWindow(RX1, first, f, m))
	}
	return append(list, openWindow(RX2, first+otaa.SecondAfter, d.config.Plan.RX2.Frequency, d.second))
}

// longestAnswer is the size of the largest frame that is waited for: application
// data of 51 bytes.
const longestAnswer = 64

// answered is when an answer must have come in, if there is one.
func (d *Device) answered(delay time.Duration) time.Duration {
	w := openWindow(RX2, d.sentTo+delay+otaa.SecondAfter, 0, d.second)
	return w.Until + d.second.TimeOnAir(longestAnswer)
}

// always is class C's window.
func (d *Device) always() Window {
	return Window{Slot: RXC, Instant: d.sentTo, From: d.sentTo, Frequency: d.config.Plan.RX2.Frequency, Modulation: d.second}
}
