package sx1302

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
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

// longestGap is how long the chip may be left alone, less than a turn of its
// counter. After a longer time nobody can tell how many turns there were, nor how
// old a waiting frame is.
const longestGap = time.Minute

// poll takes all waiting frames out of the chip and reads its counter. It is to be
// called every 10 ms or so; after more than longestGap it is a StallError, so that
// a new session begins and no old timestamp passes for a fresh one. After an error the beginning of a packet that was kept is
// forgotten, and counted in what comes with the error.
//
// An idle poll is one exchange on the bus, another one fetches frames.
func (r *receiver) poll(ctx context.Context) (reception, error) {
	began := time.Now()
	p, err := r.read(ctx)
	if err == nil {
		err = r.keptPace()
	}
	if err != nil {
		return r.forget(), fmt.Errorf("receiving: %w", err)
	}
	r.polled = began
	return p, nil
}

// keptPace is an error if the poll that ends now comes too late after the one
// before, because the program was stopped or nobody took its uplinks.
func (r *receiver) keptPace() error {
	if gap := time.Since(r.polled); gap > longestGap {
		return &StallError{fmt.Sprintf("nobody read it for %v, times are lost", gap.Round(time.Second))}
	}
	return nil
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
	n := max(waitingBytes(r.look[0]), waitingBytes(r.look[1]))
	if n > RXFIFOSize {
		return 0, fmt.Errorf("the chip says %d bytes are waiting in its buffer of %d: it has lost power or the bus is disturbed", n, RXFIFOSize)
	}
	return n, nil
}

func waitingBytes(op hardware.Op) int {
	b := readData(op)
	return int(regWaitingHigh.of(b[0]))<<8 | int(b[1])
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
