package ingest

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// now is in epoch 101 of the demo's timing, slot 3035, which began 1 s before.
const now = witness.Millis(6_071_000)

var errDisk = errors.New("the disk is full")

func keyOf(seed byte) crypto.Signer {
	return ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), seed))
}

func stationOf(t testing.TB, k crypto.Signer) radio.Station {
	t.Helper()
	s, err := radio.StationOf(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rig is an ingest over a journal and a log in memory.
type rig struct {
	t       testing.TB
	network radio.Network
	station radio.Station
	i       *Ingest

	mu      sync.Mutex
	kept    []Report
	placed  []Report
	batches int
	broken  bool
	unbound bool
}

func newRig(t testing.TB, change func(*Config)) *rig {
	t.Helper()
	s, err := witness.ScheduleNamed("demo")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, network: stationOf(t, keyOf(1)).Network(), station: stationOf(t, keyOf(2))}
	c := Config{Network: r.network, Timing: s.Timing, Others: []radio.Network{{1}, otherNetwork(t)}}
	if change != nil {
		change(&c)
	}
	if r.i, err = New(c, r, r); err != nil {
		t.Fatal(err)
	}
	return r
}

func otherNetwork(t testing.TB) radio.Network { return stationOf(t, keyOf(3)).Network() }

func (r *rig) Keep(_ context.Context, report Report) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return errDisk
	}
	r.kept = append(r.kept, report)
	return nil
}

func (r *rig) Find(report Report) (witness.Receipt, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.find(report)
}

func (r *rig) find(report Report) (witness.Receipt, bool, error) {
	n := slices.IndexFunc(r.placed, func(p Report) bool { return p.ID == report.ID })
	if n < 0 {
		return witness.Receipt{}, false, nil
	}
	return witness.Receipt{Record: report.ID, Received: r.placed[n].Received, Epoch: report.Own, Index: uint64(n)}, true, nil
}

func (r *rig) Place(reports []Report) ([]witness.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unbound {
		return nil, errDisk
	}
	r.batches++
	var receipts []witness.Receipt
	for _, report := range reports {
		receipt, known, _ := r.find(report)
		if !known {
			r.placed = append(r.placed, report)
			receipt, _, _ = r.find(report)
		}
		receipts = append(receipts, receipt)
	}
	return receipts, nil
}

func (r *rig) sign(kind radio.Kind, body []byte) radio.Signed {
	return r.signFor(keyOf(2), r.network, kind, body)
}

func (r *rig) signFor(k crypto.Signer, network radio.Network, kind radio.Kind, body []byte) radio.Signed {
	r.t.Helper()
	s, err := radio.Sign(k, network, kind, body)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *rig) take(kind string, payload []byte, at witness.Millis) (Answer, error) {
	return r.i.Take(r.t.Context(), Message{r.station, kind, payload}, at)
}

func onAir(sent witness.Millis) witness.OnAir {
	return witness.OnAir{Frequency: 868_100_000, SF: 10, Conducted: 1400, Counter: 7, Sent: sent}
}

func beacon(slot witness.Slot, sent witness.Millis) []byte {
	return witness.Beacon{Slot: slot, Signature: radio.Signature{9}, OnAir: onAir(sent)}.Append(nil)
}

func batchOf(epoch witness.Epoch, heard witness.Millis) []byte {
	o := witness.Observation{
		Frame: witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{0xab}}, Frequency: 868_100_000, SF: 10,
		Heard: heard, Copies: 1,
	}
	return witness.Batch{Epoch: epoch, Observations: []witness.Observation{o}}.Append(nil)
}

func discovery(slot witness.Slot) []byte {
	return witness.Discovery{Slot: slot, Random: witness.Tag{0xcd}, OnAir: onAir(now + 20_000)}.Append(nil)
}

func TestReportsAreTaken(t *testing.T) {
	r := newRig(t, nil)
	for n, c := range []struct {
		kind radio.Kind
		body []byte
		own  witness.Epoch
		tag  byte
	}{
		{radio.KindBeacon, beacon(3035, now-10), 101, witness.TagOf(radio.Signature{9})[0]},
		{radio.KindBeacon, beacon(3037, now+5_000), 101, witness.TagOf(radio.Signature{9})[0]}, // a clock 5 s ahead
		{radio.KindWitness, batchOf(101, now), 101, 0xab},
		{radio.KindWitness, batchOf(100, 6_064_999), 100, 0xab}, // 5 s after the epoch, less a ms
		{radio.KindDiscovery, discovery(3035), 101, 0xcd},
		{radio.KindBeacon, beacon(2070, 4_141_000), 69, witness.TagOf(radio.Signature{9})[0]}, // 32 epochs late
	} {
		s := r.sign(c.kind, c.body)
		got, err := r.take(string(c.kind), s.Append(nil), now)
		want := witness.Receipt{Record: s.ID(r.network), Received: now, Epoch: c.own, Index: uint64(n)}
		if err != nil || got.Refusal != nil || got.Receipt != want {
			t.Errorf("%d: %+v, %v", n, got, err)
			continue
		}
		if k := r.kept[n]; k.ID != want.Record || k.Own != c.own || k.Tag[0] != c.tag || k.Received != now {
			t.Errorf("%d: kept %+v", n, k)
		}
	}
	if c := r.i.Counts(); c.Taken != 6 || c.Again+c.Failed != 0 || len(c.Refused) != 0 {
		t.Errorf("%+v", c)
	}
}

// renamed is a record with another kind, whose signature nobody comes to look at.
func renamed(s radio.Signed, kind radio.Kind) radio.Signed {
	s.Kind = kind
	return s
}

func TestReportsAreRefusedByName(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Registry = registry{stationOf(t, keyOf(2))} })
	good := r.sign(radio.KindBeacon, beacon(3035, now))
	forged := good
	forged.Signature[5] ^= 1
	changed := good
	changed.Body = beacon(3034, now)
	bytes := func(s radio.Signed) []byte { return s.Append(nil) }
	body := func(k radio.Kind, b []byte) []byte { return bytes(r.sign(k, b)) }
	for name, c := range map[string]struct {
		kind    string
		payload []byte
		want    witness.RefusalReason
	}{
		"too large":                     {"beacon", make([]byte, radio.MaxSigned+1), witness.RefusedSize},
		"empty":                         {"beacon", nil, witness.RefusedEncoding},
		"something follows":             {"beacon", append(bytes(good), 0), witness.RefusedEncoding},
		"no body of a beacon":           {"beacon", body(radio.KindBeacon, []byte{1}), witness.RefusedEncoding},
		"a batch as a beacon":           {"beacon", body(radio.KindWitness, batchOf(101, now)), witness.RefusedTopic},
		"a beacon as a batch":           {"witness", bytes(good), witness.RefusedTopic},
		"no kind of report":             {"site", body(radio.KindSite, []byte{1}), witness.RefusedTopic},
		"no kind at all":                {"x", bytes(good), witness.RefusedTopic},
		"of appeals":                    {"witness", body(radio.KindPositions, []byte{1}), witness.RefusedTopic},
		"the prefix of openings":        {"witness", bytes(renamed(good, "open")), witness.RefusedTopic},
		"a kind that is none":           {"beacon", bytes(renamed(good, "X")), witness.RefusedTopic},
		"no observation":                {"witness", body(radio.KindWitness, batchOfMany(101, now, 0)), witness.RefusedRange},
		"33 observations":               {"witness", body(radio.KindWitness, batchOfMany(101, now, 33)), witness.RefusedRange},
		"another station's":             {"beacon", bytes(r.signFor(keyOf(4), r.network, radio.KindBeacon, beacon(3035, now))), witness.RefusedStation},
		"forged":                        {"beacon", bytes(forged), witness.RefusedSignature},
		"changed":                       {"beacon", bytes(changed), witness.RefusedSignature},
		"of another network":            {"beacon", bytes(r.signFor(keyOf(2), otherNetwork(t), radio.KindBeacon, beacon(3035, now))), witness.RefusedNetwork},
		"of a network nobody knows":     {"beacon", bytes(r.signFor(keyOf(2), radio.Network{7}, radio.KindBeacon, beacon(3035, now))), witness.RefusedSignature},
		"slot out of range":             {"beacon", body(radio.KindBeacon, beacon(1<<40, now)), witness.RefusedRange},
		"time out of range":             {"beacon", body(radio.KindBeacon, beacon(3035, 1<<53)), witness.RefusedRange},
		"epoch out of range":            {"witness", body(radio.KindWitness, batchOf(1<<40, now)), witness.RefusedRange},
		"epoch without a slot in range": {"witness", body(radio.KindWitness, batchOf(110_000_000_000, now)), witness.RefusedRange},
		"heard in another epoch":        {"witness", body(radio.KindWitness, batchOf(100, 6_066_000)), witness.RefusedEpoch},
		"sent 5.001 s ahead":            {"beacon", body(radio.KindBeacon, beacon(3035, now+5_001)), witness.RefusedFuture},
		"a slot ahead":                  {"beacon", body(radio.KindBeacon, beacon(3039, now)), witness.RefusedFuture},
		"heard ahead":                   {"witness", body(radio.KindWitness, batchOf(101, now+5_001)), witness.RefusedFuture},
		"of the next epoch":             {"witness", body(radio.KindWitness, batchOf(102, 6_115_000)), witness.RefusedFuture},
		"a discovery of a slot to come": {"discovery", body(radio.KindDiscovery, discovery(3039)), witness.RefusedFuture},
		"33 epochs late":                {"beacon", body(radio.KindBeacon, beacon(2039, 4_079_000)), witness.RefusedPast},
	} {
		before := r.i.Counts().Refused[c.want]
		got, err := r.take(c.kind, c.payload, now)
		if err != nil || got.Refusal == nil || got.Refusal.Reason != c.want {
			t.Errorf("%s: %+v, %v, want %s", name, got.Refusal, err, c.want)
			continue
		}
		if *got.Refusal != witness.RefusalOf(c.payload, c.want, got.Refusal.Text) || got.Refusal.Text == "" {
			t.Errorf("%s: %+v", name, got.Refusal)
		}
		if r.i.Counts().Refused[c.want] != before+1 {
			t.Errorf("%s: not counted", name)
		}
	}
	r.station = stationOf(t, keyOf(4))
	got, err := r.take("beacon", bytes(r.signFor(keyOf(4), r.network, radio.KindBeacon, beacon(3035, now))), now)
	if err != nil || got.Refusal == nil || got.Refusal.Reason != witness.RefusedUnknown {
		t.Errorf("without a site: %+v, %v", got, err)
	}
	if len(r.kept)+len(r.placed) != 0 {
		t.Error("something was kept")
	}
}

// registry knows one station.
type registry struct{ station radio.Station }

func (r registry) Known(_ context.Context, s radio.Station, _ witness.Epoch) (bool, error) {
	return s == r.station, nil
}

func TestTheSameReportAgain(t *testing.T) {
	r := newRig(t, nil)
	payload := r.sign(radio.KindBeacon, beacon(3035, now)).Append(nil)
	first, err := r.take("beacon", payload, now)
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.take("beacon", payload, now+30_000)
	if err != nil || again.Receipt != first.Receipt || again.Refusal != nil {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	if c := r.i.Counts(); c.Taken != 1 || c.Again != 1 || len(r.kept) != 1 {
		t.Errorf("%+v, %d kept", c, len(r.kept))
	}
}

func TestWhatCannotBeKeptIsNotAnswered(t *testing.T) {
	r := newRig(t, nil)
	payload := r.sign(radio.KindBeacon, beacon(3035, now)).Append(nil)
	r.broken = true
	if a, err := r.take("beacon", payload, now); !errors.Is(err, errDisk) || a.Receipt != (witness.Receipt{}) || a.Refusal != nil {
		t.Error(a, err)
	}
	r.broken, r.unbound = false, true
	if a, err := r.take("beacon", payload, now); !errors.Is(err, errDisk) || a.Receipt != (witness.Receipt{}) || a.Refusal != nil {
		t.Error(a, err)
	}
	r.unbound = false
	if a, err := r.take("beacon", payload, now); err != nil || a.Refusal != nil {
		t.Error(a, err)
	}
	if c := r.i.Counts(); c.Failed != 2 || c.Taken != 1 {
		t.Errorf("%+v", c)
	}
}

// TestUnplaced: what was journaled and could not be placed is not journaled again, and has
// its first stamp, unless that is below a promise by then.
func TestUnplaced(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		name     string
		slot     witness.Slot
		promised witness.Millis
		want     witness.Millis
		kept     int
	}{
		{"again", 3035, 0, now, 1},
		{"below a promise", 3034, now + 10, now + 50, 2},
	} {
		name := c.name
		payload := r.sign(radio.KindBeacon, beacon(c.slot, now)).Append(nil)
		r.kept, r.unbound = nil, true
		if _, err := r.take("beacon", payload, now); !errors.Is(err, errDisk) {
			t.Fatal(name, err)
		}
		if c.promised > 0 && r.i.Promise(c.promised) != c.promised {
			t.Fatal(name, ": a report that has failed holds a promise back")
		}
		r.unbound = false
		a, err := r.take("beacon", payload, now+50)
		if err != nil || a.Receipt.Received != c.want || len(r.kept) != c.kept {
			t.Errorf("%s: %+v, journaled %d times, %v", name, a.Receipt, len(r.kept), err)
		}
		if len(r.i.unplaced)+len(r.i.pending) != 0 {
			t.Errorf("%s: something is still open", name)
		}
	}
}

// TestRecover: what the journal has and the log has not is placed with its own time, once,
// and then has its receipt when it comes again.
func TestRecover(t *testing.T) {
	r := newRig(t, nil)
	for name, c := range map[string]struct {
		kind radio.Kind
		body []byte
		want bool
		fail bool
	}{
		"a beacon":   {radio.KindBeacon, beacon(3035, now), true, false},
		"a batch":    {radio.KindWitness, batchOf(101, now), true, false},
		"long ago":   {radio.KindBeacon, beacon(35, now), false, false},
		"no report":  {radio.KindAnchor, beacon(3035, now), false, true},
		"no body":    {radio.KindDiscovery, []byte("x"), false, true},
		"not placed": {radio.KindBeacon, beacon(3034, now), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			r.unbound = name == "not placed"
			s := r.sign(c.kind, c.body)
			placed, err := r.i.Recover(s, now-500, now)
			if placed != c.want || (err != nil) != c.fail {
				t.Fatal(placed, err)
			}
			if again, err := r.i.Recover(s, now-500, now); again || (err != nil) != c.fail {
				t.Errorf("a second time: %v, %v", again, err)
			}
			kept := len(r.kept)
			if a, err := r.take(string(c.kind), s.Append(nil), now); c.want && (err != nil || a.Receipt.Received != now-500 || len(r.kept) != kept) {
				t.Errorf("sent again: %+v, %v", a, err)
			}
		})
	}
}

func TestRates(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Rate = Rate{Reports: 2, Burst: 5} })
	refused := func(kind string, count int, at witness.Millis) (n int) {
		for range count {
			a, err := r.take(kind, []byte{1}, at)
			if err != nil || a.Refusal == nil {
				t.Fatal(a, err)
			}
			if a.Refusal.Reason == witness.RefusedRate {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		kind     string
		count    int
		at       witness.Millis
		want     int
		stranger bool
	}{
		{"beacon", 7, now, 2, false},
		{"beacon", 3, now + 1_000, 1, false},
		{"beacon", 5, now + 1_000, 0, true}, // others are unharmed
	} {
		r.station = stationOf(t, keyOf(2))
		if c.stranger {
			r.station = stationOf(t, keyOf(5))
		}
		if got := refused(c.kind, c.count, c.at); got != c.want {
			t.Errorf("%+v: %d refused", c, got)
		}
	}
}

// TestPaceForgets: full buckets go when there are many, others stay.
func TestPaceForgets(t *testing.T) {
	p := newPace(Rate{Reports: 1, Burst: 2})
	busy := stationOf(t, keyOf(9))
	for n := range 2 * leastSweep {
		at := now + witness.Millis(n)*1_000
		k := ed25519.NewKeyFromSeed(append(make([]byte, 30), byte(n>>8), byte(n)))
		if !p.allow(stationOf(t, k), at) {
			t.Fatal("a station that sends for the first time is refused")
		}
		p.allow(busy, at)
		p.allow(busy, at)
		if p.allow(busy, at) {
			t.Fatal("a busy station was forgotten")
		}
	}
	if len(p.buckets) > leastSweep {
		t.Errorf("%d buckets", len(p.buckets))
	}
}

// TestDiscoveriesOfAnyHour: whenever an hour begins, it has no more than are allowed; a record
// that comes again is none more, and others are unharmed.
func TestDiscoveriesOfAnyHour(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Rate = Rate{Reports: 1e6, Burst: 1e6, Discoveries: 20} })
	payload := func(k crypto.Signer, at witness.Millis) []byte {
		slot := r.i.config.Timing.SlotAt(at)
		body := witness.Discovery{Slot: slot, Random: witness.Tag{1}, OnAir: onAir(at)}.Append(nil)
		return r.signFor(k, r.network, radio.KindDiscovery, body).Append(nil)
	}
	var taken []witness.Millis
	for n := range 120 { // one a minute, for two hours
		at := now + witness.Millis(n)*60_000
		for range 2 {
			a, err := r.take("discovery", payload(keyOf(2), at), at)
			if err != nil || a.Refusal != nil && a.Refusal.Reason != witness.RefusedRate {
				t.Fatal(a, err)
			}
			if a.Refusal == nil && (len(taken) == 0 || taken[len(taken)-1] != at) {
				taken = append(taken, at)
			}
		}
	}
	for i := range taken {
		if i >= 20 && taken[i]-taken[i-20] < 3_600_000 {
			t.Errorf("record %d came %v after the twentieth before it", i, (taken[i] - taken[i-20]).Duration())
		}
	}
	if len(taken) != 40 || len(r.placed) != 40 {
		t.Errorf("%d are taken, %d placed, of each hour 20", len(taken), len(r.placed))
	}
	r.station = stationOf(t, keyOf(5))
	if a, err := r.take("discovery", payload(keyOf(5), now+7_200_000), now+7_200_000); err != nil || a.Refusal != nil {
		t.Error("another station:", a, err)
	}
}

// TestTheHourGoesOnAfterAStart: discoveries that the journal has count by the time that it has,
// whatever was taken meanwhile, and those of before the last hour do not.
func TestTheHourGoesOnAfterAStart(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Rate = Rate{Reports: 1e6, Burst: 1e6, Discoveries: 3}; c.Keep = 1000 })
	of := func(n byte) radio.Signed {
		return r.sign(radio.KindDiscovery, witness.Discovery{Slot: 3035, Random: witness.Tag{n}, OnAir: onAir(now)}.Append(nil))
	}
	ask := func(n byte, at witness.Millis) witness.RefusalReason {
		t.Helper()
		a, err := r.take("discovery", of(n).Append(nil), at)
		switch {
		case err != nil:
			t.Fatal(err)
		case a.Refusal != nil:
			return a.Refusal.Reason
		}
		return ""
	}
	if got := ask(9, now); got != "" {
		t.Fatalf("the first one: %s", got)
	}
	r.i.Recount(of(1), now-Hour, now)
	r.i.Recount(of(2), now-1000, now)
	r.i.Recount(of(3), now-2000, now)
	r.i.Recount(of(9), now, now)
	if got := len(r.i.hours.taken[r.station]); got != 3 {
		t.Fatalf("%d are counted", got)
	}
	if got := ask(4, now+1); got != witness.RefusedRate {
		t.Errorf("a fourth within the hour: %q", got)
	}
	if got := ask(9, now+1); got != "" {
		t.Errorf("one that was taken: %s", got)
	}
	if got := ask(4, now+Hour-2000); got != "" {
		t.Errorf("an hour after the oldest: %s", got)
	}
	if got := ask(5, now+Hour-1001); got != witness.RefusedRate {
		t.Errorf("within an hour of the next: %q", got)
	}
	r.i.Recount(of(6), now+Hour-1500, now+Hour-1001) // one more than there may be
	if got := len(r.i.hours.taken[r.station]); got != 3 {
		t.Errorf("%d are kept", got)
	}
}

// TestADiscoveryThatWasTakenIsAnswered with its first receipt, also when its hour is over and
// the present one is full.
func TestADiscoveryThatWasTakenIsAnswered(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Rate = Rate{Reports: 1e6, Burst: 1e6, Discoveries: 1}; c.Keep = 1000 })
	send := func(n byte, at witness.Millis) Answer {
		t.Helper()
		s := r.sign(radio.KindDiscovery, witness.Discovery{Slot: 3035, Random: witness.Tag{n}, OnAir: onAir(now)}.Append(nil))
		a, err := r.take("discovery", s.Append(nil), at)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := send(1, now)
	if a := send(2, now+Hour); a.Refusal != nil {
		t.Fatal(a.Refusal)
	}
	if a := send(1, now+Hour+1); a.Refusal != nil || a.Receipt != first.Receipt {
		t.Errorf("%+v, first %+v", a, first)
	}
	if a := send(3, now+Hour+2); a.Refusal == nil || a.Refusal.Reason != witness.RefusedRate {
		t.Errorf("a new one: %+v", a)
	}
}

// TestHoursForget: of stations that were silent for an hour nothing is kept.
func TestHoursForget(t *testing.T) {
	h := newHours(20)
	for n := range 4 * leastSweep {
		at := now + witness.Millis(n)*10_000
		k := ed25519.NewKeyFromSeed(append(make([]byte, 30), byte(n>>8), byte(n)))
		if !h.allow(stationOf(t, k), radio.RecordID{}, at) {
			t.Fatal("a station that sends for the first time is refused")
		}
	}
	if len(h.taken) > leastSweep {
		t.Errorf("%d stations are kept, 360 were there in the last hour", len(h.taken))
	}
}

func TestManyAtOnce(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Rate = Rate{Reports: 1e6, Burst: 1e6, Discoveries: 1} })
	const count, times = 200, 2
	receipts := make([]witness.Receipt, count*times)
	var all sync.WaitGroup
	for n := range count {
		payload := r.sign(radio.KindBeacon, beacon(3035, now-witness.Millis(n))).Append(nil)
		for again := range times {
			all.Go(func() {
				a, err := r.take("beacon", payload, now)
				if err != nil || a.Refusal != nil {
					t.Error(a, err)
				}
				receipts[n*times+again] = a.Receipt
			})
		}
	}
	all.Wait()
	seen := map[uint64]bool{}
	for n := range count {
		if receipts[n*times] != receipts[n*times+1] {
			t.Errorf("two receipts: %+v, %+v", receipts[n*times], receipts[n*times+1])
		}
		seen[receipts[n*times].Index] = true
	}
	if len(seen) != count || len(r.placed) != count {
		t.Errorf("%d indexes, %d placed", len(seen), len(r.placed))
	}
}

func TestPromises(t *testing.T) {
	r := newRig(t, nil)
	stamp := r.i.begin(now)
	if got := r.i.Promise(now + 100); got != now {
		t.Errorf("promised %d while a report of %d is on its way", got, now)
	}
	r.i.end(stamp)
	if got := r.i.Promise(now + 100); got != now+100 {
		t.Errorf("promised %d", got)
	}
	a, err := r.take("beacon", r.sign(radio.KindBeacon, beacon(3035, now)).Append(nil), now)
	if err != nil || a.Receipt.Received != now+100 {
		t.Errorf("stamped %+v after the promise, %v", a, err)
	}
}

func TestBadConfigs(t *testing.T) {
	if _, err := New(Config{}, nil, nil); err == nil {
		t.Error("an ingest without timing")
	}
	s, _ := witness.ScheduleNamed("demo")
	if _, err := New(Config{Timing: s.Timing, Others: make([]radio.Network, MaxOthers+1)}, nil, nil); err == nil {
		t.Error("too many other networks")
	}
	if got := (Config{Timing: s.Timing}).Oldest(0); got != 0 {
		t.Errorf("the oldest epoch at the beginning of time: %d", got)
	}
}

// FuzzTake: nothing that a station sends makes the ingest fail, and what is taken is a
// record of that station, once.
func FuzzTake(f *testing.F) {
	r := newRig(f, func(c *Config) { c.Rate = Rate{Reports: 1e9, Burst: 1e9, Discoveries: 1e9} })
	for kind, body := range map[radio.Kind][]byte{
		radio.KindBeacon: beacon(3035, now), radio.KindWitness: batchOf(101, now), radio.KindDiscovery: discovery(3035),
	} {
		f.Add(string(kind), r.sign(kind, body).Append(nil), false)
		f.Add(string(kind), body, true)
	}
	f.Fuzz(func(t *testing.T, kind string, payload []byte, sign bool) {
		r := newRig(t, nil)
		if sign { // the body of a record that the station did sign
			s, err := radio.Sign(keyOf(2), r.network, radio.Kind(kind), payload)
			if err != nil {
				return
			}
			payload = s.Append(nil)
		}
		a, err := r.take(kind, payload, now)
		if err != nil {
			t.Fatal(err)
		}
		if a.Refusal == nil != (len(r.placed) == 1) {
			t.Errorf("%+v, %d placed", a, len(r.placed))
		}
		if a.Refusal != nil && strings.ContainsAny(a.Refusal.Text, "\x00\n") {
			t.Error(fmt.Sprint(a.Refusal))
		}
	})
}
