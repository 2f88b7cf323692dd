package network

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"hexspot/cmd/internal/answers"
	"hexspot/cmd/internal/web"
	"hexspot/radio"
	"hexspot/witness"
)

// complete puts the entropy of the evidence's slots into an appeal, in place of what was
// there: from the results of verified epochs, else from what is public now. The verifier
// then needs nothing but the journal's entry.
func (d *appealDesk) complete(f *witness.AppealFile) error {
	f.Anchors, f.Values = nil, nil
	done := map[witness.Epoch]bool{}
	for _, k := range frameSlots(f) {
		epoch := d.schedule.Epoch(k)
		if done[epoch] {
			continue
		}
		done[epoch] = true
		anchors, values, err := d.book.Entropy(epoch)
		if errors.Is(err, answers.ErrUnknown) {
			anchors, values, err = d.public.covering(k), d.public.retained(), nil
		}
		if err != nil {
			return err
		}
		addEntropy(f, d.network, anchors, values)
	}
	if len(f.Anchors) > witness.MaxAppealChains || len(f.Values) > witness.MaxAppealChains {
		return web.Refusal{Status: http.StatusUnprocessableEntity, Refused: "epochs",
			Cause: fmt.Sprintf("the evidence is of %d epochs", len(done)), Cure: "name evidence of fewer epochs"}
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

// covering are the public anchors that cover a slot.
func (p *publicEntropy) covering(k witness.Slot) (anchors []radio.Signed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.anchors {
		if a, err := witness.ParseAnchor(s.Body); err == nil && a.Covers(k) {
			anchors = append(anchors, s)
		}
	}
	return anchors
}

// retained are the values that are public: the newest, and the last of chains just over.
func (p *publicEntropy) retained() []witness.Value {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.values)
}
