package device

import (
	"time"

	"hexspot/radio"
)

// Event is what happens to a device: Tick or Heard.
type Event interface{ event() }

// Tick tells that it is time; Device.Next says when that is.
type Tick struct{}

// Heard is a frame that was on the air near the device, told at its end.
type Heard struct {
	Start      time.Duration // of the first symbol
	Frequency  radio.Hertz
	Modulation radio.LoRa
	Payload    []byte
}

// Action is what a device does: Transmit, Listen or Receive.
type Action interface{ action() }

// Transmit puts a frame on the air at once.
type Transmit struct {
	Start      time.Duration
	End        time.Duration // Start and the time on air
	Frequency  radio.Hertz
	Modulation radio.LoRa
	EIRP       radio.DBm
	Payload    []byte // PHYPayload
	Message    Message
}

// Message is what a transmission says, before encryption.
type Message struct {
	Join      bool // a join request; the rest is zero
	Confirmed bool
	Repeat    bool   // the same message once more
	Ack       bool   // it acknowledges a downlink
	Counter   uint32 // FCntUp
	Data      []byte
}

// Listen opens a receive window.
type Listen struct{ Window Window }

// Receive tells that a new downlink with application data came in.
type Receive struct {
	Slot      Slot
	Counter   uint32 // FCntDown
	Confirmed bool
	Data      []byte
}

func (Tick) event()      {}
func (Heard) event()     {}
func (Transmit) action() {}
func (Listen) action()   {}
func (Receive) action()  {}

// Slot names a receive window.
type Slot uint8

// The windows: the first and the second after an uplink, and class C's, which is
// always open.
const (
	RX1 Slot = iota
	RX2
	RXC
	slots
)

// String gives "RX1", "RX2" or "class C".
func (s Slot) String() string {
	return [...]string{RX1: "RX1", RX2: "RX2", RXC: "class C"}[min(s, RXC)]
}

// Window is when and how a device listens. A frame is received if its first
// symbol comes between From and Until.
type Window struct {
	Slot       Slot
	Instant    time.Duration // that the network is to aim at
	From       time.Duration
	Until      time.Duration // zero: no end
	Frequency  radio.Hertz
	Modulation radio.LoRa
}

// How exactly a network has to aim (LoRaWAN 1.0.x, 3.3: 20 microseconds), and how
// many symbols of a preamble a receiver needs to notice it.
const (
	tolerance     = 20 * time.Microsecond
	symbolsEnough = 6
)

// openWindow is a window around an instant.
func openWindow(slot Slot, instant time.Duration, f radio.Hertz, m radio.LoRa) Window {
	return Window{
		Slot: slot, Instant: instant, Frequency: f, Modulation: m,
		From: instant - tolerance, Until: instant + tolerance + symbolsEnough*m.SymbolTime(),
	}
}

// Hears says whether a frame that starts so is received in the window. Preamble
// and code rate do not matter: the header has them.
func (w Window) Hears(start time.Duration, f radio.Hertz, m radio.LoRa) bool {
	return start >= w.From && (w.Until == 0 || start <= w.Until) && w.tunes(f) &&
		m.SF == w.Modulation.SF && m.Bandwidth == w.Modulation.Bandwidth && m.InvertIQ == w.Modulation.InvertIQ
}

// tunes: transmitters make a frequency in steps and with an error; a receiver is
// off by up to a quarter of the bandwidth without harm (SX1276 datasheet, 4.1.1).
func (w Window) tunes(f radio.Hertz) bool {
	away := int64(f) - int64(w.Frequency)
	return max(away, -away) <= int64(w.Modulation.Bandwidth/4)
}
