package simulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

func mustRun(t testing.TB, c Config, k Keeper) Result {
	t.Helper()
	r, err := Run(t.Context(), c, k)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// memory keeps records.
type memory struct {
	sites   []Published
	records []Record
	entropy int
	judged  []Judgement
}

func (m *memory) Sites(sites []Published) error { m.sites = sites; return nil }
func (m *memory) Begin(witness.Epoch) error     { return nil }
func (m *memory) Keep(r Record) error           { m.records = append(m.records, r); return nil }
func (m *memory) Judged(j Judgement) error      { m.judged = append(m.judged, j); return nil }

func (m *memory) Entropy(string, witness.Millis, []byte) error { m.entropy++; return nil }

// TestRecordsAreThoseOfANetwork reads every record as an ingest would: signatures,
// bodies, ranges, openings that give the tags that others heard.
func TestRecordsAreThoseOfANetwork(t *testing.T) {
	var kept memory
	mustRun(t, Config{Hotspots: 60, Epochs: 1, Seed: 3, Cheaters: Each(0.04), Signatures: true, Workers: 2}, &kept)
	if len(kept.sites) != 60 || kept.records[0].Signed.Kind != radio.KindAnchor {
		t.Fatalf("%d sites, first record %s", len(kept.sites), kept.records[0].Signed.Kind)
	}
	network := kept.records[0].Signed.Station.Network()
	anchor, err := witness.OpenAnchor(kept.records[0].Signed, network)
	if err != nil {
		t.Fatal(err)
	}
	opened := map[witness.Tag]bool{}
	var observed []witness.Observation
	for _, r := range kept.records[1:] {
		checkRecord(t, r, network, anchor.Timing, opened, &observed)
	}
	known := 0
	for _, o := range observed {
		if opened[o.Frame.Tag] {
			known++
		}
	}
	if len(opened) < 200 || len(observed) < 1_000 || known*10 < len(observed)*9 {
		t.Errorf("%d openings, %d observations, %d of them of opened tags", len(opened), len(observed), known)
	}
}

func checkRecord(t *testing.T, r Record, network radio.Network, timing witness.Timing, opened map[witness.Tag]bool, observed *[]witness.Observation) {
	t.Helper()
	signed, err := radio.ParseSigned(r.Signed.Append(nil))
	if err == nil {
		err = signed.Verify(network)
	}
	if err != nil {
		t.Fatal(err)
	}
	switch signed.Kind {
	case radio.KindBeacon:
		b, err := witness.ParseBeacon(signed.Body)
		if err != nil || b.CheckRange() != nil {
			t.Fatal(err, b.CheckRange())
		}
		opened[witness.TagOf(b.Signature)] = true
	case radio.KindWitness:
		batch, err := witness.ParseBatch(signed.Body)
		if err != nil || batch.CheckRange() != nil || batch.CheckEpoch(timing) != nil {
			t.Fatal(err, batch.CheckRange(), batch.CheckEpoch(timing))
		}
		*observed = append(*observed, batch.Observations...)
	default:
		t.Fatalf("a record of kind %s", signed.Kind)
	}
}

func TestSeedsAndWorkers(t *testing.T) {
	c := Config{Hotspots: 80, Epochs: 2, Seed: 7, Cheaters: Each(0.05), Workers: 1}
	one := mustRun(t, c, nil)
	c.Workers = 3
	if three := mustRun(t, c, nil); !reflect.DeepEqual(one, three) {
		t.Errorf("three workers give\n%+v, one\n%+v", three, one)
	}
	c.Seed = 8
	if other := mustRun(t, c, nil); reflect.DeepEqual(one.Kinds, other.Kinds) {
		t.Error("another seed gives the same")
	}
}

// TestDetection keeps what docs/detection.md reports from getting worse by much: a
// smaller country, a shorter time, wider limits.
func TestDetection(t *testing.T) {
	least := map[Kind]float64{
		Cluster: 0.95, Relay: 0.93, Splitter: 0.8, FalseLocation: 0.86, ClonedKey: 0.88, Replay: 0.7, WrongGain: 0.25,
		Informed + "_in_town": 0.95,
	}
	r := mustRun(t, Config{Hotspots: 500, Epochs: 3, Seed: 1, Cheaters: Each(0.05), Workers: 2}, nil)
	for _, k := range r.Kinds {
		t.Logf("%s: %.3f cut", k.Kind, k.Cut())
		if k.Kind == Honest && (k.Cut() > 0.003 || k.Claimed == 0) {
			t.Errorf("honest stations lose %.2f %%", 100*k.Cut())
		}
		if want, ok := least[k.Kind]; ok && k.Cut() < want {
			t.Errorf("%s: %.1f %% cut, want %.0f", k.Kind, 100*k.Cut(), 100*want)
		}
		if k.Kind == Flooder && k.Claimed != 0 {
			t.Errorf("floods claim %d", k.Claimed)
		}
	}
}

// TestDetectionOfNothing has nobody cheat: what is cut then is taken from honest stations.
func TestDetectionOfNothing(t *testing.T) {
	r := mustRun(t, Config{Hotspots: 400, Epochs: 2, Seed: 2, Workers: 2}, nil)
	honest := r.Kinds[0]
	t.Logf("%.3f cut, %d of %d lost over a tenth", honest.Cut(), honest.Hurt, honest.Stations)
	if len(r.Kinds) != 1 || honest.Claimed == 0 || honest.Cut() > 0.01 || honest.Hurt > 16 {
		t.Errorf("%d kinds, honest stations lose %.2f %%, %d of them over a tenth", len(r.Kinds), 100*honest.Cut(), honest.Hurt)
	}
}

func TestValidate(t *testing.T) {
	good := Config{Hotspots: 100, Epochs: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"no hotspots":   func(c *Config) { c.Hotspots = 1 },
		"no epochs":     func(c *Config) { c.Epochs = 0 },
		"unknown kind":  func(c *Config) { c.Cheaters = []Cheaters{{"saint", 0.1}} },
		"negative":      func(c *Config) { c.Cheaters = []Cheaters{{Relay, -0.1}} },
		"too many":      func(c *Config) { c.Cheaters = Each(0.2) },
		"honest a kind": func(c *Config) { c.Cheaters = []Cheaters{{Honest, 0.1}} },
	} {
		c := good
		spoil(&c)
		if c.Validate() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestCheatersText(t *testing.T) {
	var c Cheaters
	if err := c.UnmarshalText([]byte("relay=0.05")); err != nil || c != (Cheaters{Relay, 0.05}) {
		t.Errorf("%v %v", c, err)
	}
	for _, bad := range []string{"", "relay", "relay=", "relay=x"} {
		if c.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is read", bad)
		}
	}
	all := Spread([]Cheaters{{"all", 0.05}})
	if len(all) != len(Kinds()) || !slices.Contains(all, Cheaters{Informed, 0.05}) {
		t.Errorf("all is %v", all)
	}
}

// TestEachClue: without a clue no less is paid to anybody, and somewhere more.
func TestEachClue(t *testing.T) {
	r := mustRun(t, Config{Hotspots: 150, Epochs: 2, Seed: 3, Cheaters: Each(0.08), EachClue: true, Workers: 2}, nil)
	if len(r.Without) != len(leftOut) {
		t.Fatalf("%d rows", len(r.Without))
	}
	for _, row := range r.Without {
		var more uint64
		for i, k := range row.Kinds {
			if all := r.Kinds[i]; k.Kind != all.Kind || k.Claimed != all.Claimed || k.ByRules != all.ByRules || k.Paid < all.Paid {
				t.Errorf("without %v: %+v, with all clues %+v", row.Clues, k, all)
			}
			more += k.Paid - r.Kinds[i].Paid
		}
		if slices.Contains(row.Clues, witness.ClueTwins) && more == 0 {
			t.Errorf("without %v nothing more is paid", row.Clues)
		}
	}
}

// TestSelection: what a cheater without weight takes by being selected comes back if he is
// left out first, and where nobody cheats nothing is taken.
func TestSelection(t *testing.T) {
	c := Config{Hotspots: 200, Epochs: 2, Seed: 3, Workers: 2, Cheaters: []Cheaters{{Splitter, 0.2}}}
	s := mustRun(t, c, nil).Selection
	if s.Paid == 0 || s.Paid >= s.Clear || s.Counted < s.Paid || s.Denied != s.Paid { // two epochs are no week
		t.Errorf("%+v", s)
	}
	c.Cheaters, c.Epochs = nil, 1
	if s = mustRun(t, c, nil).Selection; s.Paid == 0 || float64(s.Paid) < 0.99*float64(s.Clear) {
		t.Errorf("without cheaters %+v", s)
	}
}

func TestCausesText(t *testing.T) {
	if got := causes(map[string]int{"rule": 2, "answers": 2, "distance": 7}); got != " distance 7 answers 2 rule 2" {
		t.Errorf("%q", got)
	}
	if got := causes(nil); got != " none" {
		t.Errorf("%q", got)
	}
}

func TestArchive(t *testing.T) {
	a, err := NewArchive(t.TempDir()+"/reports", false)
	if err != nil {
		t.Fatal(err)
	}
	r := mustRun(t, Config{Hotspots: 20, Epochs: 2, Seed: 1, Signatures: true}, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), fmt.Sprintf("%d observations", r.Observations)) {
		t.Error(text.String())
	}
}

// TestRunStopsWithinAnEpoch: whoever stops it does not wait for the epoch to end.
func TestRunStopsWithinAnEpoch(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	kept := 0
	k := stopping{func() {
		if kept++; kept == 3 {
			stop()
		}
	}}
	_, err := Run(ctx, Config{Hotspots: 20, Epochs: 1, Seed: 1, Workers: 2, Progress: func(Progress) { t.Error("the epoch was judged") }}, k)
	if !errors.Is(err, context.Canceled) || kept != 3 {
		t.Errorf("%d records were kept, %v", kept, err)
	}
	gone, end := context.WithCancel(t.Context())
	end()
	done := 0
	if err := inParallel(gone, 100, 2, func(int) { done++ }); !errors.Is(err, context.Canceled) || done > 0 {
		t.Errorf("%d were done, %v", done, err)
	}
}

// stopping calls a function with each record.
type stopping struct{ each func() }

func (stopping) Sites([]Published) error                      { return nil }
func (stopping) Begin(witness.Epoch) error                    { return nil }
func (s stopping) Keep(Record) error                          { s.each(); return nil }
func (stopping) Entropy(string, witness.Millis, []byte) error { return nil }
func (stopping) Judged(Judgement) error                       { return nil }
