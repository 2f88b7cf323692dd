package gateway

import (
	"cmp"
	"encoding/binary"
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

// chance gives a number from 0 to n-1, from rapid or from a fuzzer's bytes.
type chance func(n int) int

func pick[V any](c chance, list ...V) V { return list[c(len(list))] }

// between is a time of whole units.
func (c chance) between(from, to int, unit time.Duration) time.Duration {
	return time.Duration(from+c(to-from+1)) * unit
}

// trial is a stand whose chain does what chance wants, and what was asked of it.
type trial struct {
	*stand
	chance  chance
	asked   map[uint32]Command
	session uint64
}

func newTrial(t failer, c chance) *trial {
	p, err := radio.PlanNamed("EU868")
	if err != nil {
		t.Fatal(err)
	}
	r := &trial{stand: newStand(t, Rules{Plan: p, Levels: levels()}), chance: c, asked: make(map[uint32]Command), session: 1}
	r.drift = int64(c(201) - 100)
	r.fate = r.drawFate
	r.deaf = func() bool { return c(4) == 0 }
	return r
}

// TestAnyCommands: random commands on a chain that fails at random never leave two
// emissions overlapping, never break the duty cycle, and never lose a status.
func TestAnyCommands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "chance") }
		left := rapid.IntRange(1, 80).Draw(t, "steps")
		newTrial(t, c).run(func() bool { left--; return left >= 0 })
	})
}

// FuzzCommands is TestAnyCommands with a fuzzer's chance.
func FuzzCommands(f *testing.F) {
	f.Add([]byte("\x00\x64\x00\x00\x00\x01\x00\x02\x00\x03"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return // the checker's time grows with the square
		}
		c := func(n int) int {
			var b [2]byte
			data = data[copy(b[:], data):]
			return int(binary.BigEndian.Uint16(b[:])) % n
		}
		newTrial(t, c).run(func() bool { return len(data) > 0 })
	})
}

// run does random things while there is more to do, and checks what came of them.
func (r *trial) run(more func() bool) {
	for more() {
		r.step()
		if n := len(r.queue.entries); n > queueSize {
			r.t.Fatalf("%d entries", n)
		}
	}
	r.lag = 0
	r.finish()
	r.checkAir()
	r.checkDuty()
	r.checkStatuses()
}

func (r *trial) step() {
	switch r.chance(16) {
	default:
		r.drawCommand()
	case 1, 2, 3:
		r.advance(r.chance.between(0, 3000, ms))
	case 4, 5:
		r.advance(r.chance.between(0, 600, time.Second))
	case 6:
		r.advance(r.chance.between(50, 70, time.Minute))
	case 7:
		r.lag = r.chance.between(0, 60, ms)
	case 8:
		r.session++
		r.reboot(r.session)
	case 9:
		r.reboot(0)
	case 10:
		r.spend()
	case 11:
		r.hourLater()
	}
}

// drawDownlink is a downlink that may be legal.
func (r *trial) drawDownlink() radio.Downlink {
	d := radio.Downlink{
		PHYPayload: payload(pick(r.chance, 1, 12, 51, 222, 0)),
		Frequency:  pick(r.chance, frequencies...),
		EIRP:       pick[radio.DBm](r.chance, 800, 1400, 1600, 2900),
		Modulation: sf(radio.SpreadingFactor(7+r.chance(6)), 125),
		When:       r.drawInstant(),
	}
	if r.chance(10) == 0 {
		d.Modulation = millisecond
	}
	return d
}

const pulseGPS = 1_400_000_000 * time.Second

// drawInstant is when a downlink is asked for.
func (r *trial) drawInstant() (when radio.Timing) {
	ahead := r.chance.between(-50, 3000, ms) + r.chance.between(0, 999, time.Microsecond)
	switch r.chance(20) {
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

func (r *trial) drawCommand() {
	c := Command{Priority: PriorityDownlink}
	for range 1 + r.chance(3) {
		c.Items = append(c.Items, r.drawDownlink())
	}
	if most := pick(r.chance, 0, 500, 60_000); most > 0 {
		c.Latest = r.at(r.chance.between(0, most, ms))
	}
	if r.chance(5) == 0 {
		c.Priority = PriorityBeacon
	}
	gps := radio.GPSReference{At: r.now.Counter, GPS: pulseGPS}
	if r.chance(2) == 0 {
		gps = radio.GPSReference{}
	}
	r.asked[r.submitGPS(c, gps).ID] = c
}

// spend spends all of a narrow sub-band's hour and more, as far as it may.
func (r *trial) spend() {
	d := r.drawNarrow()
	for range 40 {
		r.ask(command(d))
		r.advance(time.Second)
	}
}

// drawNarrow is a downlink in a sub-band that bears 3.6 s in an hour.
func (r *trial) drawNarrow() radio.Downlink {
	return lasting(864_500_000, 1400, r.chance.between(100, 260, ms))
}

// hourLater goes on with what spend did when the first emissions become free again, at
// instants and in between.
func (r *trial) hourLater() {
	if len(r.air) == 0 || r.now.Counter.IsZero() {
		return
	}
	soon := pick(r.chance, r.air...).start + time.Hour - r.chance.between(0, 3000, ms)
	r.advance(max(0, soon-r.now.Clock))
	d := r.drawNarrow()
	for range 20 {
		d.When.At = r.at(r.chance.between(100, 5000, ms))
		r.ask(command(d))
		d.When = radio.Timing{}
		r.ask(command(d))
		r.advance(r.chance.between(1, 300, ms))
	}
}

// ask submits a command and remembers it.
func (r *trial) ask(c Command) { r.asked[r.submit(c).ID] = c }

// drawFate is how a loaded frame ends: mostly well.
func (r *trial) drawFate(h *held) {
	part := (h.ends - h.start) * time.Duration(1+r.chance(99)) / 100
	switch r.chance(16) {
	case 1:
		h.silence(radio.Blocked, h.start)
	case 2:
		h.silence(radio.Missed, h.start)
	case 3:
		h.silence(radio.Faulted, h.start-min(part, ms))
	case 4: // on the air for a while, and nobody knows
		h.emission.Outcome, h.emission.Start, h.emission.Airtime = radio.Faulted, radio.Timestamp{}, 0
		h.ends = h.start + part
	case 5:
		h.cut(radio.Aborted, h.start+part)
	case 6:
		h.cut(radio.Faulted, h.start+part)
	case 7:
		h.silence(radio.Unusable, h.start-min(part, ms))
	}
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
