package sx1302

import (
	"cmp"
	"slices"

	"hexspot/hardware"
	"hexspot/radio"
)

// txLoad is the exchange that puts a frame into a chain and looks at what the chain
// makes of it. The trigger is cleared first, so that nothing else is on its way, and
// set last.
type txLoad struct {
	ops  []hardware.Op
	mark hardware.Op // counter just before the trigger
}

func newTXLoad(c txChain, f txFrame, look lookout) (txLoad, error) {
	l := txLoad{mark: readCounters()}
	memory := writeOp(TXPayloadA+uint16(c.number)*TXChainStep, f.memory...)
	settings := append(slices.Clone(f.settings), c.timer(f)...)
	slices.SortStableFunc(settings, func(a, b setting) int { return cmp.Compare(a.field.Address, b.field.Address) })
	settings = append(settings, setting{regTXWriteBuffer.on(c.number), 1})
	for _, part := range []struct {
		settings []setting
		then     []hardware.Op
	}{
		{c.clear(), nil},
		{settings, []hardware.Op{memory}},
		{c.rows(setting{regTXWriteBuffer, 0}), []hardware.Op{l.mark}},
		{c.rows(setting{triggerOf(f.trigger), 1}), look.ops()},
	} {
		var w window
		w.add(part.settings...)
		ops, err := w.ops()
		if err != nil {
			return l, err
		}
		l.ops = append(append(l.ops, ops...), part.then...)
	}
	return l, nil
}

// clear takes back the triggers, which ends what the chain is about.
func (c txChain) clear() []setting {
	return c.rows(setting{regTXTriggerNow, 0}, setting{regTXTriggerDelayed, 0}, setting{regTXTriggerGPS, 0})
}

func triggerOf(t radio.Trigger) Field {
	switch {
	case !t.At.IsZero():
		return regTXTriggerDelayed
	case t.OnPulse:
		return regTXTriggerGPS
	}
	return regTXTriggerNow
}

// timer is the counter at the trigger.
func (c txChain) timer(f txFrame) []setting {
	if f.trigger.At.IsZero() {
		return nil
	}
	ticks := uint32(f.trigger.At.Micros*32) - f.delay
	var list []setting
	for i, row := range regTXTimer {
		list = append(list, setting{row.on(c.number), byte(ticks >> (24 - 8*i))})
	}
	return list
}

// flight is the frame after the exchange. The start of one that waited for nothing
// is measured: the trigger was set between two readings of the counter, and is taken
// to have been half-way.
func (l txLoad) flight(f txFrame, look lookout, clock *radio.Unwrapper) *flight {
	mark, next := counterOf(l.mark), counterOf(look.before)
	flight := &flight{
		frame: f, armed: clock.Stamp(uint64(mark)), loaded: clock.Stamp(uint64(counterOf(look.after))),
		start: f.trigger.At,
	}
	if f.trigger == (radio.Trigger{}) {
		flight.start = clock.Stamp(uint64(mark + (next-mark)/2 + f.delay))
	}
	return flight
}
