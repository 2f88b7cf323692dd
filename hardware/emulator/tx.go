package emulator

import "time"

// What a chain's FSM status register shows.
const (
	fsmFree      = 0x80
	fsmDelayed   = 0x91
	fsmGPS       = 0x92
	fsmRampingUp = 0x30
	fsmEmitting  = 0x60
)

// Trigger bits.
const (
	triggerImmediate = 1 << 0
	triggerDelayed   = 1 << 1
	triggerGPS       = 1 << 2
	triggers         = triggerImmediate | triggerDelayed | triggerGPS
)

// Bits of the AGC's status at run time, of chain A; chain B's are the next.
const (
	agcStartedA = 1 << 0
	agcBlockedA = 1 << 6
)

type phase uint8

const (
	phaseFree phase = iota
	phaseArmed
	phaseEmitting
)

// chain is one TX chain: its payload RAM and the state of its packet.
type chain struct {
	base    uint16
	payload [256]byte

	phase   phase
	waiting byte      // FSM status while armed
	fire    time.Time // when the trigger fires; zero: never
	end     time.Time // zero: when aborted
	current Transmission
	timer   *time.Timer
}

// trigger follows a write of a chain's trigger register: a bit that rises loads
// a packet, over one that waits; all bits low aborts.
func (c *Chip) trigger(t *chain, old, value byte, now time.Time) {
	rising := value &^ old & triggers
	switch {
	case value&triggers == 0:
		c.abort(t, now)
	case rising != 0:
		c.abort(t, now)
		c.arm(t, rising, now)
	}
}

func (c *Chip) arm(t *chain, rising byte, now time.Time) {
	t.phase, t.waiting = phaseArmed, fsmRampingUp
	switch {
	case rising&triggerDelayed != 0:
		t.waiting = fsmDelayed
	case rising&triggerGPS != 0:
		t.waiting = fsmGPS
	}
	t.fire = c.fires(t, now)
	c.settleChain(t, now)
	c.schedule(t, now)
}

// fires is when an armed chain's trigger will come, as things are; zero: never.
func (c *Chip) fires(t *chain, now time.Time) time.Time {
	switch {
	case t.waiting == fsmDelayed && !c.clock.frozen:
		ticks := c.clock.ticks(now)
		return c.clock.when(ticks + uint64(c.txWord(t, txTimer, 4)-uint32(ticks)))
	case t.waiting == fsmGPS && c.clock.pulsing:
		return nextPulse(now)
	case t.waiting == fsmRampingUp:
		return now
	}
	return time.Time{}
}

// rearm follows a change of the clock: what waits for it may wait for ever, or no
// longer.
func (c *Chip) rearm(now time.Time) {
	for i := range c.tx {
		t := &c.tx[i]
		if t.phase != phaseArmed {
			continue
		}
		t.unschedule()
		t.fire = c.fires(t, now)
		c.schedule(t, now)
	}
}

// settleChain moves a chain on to what it is at an instant.
func (c *Chip) settleChain(t *chain, now time.Time) {
	if t.phase == phaseArmed && !t.fire.IsZero() && !now.Before(t.fire) {
		c.begin(t)
	}
	if t.phase == phaseEmitting && !t.end.IsZero() && !now.Before(t.end) {
		c.finish(t)
	}
}

// begin takes the packet as the registers describe it when the trigger fires.
func (c *Chip) begin(t *chain) {
	out, delay, ok := c.describe(t)
	if !ok || !c.canEmit(out.Chain) {
		c.violateWrite(violTx, t.base+txTrigger, c.register(t.base+txTrigger))
		t.phase = phaseFree
		return
	}
	if c.faults.ChannelBusy {
		c.agc.status |= agcBlockedA << out.Chain
		t.phase = phaseFree
		return
	}
	c.checkSettings(t, out.Modulation)
	out.Conducted = out.Power.conducted(c.config.Gain)
	out.StartAt = t.fire.Add(durationOf(delay))
	out.StartCounter = (c.clock.ticks(t.fire) + delay) / ticksPerMicro
	t.phase, t.current, t.end = phaseEmitting, out, time.Time{}
	if _, endless := out.Modulation.(Carrier); !endless {
		t.end = out.StartAt.Add(out.Duration)
	}
	c.watch.began(out)
	if c.lbtOn {
		c.agc.status |= agcStartedA << out.Chain
	}
}

// canEmit: the AGC firmware is what switches radio and amplifier.
func (c *Chip) canEmit(chain int) bool {
	return c.agcReady && c.agc.running && c.radioRuns(chain) && c.register(regGenEnable)&genGlobal != 0
}

func (c *Chip) finish(t *chain) {
	t.phase = phaseFree
	c.sent.publish(t.current)
}

// abort frees a chain. A packet on the air is cut short.
func (c *Chip) abort(t *chain, now time.Time) {
	c.settleChain(t, now)
	t.unschedule()
	if t.phase == phaseEmitting {
		t.current.Aborted = true
		t.current.Duration = max(now.Sub(t.current.StartAt), 0)
		c.watch.cut(t.current)
		if t.current.Duration > 0 {
			c.sent.publish(t.current)
		}
	}
	t.phase = phaseFree
}

// schedule sees to it that a transmission is reported when it ends, even if
// nobody asks for the chain's status.
func (c *Chip) schedule(t *chain, now time.Time) {
	next := t.fire
	if t.phase == phaseEmitting {
		next = t.end
	}
	if t.phase == phaseFree || next.IsZero() {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(next.Sub(now), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if t.timer != timer {
			return
		}
		now := time.Now()
		c.settleChain(t, now)
		c.schedule(t, now)
	})
	t.timer = timer
}

func (t *chain) unschedule() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
}

// status is the FSM status register.
func (t *chain) status(now time.Time) byte {
	switch {
	case t.phase == phaseFree:
		return fsmFree
	case t.phase == phaseArmed:
		return t.waiting
	case now.Before(t.current.StartAt):
		return fsmRampingUp
	}
	return fsmEmitting
}

// txWord is a register of up to four bytes, most significant first.
func (c *Chip) txWord(t *chain, offset uint16, bytes uint16) uint32 {
	var v uint32
	for i := range bytes {
		v = v<<8 | uint32(c.register(t.base+offset+i))
	}
	return v
}

func (c *Chip) txByte(t *chain, offset uint16) byte { return c.register(t.base + offset) }
