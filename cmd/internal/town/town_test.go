package town_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hexspot/cmd/internal/lns"
	"hexspot/cmd/internal/town"
	"hexspot/cmd/internal/town/towntest"
	"hexspot/radio"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSnapshotGolden has the JSON that the page is fed with.
func TestSnapshotGolden(t *testing.T) {
	for name, s := range map[string]town.Snapshot{
		"running": towntest.Town(nil), "starting": towntest.Empty(),
	} {
		got, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", got)
	}
}

// golden compares with a file below testdata, or writes it anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), want) {
		t.Errorf("%s has changed; if it should: go test -update\n%s", path, got)
	}
}

func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		snapshot town.Snapshot
		want     town.Verdict
	}{
		"works": {towntest.Town(nil), town.Verdict{State: town.OK, Word: "Works",
			Text: "58 of 60 devices joined. 1\u202f247 of 1\u202f249 accepted downlinks were emitted; each of the others has its reason."}},
		"starting": {towntest.Empty(), town.Verdict{State: town.Off, Word: "Starting", Text: "5 of 12 hotspots receive."}},
		"one deaf": {towntest.Town(towntest.Silent), town.Verdict{State: town.Warn, Word: "Works, not everywhere",
			Text: "hardy rowan dipper does not receive, the other 11 do."}},
		"two deaf": {towntest.Town(func(f *town.Facts) { f.Hotspots[0].Receiving, f.Hotspots[1].Receiving = false, false }),
			town.Verdict{State: town.Warn, Word: "Works, not everywhere", Text: "10 of 12 hotspots receive."}},
		"lost": {towntest.Town(towntest.Lost), town.Verdict{State: town.Bad, Word: "Downlinks lost",
			Text: "2 downlinks ended in silence: 2 accepted and not reported, 0 not answered."}},
		"unanswered": {towntest.Town(func(f *town.Facts) { f.Tally.Unanswered = 1 }), town.Verdict{State: town.Bad, Word: "Downlinks lost",
			Text: "1 downlink ended in silence: 0 accepted and not reported, 1 not answered."}},
		"problem": {towntest.Town(towntest.Problem), town.Verdict{State: town.Bad, Word: "Something is wrong", Text: "3 frames have not arrived."}},
		"failing": {towntest.Town(func(f *town.Facts) { f.Tally.Outcomes[radio.Missed] = 50 }), town.Verdict{State: town.Warn, Word: "Downlinks fail",
			Text: "52 of 1\u202f299 accepted downlinks were not emitted; each has its reason."}},
		"waiting": {towntest.Town(func(f *town.Facts) { f.Joined = 0 }), town.Verdict{State: town.Off, Word: "Waiting",
			Text: "All 12 hotspots receive. No device has joined yet."}},
		"none failed": {towntest.Town(func(f *town.Facts) { delete(f.Tally.Outcomes, radio.Displaced) }), town.Verdict{State: town.OK, Word: "Works",
			Text: "58 of 60 devices joined. All 1\u202f247 accepted downlinks that have ended were emitted."}},
	} {
		if got := c.snapshot.Verdict; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestAirtime: an hour of emissions counts, not more, in the sub-band of frequency
// and power, for the hotspot that used most.
func TestAirtime(t *testing.T) {
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	r := town.NewRecorder(plan, towntest.Start)
	emit := func(at time.Duration, gateway byte, f radio.Hertz, eirp radio.DBm, airtime time.Duration) {
		r.Take(at, lns.Downlink{Entry: lns.Entry{
			Fate: lns.Emitted, Command: lns.Command{Gateway: radio.EUI{7: gateway}},
			Report: &lns.Report{Outcome: radio.Emitted, Frequency: f, EIRP: eirp, Airtime: airtime},
		}})
	}
	emit(time.Minute, 1, 868_100_000, 1600, 36*time.Second)
	emit(50*time.Minute, 1, 868_300_000, 1600, 9*time.Second)
	emit(50*time.Minute, 2, 868_300_000, 1600, 18*time.Second)
	emit(50*time.Minute, 2, 869_525_000, 2900, 36*time.Second)
	used := func(at time.Duration, name string) (float64, string) {
		for _, b := range r.Snapshot(town.Facts{At: at}).Bands {
			if b.Name == name {
				return b.Used, b.Hotspot
			}
		}
		t.Fatalf("no band %s", name)
		return 0, ""
	}
	for _, c := range []struct {
		at      time.Duration
		band    string
		used    float64
		hotspot string
	}{
		{55 * time.Minute, "M", 1.25, "0000000000000001"},
		{65 * time.Minute, "M", 0.5, "0000000000000002"},
		{65 * time.Minute, "P", 1, "0000000000000002"},
		{65 * time.Minute, "L", 0, ""},
		{111 * time.Minute, "M", 0, ""},
	} {
		if used, hotspot := used(c.at, c.band); used != c.used || hotspot != c.hotspot {
			t.Errorf("%v, %s: %v %% of %q, want %v of %q", c.at, c.band, used, hotspot, c.used, c.hotspot)
		}
	}
}

// TestRowsAreBounded: a long life keeps no more than the newest.
func TestRowsAreBounded(t *testing.T) {
	plan, _ := radio.PlanNamed("EU868")
	r := town.NewRecorder(plan, towntest.Start)
	for i := range 1000 {
		at := time.Duration(i) * time.Second
		r.Take(at, lns.Packet{Best: lns.Uplink{Modulation: radio.FSK{BitRate: 50_000}}})
		r.Take(at, lns.Downlink{Entry: lns.Entry{Fate: lns.Unanswered}})
	}
	s := r.Snapshot(town.Facts{At: 1000 * time.Second})
	if len(s.Packets) != 12 || len(s.Recent) != 10 {
		t.Fatalf("%d packets, %d downlinks", len(s.Packets), len(s.Recent))
	}
	newest := towntest.Start.Add(999 * time.Second)
	if !s.Packets[0].At.Equal(newest) || !s.Recent[0].At.Equal(newest) || s.Packets[0].Device != "" || s.Recent[0].State != town.Bad {
		t.Errorf("%+v, %+v", s.Packets[0], s.Recent[0])
	}
}

// TestEveryStatusHasWords: nothing is told by its code alone.
func TestEveryStatusHasWords(t *testing.T) {
	s := towntest.Town(func(f *town.Facts) {
		for status := radio.TxTooLate; status <= radio.TxDutyCycleOverflow; status++ {
			f.Tally.Statuses[status]++
		}
		for outcome := radio.Aborted; outcome <= radio.Unusable; outcome++ {
			f.Tally.Outcomes[outcome]++
		}
	})
	if len(s.Refusals) != 10 || len(s.Failures) != 6 {
		t.Errorf("%d refusals, %d failures", len(s.Refusals), len(s.Failures))
	}
	for _, r := range append(s.Refusals, s.Failures...) {
		if r.Words == "Unknown" || r.Code == "UNKNOWN" {
			t.Errorf("%+v", r)
		}
	}
}
