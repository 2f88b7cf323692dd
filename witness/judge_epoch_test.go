package witness

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hexspot/radio"
)

var updateVerdicts = flag.Bool("update-verdicts", false, "write testdata/verdicts.golden anew")

// town is an epoch of stations that hear each other, some of whom do something
// wrong.
func town(t rapid.TB, set *Set, seed uint64, stations, cases int) *FrozenEpoch {
	random := rand.New(rand.NewPCG(seed, 0))
	e := &FrozenEpoch{Parameters: DefaultParameters(set), Length: sampleDay, Before: State{}}
	sites, keys := make([]SiteFacts, stations), make([]radio.Station, stations)
	for n := range stations {
		keys[n] = sampleStation(t, n)
		sites[n] = sampleSite(t, byte(1+random.IntN(min(stations, 255))), 45+random.Float64()/3, 5.7+random.Float64()/3)
		if random.IntN(3) == 0 {
			e.Before[keys[n]] = Events{Beaconed: sampleStart - 40*hour, Witnessed: sampleStart - 47*hour}
		}
	}
	pattern := sampleCase(t)
	for range cases {
		e.Cases = append(e.Cases, townCase(random, pattern, keys, sites))
	}
	return e
}

func townCase(random *rand.Rand, pattern Case, keys []radio.Station, sites []SiteFacts) Case {
	c := cloneCase(pattern)
	binary.BigEndian.PutUint64(c.Tag[:], random.Uint64())
	later := int64(random.IntN(1440))
	moveCase(&c, later)
	at := random.IntN(len(keys))
	c.Beacons[0].Station, c.Beacons[0].Site, c.Beacons[0].ID = keys[at], sites[at], townID(random)
	heard := c.Witnesses[0]
	heard.Receive, heard.Heard = heard.Receive+later*60_000, heard.Heard+later*60_000
	c.Witnesses = nil
	for range random.IntN(8) {
		by := random.IntN(len(keys))
		w := heard
		signal, fine := radio.DBm(-14_300+random.IntN(6_500)), *heard.Fine+uint64(random.IntN(200_000))
		w.Station, w.Site, w.ID, w.SignalRSSI, w.Fine = keys[by], sites[by], townID(random), &signal, &fine
		w.Receive += int64(random.IntN(3))
		if random.IntN(15) == 0 {
			w.Mark[0]++
		}
		c.Witnesses = append(c.Witnesses, w)
	}
	if random.IntN(10) == 0 {
		c.Beacons[0].Opens = false
	}
	if random.IntN(20) == 0 {
		c.Beacons = nil
	}
	return c
}

func townID(random *rand.Rand) (id [32]byte) {
	binary.BigEndian.PutUint64(id[:], random.Uint64())
	return id
}

// moveCase moves the beacon side of a case by some slots.
func moveCase(c *Case, slots int64) {
	ms := slots * 60_000
	c.Slot += uint64(slots)
	c.Window = c.Slot / 360
	c.Start, c.End, c.Close = c.Start+ms, c.End+ms, c.Close+ms
	c.Value.Published, c.Value.Latest = c.Value.Published+ms, c.Value.Latest+ms
	b := &c.Beacons[0]
	b.Receive, b.Sent = b.Receive+ms, b.Sent+ms
	b.Drawn.Start, b.Drawn.Due = b.Drawn.Start+ms, c.Slot
}

// textOf is everything that judging an epoch gives, as bytes.
func textOf(t rapid.TB, e *FrozenEpoch, workers int) []byte {
	t.Helper()
	verdicts, after, err := e.Judge(workers)
	if err != nil {
		t.Fatal(err)
	}
	return after.AppendText(AppendVerdicts(nil, e.Parameters.Set, verdicts))
}

// TestOrderAndWorkersChangeNothing shuffles cases, reports and observations, and
// judges with 1 to 16 workers: the same bytes.
func TestOrderAndWorkersChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SampledFrom([]*Set{hexspot1, helium202605}).Draw(t, "set")
		e := town(t, set, rapid.Uint64().Draw(t, "seed"), 30, 60)
		want := textOf(t, e, 1)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		shuffled := *e
		shuffled.Cases = slices.Clone(e.Cases)
		random.Shuffle(len(shuffled.Cases), func(i, j int) {
			shuffled.Cases[i], shuffled.Cases[j] = shuffled.Cases[j], shuffled.Cases[i]
		})
		for i := range shuffled.Cases {
			c := cloneCase(shuffled.Cases[i])
			random.Shuffle(len(c.Witnesses), func(i, j int) { c.Witnesses[i], c.Witnesses[j] = c.Witnesses[j], c.Witnesses[i] })
			random.Shuffle(len(c.Beacons), func(i, j int) { c.Beacons[i], c.Beacons[j] = c.Beacons[j], c.Beacons[i] })
			shuffled.Cases[i] = c
		}
		if got := textOf(t, &shuffled, rapid.IntRange(1, 16).Draw(t, "workers")); !bytes.Equal(got, want) {
			t.Fatal("another order or number of workers gives other bytes")
		}
	})
}

// TestTheTownIsMixed keeps the property above from holding for want of content.
func TestTheTownIsMixed(t *testing.T) {
	seen := map[Fault]int{}
	for _, v := range mustJudge(t, town(t, hexspot1, 1, 200, 300)) {
		for _, j := range slices.Concat(v.Beacons, v.Witnesses) {
			seen[j.Reason]++
		}
	}
	for _, reason := range []Fault{"", "opening", "beacon", "duplicate", "mark", "too_strong", "too_weak",
		"noise", "fine_time", "second_beacon", "not_witnessing", "not_witnessed", FaultOrphan} {
		if seen[reason] == 0 {
			t.Errorf("no report is %q: %v", reason, seen)
		}
	}
}

// TestJudgeChangesNothingItIsGiven judges twice and compares.
func TestJudgeChangesNothingItIsGiven(t *testing.T) {
	e := town(t, hexspot1, 2, 20, 40)
	if first := textOf(t, e, 3); !bytes.Equal(first, textOf(t, e, 3)) {
		t.Error("judging a second time gives other bytes")
	}
}

// TestVerdictText is the golden of the encoding: a bundle's files are made of it.
func TestVerdictText(t *testing.T) {
	var got []byte
	for _, set := range []*Set{hexspot1, helium202605} {
		got = fmt.Appendf(got, "# %s\n", set.Name)
		e := spoiled(t, set, duplicateReport)
		e.Cases[0].Witnesses[1].SignalRSSI = level(-6_000)
		e.Cases[0].Witnesses[2].SignalRSSI = nil
		orphan, invalid := sampleCase(t), sampleCase(t)
		orphan.Tag, orphan.Beacons, orphan.Witnesses = [18]byte{5}, nil, orphan.Witnesses[:1]
		invalid.Tag, invalid.Beacons[0].Opens, invalid.Witnesses = [18]byte{6}, false, invalid.Witnesses[:1]
		invalid.Window++
		invalid.Beacons[0].Receive += 6 * hour
		e.Cases = append(e.Cases, invalid, orphan)
		got = append(got, textOf(t, e, 1)...)
	}
	const file = "testdata/verdicts.golden"
	if *updateVerdicts {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestNoFigureOverflows gives reports with figures from anywhere: a rule that is
// evaluated fails exactly by a negative margin.
func TestNoFigureOverflows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SampledFrom([]*Set{hexspot1, helium202605}).Draw(t, "set")
		c := sampleCase(t)
		b, w := &c.Beacons[0], &c.Witnesses[0]
		anyTime := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, rangeOfTimes - 1, 0}))
		anyLevel := rapid.OneOf(rapid.Int32(), rapid.SampledFrom([]int32{math.MinInt32, math.MaxInt32, rangeOfLevels, -rangeOfLevels}))
		b.Sent, b.Receive = anyTime.Draw(t, "sent"), anyTime.Draw(t, "received")
		w.Heard, w.Receive = anyTime.Draw(t, "heard"), anyTime.Draw(t, "witness received")
		b.Frequency, w.Frequency = radio.Hertz(anyTime.Draw(t, "sent at")), radio.Hertz(anyTime.Draw(t, "heard at"))
		b.Conducted, b.Site.Gain = radio.DBm(anyLevel.Draw(t, "conducted")), radio.DB(anyLevel.Draw(t, "gain"))
		signal := radio.DBm(anyLevel.Draw(t, "signal"))
		w.SignalRSSI, w.SNR, w.Site.Loss = &signal, radio.DB(anyLevel.Draw(t, "SNR")), radio.DB(anyLevel.Draw(t, "loss"))
		c.Slot = rapid.Uint64().Draw(t, "slot")
		v := Judge(&c, DefaultParameters(set))
		checkMargins(t, set.Beacon, &v.Beacons[0])
		for i := range v.Witnesses {
			checkMargins(t, set.Witness, &v.Witnesses[i])
		}
	})
}

func checkMargins(t *rapid.T, rules []Rule, j *Judged) {
	for i, f := range j.Findings {
		if f.Outcome == RuleFailed && f.Margin >= 0 || f.Outcome == RulePassed && f.Margin < 0 {
			t.Errorf("%s: %+v", rules[i].Name, f)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	for _, set := range []*Set{hexspot1, helium202605} {
		c, p := sampleCase(b), DefaultParameters(set)
		for n := range 10 {
			c.Witnesses = append(c.Witnesses, sampleWitness(b, 10+n, 45.1+float64(n)/100, 5.6))
		}
		b.Run(set.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v := Judge(&c, p)
				if len(v.Witnesses) != 14 {
					b.Fatal(len(v.Witnesses))
				}
			}
			b.ReportMetric(float64(b.N*15)/b.Elapsed().Seconds(), "verdicts/s")
		})
	}
}

func BenchmarkEpoch(b *testing.B) {
	e := town(b, hexspot1, 1, 2000, 20_000)
	verdicts := 0
	for i := range e.Cases {
		verdicts += len(e.Cases[i].Beacons) + len(e.Cases[i].Witnesses)
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := e.Judge(workers); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*verdicts)/b.Elapsed().Seconds(), "verdicts/s")
		})
	}
	judged, _, err := e.Judge(2)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("text", func(b *testing.B) {
		var text []byte
		for b.Loop() {
			text = AppendVerdicts(text[:0], hexspot1, judged)
		}
		b.ReportMetric(float64(len(text))/float64(verdicts), "B/verdict")
		b.ReportMetric(float64(b.N*verdicts)/b.Elapsed().Seconds(), "verdicts/s")
	})
}
