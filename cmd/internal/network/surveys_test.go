package network

import (
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// listen subscribes to what a station is told of its discovery beacons.
func (p *prover) listen() chan witness.HeardBy {
	p.t.Helper()
	heard := make(chan witness.HeardBy, 16)
	p.done(p.client.Subscribe(p.topic("heard"), 1, func(_ paho.Client, m paho.Message) {
		h, err := witness.ParseHeardBy(m.Payload())
		if err != nil || m.Retained() {
			p.t.Errorf("%v, retained %v", err, m.Retained())
		}
		heard <- h
	}))
	return heard
}

// survey is the announcement of a discovery beacon now, and what somebody hears of it
// between what he hears of beacons.
func survey(p *prover, tag byte) (announcement witness.Discovery, batch witness.Batch) {
	now := present()
	timing := demoTiming(p.t)
	slot := timing.SlotAt(now)
	air := witness.OnAir{Frequency: 868_100_000, SF: 10, Conducted: 1400, Sent: now}
	beacon := witness.Observation{Frame: witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{99}}, Frequency: 868_300_000, SF: 9, Heard: now, Copies: 1}
	heard := beacon
	heard.Frame = witness.Frame{Type: witness.FrameDiscovery, Tag: witness.Tag{tag}}
	heard.ChannelRSSI, heard.SNR = -9700, 850
	return witness.Discovery{Slot: slot, Random: witness.Tag{tag}, OnAir: air},
		witness.Batch{Epoch: timing.Epoch(slot), Observations: []witness.Observation{beacon, heard}}
}

// hearing waits for what must come.
func hearing(t *testing.T, from chan witness.HeardBy) witness.HeardBy {
	t.Helper()
	select {
	case h := <-from:
		return h
	case <-time.After(patience):
		t.Fatal("the station is not told who hears it")
		panic("unreachable")
	}
}

// TestDiscoveryIsToldAtOnce: who announced a discovery beacon is told who heard it,
// whichever report comes first, and of nothing else; distances are those of the book.
func TestDiscoveryIsToldAtOnce(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	id, err := data.network()
	if err != nil {
		t.Fatal(err)
	}
	owner, ear, far, near := newProver(t, id), newProver(t, id), newProver(t, id), newProver(t, id)
	place(t, data, far.key.Station(), "8c1f9ed922163ff")
	place(t, data, near.key.Station(), "8c1f9ed922a53ff")
	n, _ := serving(t, demoConfig(), data)
	for _, p := range []*prover{owner, ear, far, near} {
		p.connect(n)
	}
	told := []chan witness.HeardBy{owner.listen(), far.listen(), ear.listen(), near.listen()}

	first, heard := survey(owner, 1)
	owner.report("discovery", owner.sign(id, radio.KindDiscovery, first.Append(nil)).Append(nil))
	ear.report("witness", ear.sign(id, radio.KindWitness, heard.Append(nil)).Append(nil))
	if h := hearing(t, told[0]); h.Station != ear.key.Station() || h.Observation != heard.Observations[1] || h.HasDistance {
		t.Errorf("told %+v, want the discovery beacon as %s heard it", h, ear.key.Station())
	}

	second, heard := survey(far, 2)
	near.report("witness", near.sign(id, radio.KindWitness, heard.Append(nil)).Append(nil))
	far.report("discovery", far.sign(id, radio.KindDiscovery, second.Append(nil)).Append(nil))
	if h := hearing(t, told[1]); h.Observation.Frame.Tag != second.Random || !h.HasDistance || h.Distance <= 0 || h.Distance > 10*coverage.Kilometre {
		t.Errorf("told %+v, want the second one, not far away", h)
	}
	for _, more := range told {
		if len(more) > 0 {
			t.Error("somebody is told more")
		}
	}
}

// place enters a site for all epochs but the first in the book of a network that does not
// run yet.
func place(t *testing.T, data Data, s radio.Station, cell string) {
	t.Helper()
	hex, err := coverage.ParseHex(cell)
	if err != nil {
		t.Fatal(err)
	}
	site, err := coverage.NewSite(coverage.Account{1}, hex, 0, 0, "EU868")
	if err != nil {
		t.Fatal(err)
	}
	book, err := data.Book(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	change := coverage.Change{Station: s, By: site.Owner, Site: site}
	if err := book.Apply(t.Context(), change, 0, []byte{1}); err != nil {
		t.Fatal(err)
	}
}
