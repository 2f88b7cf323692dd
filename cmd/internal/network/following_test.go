package network

import (
	"context"
	"errors"
	"testing"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// TestFollow: who follows the records gets those that were there and those that come,
// with their times, and no others; what was refused is counted by name.
func TestFollow(t *testing.T) {
	t.Parallel()
	n, _ := serving(t, demoConfig(), Data(t.TempDir()))
	p := newProver(t, n.ID())
	p.connect(n)
	beacon := func(number byte) radio.Signed {
		now := present()
		return p.sign(n.ID(), radio.KindBeacon, beaconOf(demoTiming(t).SlotAt(now), now, number))
	}
	first, second := beacon(1), beacon(2)
	if answer := p.report("beacon", first.Append(nil)); witness.IsRefusal(answer) {
		t.Fatalf("%s", answer)
	}
	foreign := p.sign(radio.Network{1, 2, 3, 4, 5, 6, 7, 8}, radio.KindBeacon, first.Body)
	if reason := p.refusal("beacon", foreign.Append(nil)); reason != witness.RefusedNetwork {
		t.Errorf("refused as %s", reason)
	}
	var got []radio.RecordID
	enough := errors.New("enough")
	err := n.Follow(t.Context(), func(r verify.Record) error {
		if r.Kind != string(radio.KindBeacon) {
			return nil
		}
		s, err := radio.ParseSigned(r.Message)
		if err != nil || r.Stamp > present() || r.Stamp < present()-60_000 {
			t.Errorf("%v, at %d", err, r.Stamp)
		}
		switch got = append(got, s.ID(n.ID())); len(got) {
		case 1:
			p.client.Publish(p.topic("up/beacon"), 1, false, second.Append(nil))
		case 2:
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || len(got) != 2 || got[0] != first.ID(n.ID()) || got[1] != second.ID(n.ID()) {
		t.Errorf("%v, %v", got, err)
	}
	if refused := n.Refused(); refused[witness.RefusedNetwork] != 1 || len(refused) != 1 {
		t.Errorf("%v", refused)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := n.Follow(ended, func(verify.Record) error { return nil }); err != nil {
		t.Errorf("after its end: %v", err)
	}
}
