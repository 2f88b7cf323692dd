package verify

import (
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
	"hexspot/witness"
)

// TestRelationsAreThoseOfAnIndex: of reports of few stations and windows, at the same times,
// some of them again, what comes by the disk is what a witness.BeaconIndex of all says.
func TestRelationsAreThoseOfAnIndex(t *testing.T) {
	set, err := witness.SetNamed("helium-2026-05")
	if err != nil {
		t.Fatal(err)
	}
	var stations []radio.Station
	for n := range uint64(4) {
		stations = append(stations, stationOf(t, keyOf(n)))
	}
	timing := mustCountry(t).timing
	rapid.Check(t, func(rt *rapid.T) {
		state := witness.State{}
		for i, s := range stations[:2] {
			state[s] = witness.Events{Reported: rapid.Int64Range(0, 12).Draw(rt, "reported"), Beaconed: int64(i)}
		}
		r := newRun(Inputs{Timing: timing, Memory: rapid.SampledFrom([]int64{1, 0}).Draw(rt, "memory")}, filepath.Join(t.TempDir(), "result"))
		r.p, r.before = witness.DefaultParameters(set), state.EventsBy(r.stations)
		for _, s := range stations { // after those of the state, so that none is unknown to be registered
			r.stations.Number(s)
		}
		r.sites = make([]witness.SiteFacts, 3)
		list := drawBeacons(rt, stations, timing)
		all := witness.NewBeaconIndex()
		for i := range list {
			h := &harvest{}
			r.keepBeacon(h, r.stations.Number(list[i].station), &list[i])
			if err := r.beacons.put(&h.beacons); err != nil {
				rt.Fatal(err)
			}
			c := r.caseOf(&list[i])
			all.Add(&c)
		}
		if err := r.relate(t.Context()); err != nil {
			rt.Fatal(err)
		}
		for i := range list {
			g := gathered{}
			for _, b := range list {
				if b.body.Signature == list[i].body.Signature {
					g.addBeacon(b)
				}
			}
			g.settle(Drops{})
			part := int(witness.TagOf(list[i].body.Signature)[0])
			if err := r.relateAll(part, []namedGroup{{group: &g.group}}); err != nil {
				rt.Fatal(err)
			}
			for _, b := range g.beacons {
				want := all.Relate(r.caseOf(&b), state.At).Beacons[0]
				if b.related != (relation{true, want.OthersInWindow, want.Before}) {
					rt.Fatalf("%+v, want %d others, before %d", b.related, want.OthersInWindow, want.Before)
				}
			}
		}
		want := witness.State{}
		r.recent.reciprocity, err = witness.NewLargeReciprocity(r.p, r.stations, r.before, 1)
		if err != nil {
			rt.Fatal(err)
		}
		r.carry()
		for s, e := range state {
			want[s] = e
		}
		all.Carry(set, want)
		for _, s := range stations {
			if got := r.after.At(r.stations.Number(s)); got != want[s] {
				rt.Fatalf("%v: %+v, want %+v", s, got, want[s])
			}
		}
		if err := r.removeScratch(); err != nil {
			rt.Fatal(err)
		}
	})
}

// drawBeacons are reports of some stations; a tenth comes again at another time.
func drawBeacons(t *rapid.T, stations []radio.Station, timing witness.Timing) []beaconReport {
	var list []beaconReport
	for n := range rapid.IntRange(1, 40).Draw(t, "reports") {
		b := beaconReport{origin: origin{
			station: rapid.SampledFrom(stations).Draw(t, "station"),
			id:      radio.RecordID{byte(rapid.IntRange(0, 3).Draw(t, "order")), byte(n)},
			receive: witness.Millis(rapid.IntRange(1, 10).Draw(t, "receive")),
		}}
		b.body.Slot = witness.Slot(rapid.IntRange(0, 3).Draw(t, "window")) * timing.WindowSlots
		b.body.Signature = radio.Signature{byte(n)}
		list = append(list, b)
		if rapid.IntRange(0, 9).Draw(t, "again") == 0 {
			b.receive = witness.Millis(rapid.IntRange(1, 10).Draw(t, "receive again"))
			list = append(list, b)
		}
	}
	return slices.Clip(list)
}

// caseOf is a case of one report.
func (r *run) caseOf(b *beaconReport) witness.Case {
	number := int(r.stations.Number(b.station))
	return witness.Case{Window: r.in.Timing.Window(b.body.Slot), Beacons: []witness.BeaconFacts{{
		Station: b.station, ID: b.id, Receive: int64(b.receive), Site: witness.SiteFacts{Known: number < len(r.sites)},
	}}}
}
