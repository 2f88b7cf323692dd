package lns

import (
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/radio"
)

// Event is what happens to a server: Uplink, Ack, Report or Tick.
type Event interface{ event() }

// Tick tells that it is time; Server.Next says when that is.
type Tick struct{}

// Uplink is a frame that a gateway heard.
type Uplink struct {
	Gateway    radio.EUI
	Context    []byte // to be echoed in the answer
	Frequency  radio.Hertz
	Modulation radio.Modulation
	RSSI       radio.DBm
	SNR        radio.DB
	Payload    []byte // PHYPayload
}

// Ack is a gateway's answer to a command.
type Ack struct {
	Gateway  radio.EUI
	ID       uint32
	Statuses []radio.TxStatus // of the command's items
}

// Report is how an accepted command ended.
type Report struct {
	Gateway   radio.EUI
	ID        uint32
	Item      int
	Outcome   radio.EmissionOutcome
	Cause     string // in words, if it was not emitted
	Frequency radio.Hertz
	EIRP      radio.DBm
	Airtime   time.Duration
	Lead      time.Duration // left when the radio held the frame
	HasLead   bool
}

// Action is what a server does or tells: Command, Packet, Delivery or Downlink.
type Action interface{ action() }

// Command asks a gateway for a transmission. At most one of the items is emitted.
type Command struct {
	Gateway radio.EUI
	ID      uint32
	Context []byte // of the uplink that is answered; none: class C
	Items   []Item // in order of preference
}

// Item is one way to send a downlink.
type Item struct {
	Slot       Slot
	Payload    []byte
	Frequency  radio.Hertz
	Modulation radio.LoRa
	EIRP       radio.DBm
	Delay      time.Duration // after the uplink; class C has none
}

// Slot says when an item is sent.
type Slot uint8

// The slots of items.
const (
	RX1 Slot = iota + 1
	RX2
	Immediate
)

// String gives "RX1", "RX2" or "at once".
func (s Slot) String() string {
	if s < RX1 || s > Immediate {
		return "unknown"
	}
	return [...]string{RX1: "RX1", RX2: "RX2", Immediate: "at once"}[s]
}

// Packet is a frame as all gateways together heard it.
type Packet struct {
	Best      Uplink
	Gateways  int // that heard it
	Kind      PacketKind
	Device    lorawan.EUI64 // zero if it is none of ours
	Confirmed bool
}

// PacketKind says what a frame was.
type PacketKind uint8

// The kinds of packets.
const (
	Unknown  PacketKind = iota // of no device of ours, forged, or no uplink
	Join                       // a join request
	JoinSeen                   // a join request with a used nonce
	Data                       // a new message
	Again                      // a message that had come before
	Old                        // a counter that is used up, or too far ahead
)

// String gives the kind in words.
func (k PacketKind) String() string {
	return [...]string{
		Unknown: "Not ours", Join: "Join request", JoinSeen: "Join request, used nonce",
		Data: "Up", Again: "Up, again", Old: "Up, old counter",
	}[min(k, Old)]
}

// Delivery is a new message of a device, for its application.
type Delivery struct {
	Device    lorawan.EUI64
	Counter   uint32
	Confirmed bool
	Port      uint8
	Data      []byte
}

// Downlink tells how a command ended; the ledger has closed it.
type Downlink struct{ Entry Entry }

func (Tick) event()      {}
func (Uplink) event()    {}
func (Ack) event()       {}
func (Report) event()    {}
func (Command) action()  {}
func (Packet) action()   {}
func (Delivery) action() {}
func (Downlink) action() {}
