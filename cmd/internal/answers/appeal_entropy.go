package answers

import (
	"errors"
	"fmt"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// ErrEpochs says that evidence is of more epochs than an appeal has room for.
var ErrEpochs = errors.New("the evidence is of too many epochs")

// Complete puts the entropy of the evidence's slots into an appeal, in place of what was
// there: from verified epochs, else what more gives for a slot (nil: nothing). Whoever
// judges it then needs nothing else. ErrEpochs: name evidence of fewer epochs.
func (b *Book) Complete(f *witness.AppealFile, network radio.Network, timing witness.Timing, more func(witness.Slot) ([]radio.Signed, []witness.Value)) error {
	f.Anchors, f.Values = nil, nil
	done := map[witness.Epoch]bool{}
	for _, k := range frameSlots(f) {
		epoch := timing.Epoch(k)
		if done[epoch] {
			continue
		}
		done[epoch] = true
		anchors, values, err := b.Entropy(epoch)
		if errors.Is(err, ErrUnknown) {
			if err = nil; more != nil {
				anchors, values = more(k)
			}
		}
		if err != nil {
			return err
		}
		addEntropy(f, network, anchors, values)
		if len(f.Anchors) > witness.MaxAppealChains || len(f.Values) > witness.MaxAppealChains {
			return fmt.Errorf("%d and more: %w", len(done), ErrEpochs)
		}
	}
	return nil
}

// frameSlots are the slots of the frames that the appealing station has sent.
func frameSlots(f *witness.AppealFile) (slots []witness.Slot) {
	for _, s := range f.Evidence {
		if s.Station != f.Record.Station {
			continue
		}
		switch s.Kind {
		case radio.KindBeacon:
			if b, err := witness.ParseBeacon(s.Body); err == nil {
				slots = append(slots, b.Slot)
			}
		case radio.KindDiscovery:
			if d, err := witness.ParseDiscovery(s.Body); err == nil {
				slots = append(slots, d.Slot)
			}
		}
	}
	return slots
}

// addEntropy adds anchors once, and of values those that belong to one of them.
func addEntropy(f *witness.AppealFile, network radio.Network, anchors []radio.Signed, values []witness.Value) {
	for _, s := range anchors {
		same := func(o radio.Signed) bool { return o.ID(network) == s.ID(network) }
		a, err := witness.ParseAnchor(s.Body)
		if err != nil || slices.ContainsFunc(f.Anchors, same) {
			continue
		}
		f.Anchors = append(f.Anchors, s)
		for _, v := range values {
			if v.Revision == a.Revision && a.Covers(v.Slot) && !slices.Contains(f.Values, v) {
				f.Values = append(f.Values, v)
			}
		}
	}
}
