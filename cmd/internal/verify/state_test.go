package verify

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// heliumEpoch verifies an epoch by Helium's rules, in which a station that the registry
// knows reports one beacon, and says whether that kept the interval.
func heliumEpoch(t *testing.T, n *testNetwork, epoch witness.Epoch, before Before) (after Before, regular bool) {
	t.Helper()
	set, err := witness.SetNamed("helium-2026-05")
	if err != nil {
		t.Fatal(err)
	}
	p := witness.DefaultParameters(set)
	begin, end := n.timing.Slots(epoch)
	chain, anchor := n.chain(begin, end, 0, n.timing.Start(begin)-1)
	k := n.timing.SlotAt(n.timing.Freezes(epoch)) + 1
	next, following := n.chain(end, end+30, 0, n.timing.Start(end)-1)
	at := n.timing.Start(begin+5) + 900
	air := witness.OnAir{Frequency: 868_100_000, SF: 10, Conducted: 1400, Counter: 7, Sent: at}
	key := keyOf(3)
	beacon := n.signed(key, radio.KindBeacon, at+500, witness.Beacon{Slot: begin + 5, OnAir: air}.Append(nil))
	in := n.inputs(nil)
	in.Epoch, in.Before, in.Parameters = epoch, before, []*witness.Parameters{p}
	listing := mustCountry(t).listings[0]
	listing.Station = stationOf(t, key)
	in.Sites = Listed([]coverage.Listing{listing})
	in.Records = from([]Record{
		n.withParameters(anchor, p.Hash()), n.withParameters(following, p.Hash()), beacon,
		n.value(chain, end-1, 0, n.timing.Start(end-1)), n.value(next, k, 0, n.timing.Start(k)),
	})
	_, dir := mustEpoch(t, in)
	reports, err := mustOpen(t, dir).Report(idOf(t, n, beacon))
	if err != nil || len(reports) != 1 {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	rule := slices.IndexFunc(set.Beacon, func(r witness.Rule) bool { return r.Name == "irregular_interval" })
	if after, err = ReadBefore(dir); err != nil {
		t.Fatal(err)
	}
	return after, reports[0].Findings[rule].Outcome == witness.RulePassed
}

// TestTheIntervalReachesIntoTheEpochBefore: two beacons of one quarter of a day are one too many,
// whatever epochs they are of; the state between has the first.
func TestTheIntervalReachesIntoTheEpochBefore(t *testing.T) {
	n := newTestNetwork(t)
	after, regular := heliumEpoch(t, n, 1, Before{})
	stations := &radio.Stations{}
	events, err := after.takeEvents(stations)
	if err != nil {
		t.Fatal(err)
	}
	got := events.At(stations.Number(stationOf(t, keyOf(3))))
	if want := int64(n.timing.Start(35) + 1400); !regular || got.Reported != want {
		t.Fatalf("the first is regular: %v, the state has %+v, want %d", regular, got, want)
	}
	if _, regular := heliumEpoch(t, n, 2, after); regular {
		t.Error("the second is regular")
	}
	if _, regular := heliumEpoch(t, n, 2, Before{}); !regular {
		t.Error("without the first the second is not regular")
	}
	if _, regular := heliumEpoch(t, n, 400, after); !regular {
		t.Error("after more than six hours it is not regular")
	}
}

// cutFile is a file `state` in memory that may become shorter.
type cutFile struct{ text []byte }

func (f *cutFile) open() (io.ReadSeekCloser, error) {
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(f.text), io.NopCloser(nil)}, nil
}

// TestStateThatBecameShorter: what is missing when the events are read is told, though all lines that
// are left are whole.
func TestStateThatBecameShorter(t *testing.T) {
	c := mustCountry(t)
	events := c.judged[1].After.AppendText(nil)
	file := &cutFile{append(slices.Clone(events), "generation 1\n"...)}
	kept, links, err := openState(file.open)
	if err != nil {
		t.Fatal(err)
	}
	line := bytes.LastIndexByte(events[:len(events)-1], '\n') + 1
	for size, want := range map[int]error{len(file.text): nil, len(events): nil, line: io.ErrUnexpectedEOF, 0: io.ErrUnexpectedEOF} {
		short := &cutFile{file.text[:size]}
		b := Before{Known: true, kept: &keptEvents{short.open, kept.size}, Links: links}
		if _, err := b.takeEvents(&radio.Stations{}); !errors.Is(err, want) || err != nil && want == nil {
			t.Errorf("%d of %d bytes taken: %v", size, len(file.text), err)
		}
		if err := b.kept.writeText(io.Discard); !errors.Is(err, want) || err != nil && want == nil {
			t.Errorf("%d of %d bytes copied: %v", size, len(file.text), err)
		}
	}
}
