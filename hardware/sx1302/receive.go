package sx1302

import (
	"encoding/binary"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

const (
	readHeader = 4    // bytes of a read frame before the data
	readChunk  = 1024 // data bytes of a frame that every spidev accepts
)

// receiver reads frames out of the chip. It is made anew at every boot of the
// chip, with a new session, and belongs to the goroutine that owns the bus.
type receiver struct {
	bus   hardware.Bus
	setup rxSetup
	clock *radio.Unwrapper

	level       [2]float64 // what to add to each radio's raw RSSI, dB
	modulations map[radio.LoRa]radio.Modulation
	fsk, fskRaw radio.Modulation // with and without CRC

	stream  [largestPacket + RXFIFOSize]byte
	polled  time.Time      // when the latest poll began
	kept    int            // bytes of stream waiting for the rest of their packet
	packets []Packet       // room for those of one poll
	earlier []radio.Uplink // of the poll before that heard any, in fine timestamp mode

	look     []hardware.Op // twice the size, twice the counter
	chunks   []hardware.Op // the whole buffer in frames of readChunk
	counters []hardware.Op // twice the counter
	fetch    []hardware.Op // room for some chunks and the counters
}

// newReceiver makes a receiver for a chip that has just been started. A session is
// a random number other than zero.
func newReceiver(bus hardware.Bus, setup rxSetup, session uint64) (*receiver, error) {
	clock, err := radio.NewUnwrapper(session, radio.SX1302Counter())
	if err != nil {
		return nil, err
	}
	if err := setup.validate(); err != nil {
		return nil, err
	}
	r := &receiver{
		bus: bus, setup: setup, clock: clock, polled: time.Now(),
		modulations: make(map[radio.LoRa]radio.Modulation),
		fsk:         radio.FSK{BitRate: setup.bitRate},
		fskRaw:      radio.FSK{BitRate: setup.bitRate, NoCRC: true},
		counters:    []hardware.Op{readCounters(), readCounters()},
		look:        []hardware.Op{readWaiting(), readWaiting(), readCounters(), readCounters()},
	}
	for range RXFIFOSize / readChunk {
		r.chunks = append(r.chunks, readOp(RXFIFO, readChunk))
	}
	r.setTemperature(25) // degrees Celsius, of a board without a sensor
	return r, nil
}

// readOp reads n bytes from an address; they are behind In's header.
func readOp(address uint16, n int) hardware.Op {
	out := make([]byte, readHeader+n)
	binary.BigEndian.PutUint16(out[1:], address)
	return hardware.Op{Target: hardware.SX1302, Out: out, In: make([]byte, len(out))}
}

func readData(op hardware.Op) []byte { return op.In[readHeader:] }

// readWaiting reads how many bytes are in the RX FIFO.
func readWaiting() hardware.Op { return readOp(regWaitingHigh.Address, 2) }

// readCounters reads the counter latched at the PPS and the running one behind it.
func readCounters() hardware.Op { return readOp(regPPSLatch[0].Address, 8) }

// setTemperature adapts the RSSI to the board's temperature in degrees Celsius.
func (r *receiver) setTemperature(celsius float64) {
	for i, c := range r.setup.chains {
		r.level[i] = c.rssiOffset + c.curve.at(celsius)
	}
}
