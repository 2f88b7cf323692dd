package ether_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hexspot/radio"
	"hexspot/radio/ether"
)

// The measurements of docs/air.md.
const (
	curveSeed   = 1
	curveTrials = 4000 // frames behind each figure
	curveSize   = 20   // bytes
)

// cell is one figure and what theory makes of it.
type cell struct {
	where         string
	heard, trials int
	want          float64
}

func (c cell) got() float64 { return float64(c.heard) / float64(c.trials) }

// check allows four standard deviations of the binomial distribution, and one
// frame for what that is not near zero and one.
func (c cell) check(t *testing.T) {
	t.Helper()
	n := float64(c.trials)
	if most := 4*math.Sqrt(c.want*(1-c.want)/n) + 1/n; math.Abs(c.got()-c.want) > most {
		t.Errorf("%s: %.4f delivered of %d, theory %.4f, more than %.4f away", c.where, c.got(), c.trials, c.want, most)
	}
}

func loraRate(sf int) radio.LoRa {
	return radio.LoRa{SF: radio.SpreadingFactor(sf), Bandwidth: 125 * radio.KHz, CodeRate: radio.CodeRate4_5}
}

func newAir(t testing.TB, c ether.Config) *ether.Ether {
	t.Helper()
	air, err := ether.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return air
}

func send(t testing.TB, air *ether.Ether, s ether.Signal) {
	t.Helper()
	s.Frequency = 868_100 * radio.KHz
	if _, err := air.Transmit(s); err != nil {
		t.Fatal(err)
	}
}

// atDistance sends one frame from each of many places at a distance from a roof.
func atDistance(t testing.TB, km float64, sf int) cell {
	air := newAir(t, ether.Config{Seed: curveSeed})
	air.Add(ether.Station{Name: "roof", Concentrator: true})
	c := cell{where: fmt.Sprintf("SF%d at %v km", sf, km), trials: curveTrials, want: linkBudget(km, sf)}
	for i := range curveTrials {
		angle := 2 * math.Pi * float64(i) / curveTrials
		id := air.Add(ether.Station{Name: fmt.Sprintf("%v km %d", km, i),
			Place: ether.Place{X: 1000 * km * math.Cos(angle), Y: 1000 * km * math.Sin(angle)}})
		start := time.Duration(i) * 5 * time.Second
		send(t, air, ether.Signal{From: id, Start: start, Modulation: loraRate(sf), EIRP: 1400, Payload: make([]byte, curveSize)})
		c.heard += heard(air.Ended(start + 4*time.Second))
	}
	return c
}

func heard(all []ether.Arrival) (n int) {
	for _, a := range all {
		if a.Fate == ether.Heard {
			n++
		}
	}
	return n
}

// linkBudget is the textbook's: the probability that a normal deviate (of the sum
// of shadowing and fading) leaves the level above the sensitivity.
func linkBudget(km float64, sf int) float64 {
	level := 14 - (85.5 + 35*math.Log10(km*10))
	sensitivity := -174 + 10*math.Log10(125e3) + 3 - 7.5 - 2.5*float64(sf-7)
	return math.Erfc((sensitivity-level)/math.Hypot(7, 2)/math.Sqrt2) / 2
}

// stream is the traffic around one frame: Poisson, of one rate and two levels.
type stream struct {
	sf    int      // of the stream
	load  float64  // frames begun in the time that one of them lasts
	near  float64  // share of it that is as strong as above says
	above radio.DB // the frame's level
}

// amid sends, in each trial, one frame into a stream, and looks at the fate of that
// frame alone, so that the trials are independent.
func (s stream) amid(t testing.TB, sf int, level radio.DB) cell {
	air := newAir(t, ether.Config{Seed: curveSeed, Shadowing: ether.None, Fading: ether.None})
	air.Add(ether.Station{Name: "roof", Concentrator: true})
	var ids []ether.ID
	for i := range 300 {
		ids = append(ids, air.Add(ether.Station{Name: fmt.Sprint("unit ", i), Place: ether.Place{X: 500}}))
	}
	frame, other := loraRate(sf), loraRate(s.sf)
	long := max(frame.TimeOnAir(curveSize), other.TimeOnAir(curveSize))
	r := rand.New(rand.NewPCG(curveSeed, uint64(sf)<<48|uint64(s.load*1000)<<24|uint64(s.near*1000)))
	c := cell{trials: curveTrials}
	for i := range curveTrials {
		begin := time.Duration(i) * 20 * long
		all := []ether.Signal{{From: ids[0], Start: begin + 6*long, Modulation: frame, EIRP: radio.DBm(level)}}
		for at := begin + s.gap(r); at < begin+8*long; at += s.gap(r) {
			x := ether.Signal{From: ids[len(all)], Start: at, Modulation: other}
			if r.Float64() < s.near {
				x.EIRP = radio.DBm(s.above)
			}
			all = append(all, x)
		}
		c.heard += fate(t, air, all, begin+15*long)
	}
	return c
}

func (s stream) gap(r *rand.Rand) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(loraRate(s.sf).TimeOnAir(curveSize)) / s.load)
}

// fate is 1 if the first of the signals is heard.
func fate(t testing.TB, air *ether.Ether, all []ether.Signal, until time.Duration) int {
	first := all[0].From
	slices.SortFunc(all, func(a, b ether.Signal) int { return cmp.Compare(a.Start, b.Start) })
	for _, x := range all {
		x.Payload = make([]byte, curveSize)
		send(t, air, x)
	}
	return heard(slices.DeleteFunc(air.Ended(until), func(a ether.Arrival) bool { return a.Signal.From != first }))
}

// lonely is how likely nothing else overlaps a frame but in the first three
// symbols of its preamble: pure ALOHA, exp(-2G), with that much less to hit.
func lonely(sf int, load float64) float64 {
	m := loraRate(sf)
	return math.Exp(-load * (2 - 3*float64(m.SymbolTime())/float64(m.TimeOnAir(curveSize))))
}

// captured is the same for a strong frame amid strong and weak ones. The weak do
// not reach it, but a receiver that has locked on one of them misses it. In units
// of a frame's length: it locks on one whose five symbols nothing touches (no start
// in 1+5s), of which the preamble ended after the strong frame's would have left
// room (1-16s); x is the time between, in which no strong frame may have begun either.
func captured(sf int, strong, weak float64) float64 {
	m := loraRate(sf)
	s := float64(m.SymbolTime()) / float64(m.TimeOnAir(curveSize))
	room := 1 - 16*s
	missed := weak * math.Exp(-weak*(1+5*s)) * math.Exp(-strong*8*s) * (1 - math.Exp(-strong*room)) / strong
	return lonely(sf, strong) * (1 - missed)
}

var (
	curveRates     = []int{7, 8, 9, 10, 11, 12}
	curveDistances = []float64{0.5, 1, 1.5, 2, 3, 4, 6, 8}
	curveLoads     = []float64{0.05, 0.1, 0.2, 0.5, 1, 1.5}
)

const near = 0.25 // share of the strong in the load

// loadCells are equal levels; then the strong and the weak of a mixture.
func loadCells(t testing.TB, sf int, load float64) [3]cell {
	const above = 3000
	mixture := stream{sf: sf, load: load, near: near, above: above}
	equal := stream{sf: sf, load: load}.amid(t, sf, 0)
	strong, weak := mixture.amid(t, sf, above), mixture.amid(t, sf, 0)
	equal.want, weak.want = lonely(sf, load), lonely(sf, load)
	strong.want = captured(sf, near*load, (1-near)*load)
	for i, c := range []*cell{&equal, &strong, &weak} {
		c.where = fmt.Sprintf("SF%d at load %v, column %d", sf, load, i)
	}
	return [3]cell{equal, strong, weak}
}

// An SF10 frame amid SF7 ones of load 0.2: up to 19 dB stronger they do nothing,
// beyond they destroy all that they overlap.
func rejectionCell(t testing.TB, above radio.DB) cell {
	const load = 0.2
	c := stream{sf: 7, load: load, near: 1, above: above}.amid(t, 10, 0)
	c.where, c.want = fmt.Sprint("SF10 amid SF7 ", above, " stronger"), 1
	if above > 1900 {
		frame, other := loraRate(10), loraRate(7).TimeOnAir(curveSize)
		hit := frame.TimeOnAir(curveSize) - 3*frame.SymbolTime() + other
		c.want = math.Exp(-load * float64(hit) / float64(other))
	}
	return c
}

var curveAbove = []radio.DB{0, 600, 1200, 1950, 2500}

// TestDeliveryBesideTheory holds each figure to theory, and docs/air.md to the
// figures; -update writes them there.
func TestDeliveryBesideTheory(t *testing.T) {
	const file, begin, end = "../../docs/air.md", "<!-- tables -->\n", "<!-- end of tables -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no marks for the tables", file)
	}
	tables := distanceTable(t) + "\n" + loadTable(t) + "\n" + rejectionTable(t)
	if *update {
		if err := os.WriteFile(file, []byte(head+begin+tables+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != tables {
		t.Errorf("%s has other tables; run with -update. Measured:\n%s", file, tables)
	}
}

func distanceTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| km |")
	for _, sf := range curveRates {
		fmt.Fprintf(&b, " SF%d | Q |", sf)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|---|", len(curveRates)) + "\n")
	for _, km := range curveDistances {
		fmt.Fprintf(&b, "| %v |", km)
		for _, sf := range curveRates {
			c := atDistance(t, km, sf)
			c.check(t)
			fmt.Fprintf(&b, " %.1f | %.1f |", 100*c.got(), 100*c.want)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func loadTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| SF | G | equal | model | exp(-2G) | strong | model | perfect capture | weak | model |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, sf := range []int{7, 9, 12} {
		for _, load := range curveLoads {
			c := loadCells(t, sf, load)
			for _, x := range c {
				x.check(t)
			}
			fmt.Fprintf(&b, "| %d | %v | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", sf, load,
				100*c[0].got(), 100*c[0].want, 100*math.Exp(-2*load), 100*c[1].got(), 100*c[1].want,
				100*math.Exp(-2*near*load), 100*c[2].got(), 100*c[2].want)
		}
	}
	return b.String()
}

func rejectionTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| SF7 stronger by | SF10 delivered | model |\n|---|---|---|\n")
	for _, above := range curveAbove {
		c := rejectionCell(t, above)
		c.check(t)
		fmt.Fprintf(&b, "| %v | %.1f | %.1f |\n", above, 100*c.got(), 100*c.want)
	}
	return b.String()
}
