package sx1302

import (
	"context"
	"fmt"
	"time"

	"hexspot/hardware"
	"hexspot/radio"
)

// health is what a look at the running chip found. A receiver can stall and say
// nothing: the HAL does not look (its issue 154).
type health struct {
	agcControl, agcStatus byte // registers
	arbControl, arbStatus byte

	counter       radio.Timestamp
	pps           uint32    // 32 MHz counter at the latest pulse
	before, after time.Time // host's clock around the reading
}

// agcTransmitting are the bits of the AGC's status that come and go with
// transmissions: started on A and B, blocked on A and B. Any other is a fault, 0x14
// the one that is known.
const agcTransmitting = 1<<0 | 1<<1 | 1<<6 | 1<<7

// counterSlack is how far the chip's counter may be from the host's clock over one
// look and the next. Quartzes differ by microseconds; a suspended host, or a
// counter read wrongly, by more than this.
const counterSlack = time.Second

// faults are the signs of a stall, with the cause to name.
var faults = []struct {
	cause string
	bad   func(then, now health) bool
}{
	{"the AGC found a parity error in its program", func(_, h health) bool { return regAGCParity.of(h.agcControl) != 0 }},
	{"the ARB found a parity error in its program", func(_, h health) bool { return regARBParity.of(h.arbControl) != 0 }},
	{"the AGC's status", func(_, h health) bool { return h.agcStatus&^agcTransmitting != 0 }},
	{"the ARB has restarted and waits to be set up", func(_, h health) bool { return h.arbStatus == started }},
	{"the counter stands still", func(then, h health) bool { return elapsed(then, h) < h.before.Sub(then.after)-counterSlack }},
	{"the counter has jumped", func(then, h health) bool { return elapsed(then, h) > h.after.Sub(then.before)+counterSlack }},
}

// judgeHealth names every fault, in one StallError.
func judgeHealth(then, now health) error {
	var cause string
	for _, f := range faults {
		if !f.bad(then, now) {
			continue
		}
		if cause != "" {
			cause += ", "
		}
		cause += f.cause
	}
	if cause == "" {
		return nil
	}
	return &StallError{fmt.Sprintf("%s (AGC status %02X, ARB status %02X)", cause, now.agcStatus, now.arbStatus)}
}

func elapsed(then, now health) time.Duration {
	d, _ := now.counter.Sub(then.counter)
	return d
}

// examine takes a look at a running chip.
func (r *receiver) examine(ctx context.Context) (health, error) {
	agc, arb := readOp(regAGCParity.Address, 2), readOp(regARBParity.Address, 2)
	h := health{before: time.Now()}
	if err := r.bus.Do(ctx, append([]hardware.Op{agc, arb}, r.counters...)...); err != nil {
		return h, fmt.Errorf("looking after the chip: %w", err)
	}
	h.after = time.Now()
	p, err := r.readCounter(ctx, r.counters)
	if err != nil {
		return h, err
	}
	h.agcControl, h.agcStatus = readData(agc)[0], readData(agc)[1]
	h.arbControl, h.arbStatus = readData(arb)[0], readData(arb)[1]
	h.counter, h.pps = p.now, p.pps
	return h, nil
}
