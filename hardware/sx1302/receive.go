package sx1302

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"hexspot/hardware"
	"hexspot/radio"
)

// The receive side's registers.
const (
	rxBuffer      = 0x4000 // pops: the address does not count up
	rxWaiting     = 0x58C8 // 13 bits: bytes in the buffer
	rxWaitingMask = 0x1FFF
	counterLatch  = 0x6101 // 4 bytes latched at the PPS, then 4 of the running counter

	rxBufferSize = 4096
	readHeader   = 4    // bytes of a read frame before the data
	readChunk    = 1024 // data bytes of a frame that every spidev accepts
)

// reception is what one poll of the receive side found.
type reception struct {
	uplinks []radio.Uplink
	counts  rxCounts
	now     radio.Timestamp // of the counter, read after the buffer
	counter uint32          // the same as the chip has it, 32 MHz
	pps     uint32          // counter at the latest PPS; stays when GPS is lost
}

// rxCounts says what became of what the modems delivered.
type rxCounts struct {
	FIFOReport
	OffPlan     int // packets of a channel that is off, dropped
	CRCMismatch int // packets whose CRC the modem had called good, marked bad
	Twins       int // second copies of a frame, dropped
}

// Add adds other counts.
func (c *rxCounts) Add(other rxCounts) {
	c.FIFOReport.Add(other.FIFOReport)
	c.OffPlan += other.OffPlan
	c.CRCMismatch += other.CRCMismatch
	c.Twins += other.Twins
}

// receiver reads frames out of the chip. It is made anew at every boot of the
// chip, with a new session, and belongs to the goroutine that owns the bus.
type receiver struct {
	bus   hardware.Bus
	setup rxSetup
	clock *radio.Unwrapper

	level       [2]float64 // what to add to each radio's raw RSSI, dB
	modulations map[radio.LoRa]radio.Modulation
	fsk, fskRaw radio.Modulation // with and without CRC

	stream  [largestPacket + rxBufferSize]byte
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
	if setup.channels[fskChannel].frequency != 0 && setup.bitRate == 0 {
		return nil, errors.New("the FSK channel has no bit rate")
	}
	r := &receiver{
		bus: bus, setup: setup, clock: clock,
		modulations: make(map[radio.LoRa]radio.Modulation),
		fsk:         radio.FSK{BitRate: setup.bitRate},
		fskRaw:      radio.FSK{BitRate: setup.bitRate, NoCRC: true},
		counters:    []hardware.Op{readOp(counterLatch, 8), readOp(counterLatch, 8)},
		look:        []hardware.Op{readOp(rxWaiting, 2), readOp(rxWaiting, 2), readOp(counterLatch, 8), readOp(counterLatch, 8)},
	}
	for range rxBufferSize / readChunk {
		r.chunks = append(r.chunks, readOp(rxBuffer, readChunk))
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

// setTemperature adapts the RSSI to the board's temperature in degrees Celsius.
func (r *receiver) setTemperature(celsius float64) {
	for i, c := range r.setup.chains {
		r.level[i] = c.rssiOffset + c.curve.at(celsius)
	}
}

// poll takes all waiting frames out of the chip and reads its counter. It is to be
// called every 10 ms or so, and at least once a minute, or times lose count of the
// counter's turns. After an error the beginning of a packet that was kept is
// forgotten, and counted in what comes with the error.
//
// An idle poll is one exchange on the bus, another one fetches frames.
func (r *receiver) poll(ctx context.Context) (reception, error) {
	p, err := r.read(ctx)
	if err != nil {
		return r.forget(), fmt.Errorf("receiving: %w", err)
	}
	return p, nil
}

func (r *receiver) forget() (lost reception) {
	if r.kept > 0 {
		lost.counts.drop(DropTruncated, r.kept)
	}
	r.kept, r.earlier = 0, nil
	return lost
}

func (r *receiver) read(ctx context.Context) (reception, error) {
	waiting, err := r.waiting(ctx)
	if err != nil {
		return reception{}, err
	}
	counters := r.look[2:]
	if waiting > 0 {
		if counters, err = r.take(ctx, waiting); err != nil {
			return reception{}, err
		}
	}
	p, err := r.readCounter(ctx, counters)
	if err != nil {
		return reception{}, err
	}
	r.parse(&p, waiting)
	return p, nil
}

// waiting is how many bytes the buffer holds. The two bytes of the count are not
// read at the same instant, so a reading may be too small, never too large; what
// it leaves behind is fetched by the next poll.
func (r *receiver) waiting(ctx context.Context) (int, error) {
	if err := r.bus.Do(ctx, r.look...); err != nil {
		return 0, fmt.Errorf("reading how much is waiting: %w", err)
	}
	n := max(binary.BigEndian.Uint16(readData(r.look[0]))&rxWaitingMask,
		binary.BigEndian.Uint16(readData(r.look[1]))&rxWaitingMask)
	if n > rxBufferSize {
		return 0, fmt.Errorf("the chip says %d bytes are waiting in its buffer of %d: it has lost power or the bus is disturbed", n, rxBufferSize)
	}
	return int(n), nil
}

// take moves n bytes from the chip's buffer behind those kept, and reads the
// counter after them.
func (r *receiver) take(ctx context.Context, n int) (counters []hardware.Op, err error) {
	ops := r.fetch[:0]
	for left := n; left > 0; left -= readChunk {
		op := r.chunks[len(ops)]
		size := readHeader + min(left, readChunk)
		op.Out, op.In = op.Out[:size], op.In[:size]
		ops = append(ops, op)
	}
	chunks := len(ops)
	ops = append(ops, r.counters...)
	r.fetch = ops
	if err := r.bus.Do(ctx, ops...); err != nil {
		return nil, fmt.Errorf("fetching %d waiting bytes: %w", n, err)
	}
	at := r.kept
	for _, op := range ops[:chunks] {
		at += copy(r.stream[at:], readData(op))
	}
	return ops[chunks:], nil
}

// readCounter makes one reading of two. The chip does not latch all bytes for a
// read; if a high byte changed in between, a third reading counts, else the first
// (public HAL, loragw_sx1302_timestamp.c).
func (r *receiver) readCounter(ctx context.Context, twice []hardware.Op) (reception, error) {
	good, again := readData(twice[0]), readData(twice[1])
	if good[0] != again[0] || good[4] != again[4] {
		if err := r.bus.Do(ctx, r.counters[:1]...); err != nil {
			return reception{}, fmt.Errorf("reading the counter: %w", err)
		}
		good = readData(r.counters[0])
	}
	counter := binary.BigEndian.Uint32(good[4:])
	return reception{
		counter: counter,
		pps:     binary.BigEndian.Uint32(good),
		now:     r.clock.Advance(uint64(counter)),
	}, nil
}

// parse makes uplinks of what is in the stream after fetched more bytes. A packet
// that began but did not go on since the poll before is given up.
func (r *receiver) parse(p *reception, fetched int) {
	stream := r.stream[:r.kept+fetched]
	packets, rest, report := parseFIFO(r.packets[:0], stream, fetched == 0)
	p.counts.FIFOReport = report
	if len(packets) > 0 {
		r.convert(p, packets)
	}
	r.packets = packets
	r.kept = copy(r.stream[:], rest)
}
