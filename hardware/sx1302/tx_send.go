package sx1302

import (
	"context"
	"time"

	"hexspot/radio"
)

// Send transmits a frame: it is loaded at once, or when the frame of an earlier call
// has ended, and Send returns when its own has. The end of ctx aborts it, before or
// during emission. The outcome is what was seen of the chip:
//
//   - Emitted: the chip was seen to send it, or to wait for its time and to be done
//     after the frame's end; all of it was on the air.
//   - Aborted: by ctx, or by the end of Run.
//   - Missed: its time was past when it was loaded, or no GPS pulse came in 2 s.
//   - Unusable: what the chip cannot send, less power than its lowest level, a time
//     more than a minute ahead. Nothing was loaded.
//   - Faulted: the chip does not run or was started anew (so that the time of the
//     frame means nothing any more), the bus broke, or the chip did not do as told.
//   - Blocked: the AGC found the channel busy. It looks only with listen before talk
//     on, which this driver leaves off.
//
// Power is the table's level that is asked for or the next below. The start of a
// frame for an instant is that instant; that of one for a pulse is the pulse as the
// chip latched it, and the chain's delay (1.5 ms; none for FSK); that of one which
// waits for nothing is measured, to half of what the bus takes for two operations.
func (c *Concentrator) Send(ctx context.Context, t radio.Transmission) radio.Emission {
	frame, err := c.chain.frame(t)
	if err != nil {
		return radio.Emission{Outcome: radio.Unusable, Cause: err.Error()}
	}
	job := &txJob{ctx: ctx, frame: frame, result: make(chan radio.Emission, 1)}
	never := radio.Emission{Outcome: radio.Faulted, Cause: "the concentrator does not run", Conducted: frame.gain.Power}
	x := c.transmitter()
	if x == nil {
		return never
	}
	select {
	case x.jobs <- job:
		return <-job.result
	case <-x.gone:
		return never
	case <-ctx.Done():
		never.Outcome, never.Cause = radio.Aborted, "given up before it was loaded"
		return never
	}
}

// Now is the counter at this moment: its latest reading, and the host's time since.
// It is never behind the counter by more than quartzes differ in 10 ms, and ahead by
// no more than an exchange on the bus takes. There is none while the chip does not
// run.
func (c *Concentrator) Now() radio.Timestamp {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counter.now()
}

// reading is the counter, and when it was read.
type reading struct {
	counter radio.Timestamp
	host    time.Time // before the reading
}

func (r reading) now() radio.Timestamp { return r.counter.Add(time.Since(r.host)) }

func (c *Concentrator) transmitter() *transmitter {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tx
}

// attach begins the use of a running chip, which was read at r, by others.
func (c *Concentrator) attach(x *transmitter, r reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tx, c.counter = x, r
}

// detach ends it.
func (c *Concentrator) detach() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tx, c.counter, c.pulses = nil, reading{}, pulses{}
}
