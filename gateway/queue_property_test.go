package gateway

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hexspot/radio"
)

// bandOf is the checker's own table of EU868's limits: sub-band and time on air in an
// hour. Emissions up to 9 dBm above 869.7 MHz have none.
func bandOf(f radio.Hertz, eirp radio.DBm) (band string, limit time.Duration) {
	switch {
	case f < 865_000_000:
		return "K", 3600 * ms
	case f < 868_000_000:
		return "L", 36 * time.Second
	case f < 868_600_001:
		return "M", 36 * time.Second
	case f < 869_200_001:
		return "N", 3600 * ms
	case f < 869_650_001:
		return "P", 360 * time.Second
	case eirp > 900:
		return "R", 36 * time.Second
	}
	return "Q", time.Hour
}

var frequencies = []radio.Hertz{864_500_000, 867_100_000, 868_100_000, 869_000_000, 869_525_000, 869_800_000, 868_650_000}

// drawDownlink is a downlink that may be legal.
func drawDownlink(t *rapid.T) radio.Downlink {
	d := radio.Downlink{
		PHYPayload: payload(rapid.SampledFrom([]int{1, 12, 51, 222, 0}).Draw(t, "size")),
		Frequency:  rapid.SampledFrom(frequencies).Draw(t, "frequency"),
		EIRP:       rapid.SampledFrom([]radio.DBm{800, 1400, 1600, 2900}).Draw(t, "EIRP"),
		Modulation: sf(radio.SpreadingFactor(rapid.IntRange(7, 12).Draw(t, "SF")), 125),
	}
	if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
		d.Modulation = millisecond
	}
	return d
}

// trial is a stand whose chain does what chance wants, and what was asked of it.
type trial struct {
	*stand
	asked   map[uint32]Command
	session uint64
}

const pulseGPS = 1_400_000_000 * time.Second

// drawInstant is when a downlink is asked for.
func (r *trial) drawInstant(t *rapid.T) (when radio.Timing) {
	ahead := time.Duration(rapid.Int64Range(-50_000, 3_000_000).Draw(t, "ahead")) * time.Microsecond
	switch rapid.IntRange(0, 19).Draw(t, "timing") {
	case 0, 1, 2, 3:
	case 4:
		when.GPS = pulseGPS + ahead
	case 5:
		when.At = radio.Timestamp{Session: r.session + 7, Micros: r.at(ahead).Micros}
	case 6:
		when.At = r.at(ahead * 100)
	default:
		when.At = r.at(ahead)
	}
	return when
}

func (r *trial) command(t *rapid.T) {
	c := Command{Priority: PriorityDownlink}
	for range rapid.IntRange(1, 3).Draw(t, "items") {
		d := drawDownlink(t)
		d.When = r.drawInstant(t)
		c.Items = append(c.Items, d)
	}
	if most := rapid.SampledFrom([]int{0, 500, 70_000}).Draw(t, "most latest"); most > 0 {
		c.Latest = r.at(time.Duration(rapid.IntRange(0, most).Draw(t, "latest")) * ms)
	}
	if rapid.IntRange(0, 4).Draw(t, "beacon") == 0 {
		c.Priority = PriorityBeacon
	}
	gps := radio.GPSReference{At: r.now.Counter, GPS: pulseGPS}
	if rapid.Bool().Draw(t, "GPS locked") {
		gps = radio.GPSReference{}
	}
	a := r.submitGPS(c, gps)
	r.asked[a.ID] = c
}

// spend spends all of a narrow sub-band's hour and more, as far as it may.
func (r *trial) spend(t *rapid.T) {
	d := lasting(864_500_000, 1400, time.Duration(rapid.IntRange(100, 260).Draw(t, "length"))*ms)
	for range 40 {
		r.ask(command(d))
		r.advance(time.Second)
	}
}

// hourLater goes on with what spend did when the first emissions become free again, at
// instants and in between.
func (r *trial) hourLater(t *rapid.T) {
	if len(r.air) == 0 || r.now.Counter.IsZero() {
		return
	}
	first := rapid.SampledFrom(r.air).Draw(t, "first").start
	soon := first + time.Hour - time.Duration(rapid.IntRange(0, 3000).Draw(t, "before"))*ms
	r.advance(max(0, soon-r.now.Clock))
	d := lasting(864_500_000, 1400, time.Duration(rapid.IntRange(100, 260).Draw(t, "length"))*ms)
	for range 20 {
		d.When.At = r.at(time.Duration(rapid.IntRange(100, 5000).Draw(t, "ahead")) * ms)
		r.ask(command(d))
		d.When = radio.Timing{}
		r.ask(command(d))
		r.advance(time.Duration(rapid.IntRange(1, 300).Draw(t, "pause")) * ms)
	}
}

// ask submits a command and remembers it.
func (r *trial) ask(c Command) { r.asked[r.submit(c).ID] = c }

// fateOf is how a loaded frame ends: mostly well.
func fateOf(t *rapid.T) func(*held) {
	return func(h *held) {
		part := time.Duration(rapid.Int64Range(1, int64(h.ends-h.start)).Draw(t, "part"))
		switch rapid.IntRange(0, 15).Draw(t, "fate") {
		case 0:
			h.silence(radio.Blocked, h.start)
		case 1:
			h.silence(radio.Missed, h.start)
		case 2:
			h.silence(radio.Faulted, h.start-min(part, ms))
		case 3: // on the air for a while, and nobody knows
			h.emission.Outcome, h.emission.Start, h.emission.Airtime = radio.Faulted, radio.Timestamp{}, 0
			h.ends = h.start + part
		case 4:
			h.cut(radio.Aborted, h.start+part)
		case 5:
			h.cut(radio.Faulted, h.start+part)
		case 6:
			h.silence(radio.Unusable, h.start-min(part, ms))
		}
	}
}

// TestAnyCommands: random commands on a chain that fails at random never leave two
// emissions overlapping, never break the duty cycle, and never lose a status.
func TestAnyCommands(t *testing.T) { rapid.Check(t, anyCommands) }

// FuzzCommands is TestAnyCommands, led by coverage.
func FuzzCommands(f *testing.F) { f.Fuzz(rapid.MakeFuzz(anyCommands)) }

func anyCommands(t *rapid.T) {
	p, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	s := newTrial(t, Rules{Plan: p, Levels: levels()})
	t.Repeat(map[string]func(*rapid.T){
		"command":  s.command,
		"command2": s.command,
		"soon":     func(t *rapid.T) { s.advance(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * ms) },
		"later":    func(t *rapid.T) { s.advance(time.Duration(rapid.IntRange(0, 600).Draw(t, "s")) * time.Second) },
		"much later": func(t *rapid.T) {
			s.advance(time.Duration(rapid.IntRange(50, 70).Draw(t, "minutes")) * time.Minute)
		},
		"lag": func(t *rapid.T) { s.lag = time.Duration(rapid.IntRange(0, 60).Draw(t, "lag")) * ms },
		"reboot": func(t *rapid.T) {
			s.session++
			s.reboot(s.session)
		},
		"off":        func(t *rapid.T) { s.reboot(0) },
		"spend":      s.spend,
		"hour later": s.hourLater,
		"": func(t *rapid.T) {
			if n := len(s.queue.entries); n > queueSize {
				t.Fatalf("%d entries", n)
			}
		},
	})
	s.lag = 0
	s.finish()
	s.checkAir()
	s.checkDuty()
	s.checkStatuses()
}

func newTrial(t *rapid.T, rules Rules) *trial {
	s := &trial{stand: newStand(t, rules), asked: make(map[uint32]Command), session: 1}
	s.drift = rapid.Int64Range(-100, 100).Draw(t, "ppm")
	s.fate = fateOf(t)
	s.deaf = func() bool { return rapid.IntRange(0, 3).Draw(t, "deaf") == 0 }
	return s
}

// checkAir: emissions do not overlap, and each is one that was asked for: at its
// instant, or not later than its end.
func (r *trial) checkAir() {
	slices.SortFunc(r.air, func(a, b aired) int { return cmp.Compare(a.start, b.start) })
	for i, a := range r.air {
		if i > 0 && a.start < r.air[i-1].end {
			r.t.Fatalf("an emission at %v begins before the one of %v has ended", a.start, r.air[i-1].span)
		}
		id := r.taken[a.ticket]
		c := r.asked[id]
		item, _ := r.answers[id].Accepted()
		r.checkInstant(a, c, c.Items[item])
	}
}

func (r *trial) checkInstant(a aired, c Command, d radio.Downlink) {
	at, end := a.load.Trigger.At, a.load.Trigger.At.Add(a.load.TimeOnAir())
	switch {
	case c.Priority == PriorityDownlink && !d.When.At.IsZero() && at != d.When.At:
		r.t.Fatalf("asked for at %v, on the air at %v", d.When.At, at)
	case c.Priority == PriorityBeacon && !d.When.At.IsZero() && at.Micros < d.When.At.Micros:
		r.t.Fatalf("a beacon for %v is on the air at %v", d.When.At, at)
	case d.When == (radio.Timing{}) && !c.Latest.IsZero() && end.Micros > c.Latest.Micros:
		r.t.Fatalf("to end until %v, on the air until %v", c.Latest, end)
	}
}

// checkDuty tries every hour that begins or ends with an emission.
func (r *trial) checkDuty() {
	bands := make(map[string][]span)
	limits := make(map[string]time.Duration)
	for _, a := range r.air {
		band, limit := bandOf(a.load.Frequency, a.load.Conducted)
		bands[band], limits[band] = append(bands[band], a.span), limit
	}
	for band, spans := range bands {
		if worst := worstWindow(spans, time.Hour); worst > limits[band] {
			r.t.Fatalf("band %s is on the air for %v of an hour", band, worst)
		}
	}
}

// checkStatuses: one answer of the right form to each command, and one report to each
// that was accepted, which tells what happened.
func (r *trial) checkStatuses() {
	if len(r.answers) != len(r.asked) {
		r.t.Fatalf("%d commands, %d answers", len(r.asked), len(r.answers))
	}
	emitted := make(map[uint32]int)
	for _, a := range r.air {
		if a.whole {
			emitted[r.taken[a.ticket]]++
		}
	}
	for id, a := range r.answers {
		_, accepted := a.Accepted()
		checkForm(r.t, a, len(r.asked[id].Items))
		reports := r.reports[id]
		if want := map[bool]int{true: 1}[accepted]; len(reports) != want {
			r.t.Fatalf("%v: %d reports, want %d", a.Statuses, len(reports), want)
		}
		told := accepted && reports[0].Emission.Outcome == radio.Emitted
		if want := map[bool]int{true: 1}[told]; emitted[id] != want {
			r.t.Fatalf("%d emissions, reported %+v", emitted[id], reports)
		}
	}
}

// checkForm: refusals, at most one OK, then IGNORED.
func checkForm(t failer, a Answer, items int) {
	if len(a.Statuses) != items {
		t.Fatalf("%d items, %d statuses", items, len(a.Statuses))
	}
	taken := false
	for _, s := range a.Statuses {
		if (s == radio.TxIgnored) != taken {
			t.Fatalf("statuses %v", a.Statuses)
		}
		taken = taken || s == radio.TxOK
	}
}
