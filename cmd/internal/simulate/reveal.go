package simulate

import (
	"hexspot/radio"
	"hexspot/witness"
)

// anchor is an epoch's, signed by the network.
func (w *world) anchor(e witness.Epoch, chain *witness.Chain, parameters [32]byte) (Record, error) {
	from, to := w.timing.Slots(e)
	body := witness.Anchor{From: from, To: to, Timing: w.timing, Parameters: parameters, X0: chain.X0()}
	signed, err := radio.Sign(w.operator, w.network, radio.KindAnchor, body.Append(nil))
	if err != nil {
		return Record{}, err
	}
	return Record{signed, body.Begins() - 3_600_000}, nil
}

// revealDelay is how long after its slot's start a value is out, ms.
const revealDelay = 30

// reveal gives the entropy of the epoch, and of the next as far as the slot that the
// freeze is in and one more: the first value after the freeze.
func (d *day) reveal(keeper Keeper, parameters [32]byte) error {
	t := d.world.timing
	last := t.SlotAt(t.Freezes(d.epoch)) + 1
	for e := d.epoch; e <= t.Epoch(last); e++ {
		chain, err := d.world.chainOf(e)
		if err != nil {
			return err
		}
		anchor, err := d.world.anchor(e, chain, parameters)
		if err != nil {
			return err
		}
		if err := keeper.Entropy(string(radio.KindAnchor), anchor.Receive, anchor.Signed.Append(nil)); err != nil {
			return err
		}
		from, to := t.Slots(e)
		for k := from; k < min(to, last+1); k++ {
			value, _ := chain.Value(k)
			message := witness.AppendValues(nil, []witness.Value{{Slot: k, Entropy: value}})
			if err := keeper.Entropy("value", t.Start(k)+revealDelay, message); err != nil {
				return err
			}
		}
	}
	return nil
}
