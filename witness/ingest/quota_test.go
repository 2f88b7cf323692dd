package ingest

import (
	"errors"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// batchOfMany has observations of one moment.
func batchOfMany(epoch witness.Epoch, heard witness.Millis, count int) []byte {
	w := witness.Batch{Epoch: epoch}
	for n := range count {
		w.Observations = append(w.Observations, witness.Observation{
			Frame: witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{byte(n), byte(heard >> 8), byte(heard)}}, Frequency: 868_100_000, SF: 10,
			Heard: heard, Copies: 1,
		})
	}
	return w.Append(nil)
}

// fast is an ingest whose rate does not matter.
func fast(t *testing.T) *rig {
	return newRig(t, func(c *Config) { c.Rate = Rate{Reports: 1e6, Burst: 1e6, Discoveries: 1e6} })
}

// reports sends a record that has not been sent before and says how it was answered.
func (r *rig) reports(kind radio.Kind, body []byte) witness.RefusalReason {
	r.t.Helper()
	a, err := r.take(string(kind), r.sign(kind, body).Append(nil), now)
	switch {
	case err != nil:
		r.t.Fatal(err)
	case a.Refusal != nil:
		return a.Refusal.Reason
	}
	return ""
}

// TestQuota: of one station and epoch so many observations are taken, whatever records they
// come in; what is refused is final, takes nothing, and harms nobody else.
func TestQuota(t *testing.T) {
	r := fast(t)
	most := Quota(r.i.config.Timing)
	if most != 64*30 {
		t.Fatalf("a quota of %d", most)
	}
	at := now - 900
	left := most
	for left >= witness.MaxObservations {
		if got := r.reports(radio.KindWitness, batchOfMany(101, at, witness.MaxObservations)); got != "" {
			t.Fatalf("refused as %s with %d left", got, left)
		}
		at, left = at+1, left-witness.MaxObservations
	}
	if left > 0 {
		r.reports(radio.KindWitness, batchOfMany(101, at, left))
	}
	first := r.sign(radio.KindWitness, batchOfMany(101, now-900, witness.MaxObservations)).Append(nil)
	if a, err := r.take("witness", first, now); err != nil || a.Refusal != nil {
		t.Errorf("what was taken before: %+v, %v", a, err)
	}
	for kind, body := range map[radio.Kind][]byte{
		radio.KindWitness: batchOfMany(101, now, 1), radio.KindBeacon: beacon(3035, now), radio.KindDiscovery: discovery(3035),
	} {
		if got := r.reports(kind, body); got != witness.RefusedQuota || got.Again() {
			t.Errorf("a %s past the quota: %q", kind, got)
		}
	}
	kept := len(r.kept)
	if got := r.reports(radio.KindWitness, batchOfMany(100, 6_064_000, 32)); got != "" {
		t.Errorf("of another epoch: %s", got)
	}
	r.station = stationOf(t, keyOf(5))
	if a, err := r.take("witness", r.signFor(keyOf(5), r.network, radio.KindWitness, batchOf(101, now)).Append(nil), now); err != nil || a.Refusal != nil {
		t.Errorf("of another station: %+v, %v", a, err)
	}
	if len(r.kept) != kept+2 {
		t.Errorf("%d kept, want 2 more than %d", len(r.kept), kept)
	}
}

// TestQuotaOfWhatIsNotKept: a report that fails takes nothing.
func TestQuotaOfWhatIsNotKept(t *testing.T) {
	r := fast(t)
	r.broken = true
	payload := r.sign(radio.KindWitness, batchOfMany(101, now, witness.MaxObservations)).Append(nil)
	for range Quota(r.i.config.Timing) {
		if _, err := r.take("witness", payload, now); !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
	}
	r.broken = false
	if a, err := r.take("witness", payload, now); err != nil || a.Refusal != nil {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestRecount: what the journal has of before counts.
func TestRecount(t *testing.T) {
	r := fast(t)
	for n := range Quota(r.i.config.Timing) / witness.MaxObservations {
		r.i.Recount(r.sign(radio.KindWitness, batchOfMany(101, now-witness.Millis(n), witness.MaxObservations)), now, now)
	}
	r.i.Recount(r.sign(radio.KindAnchor, []byte("no report")), now, now)
	r.i.Recount(r.sign(radio.KindBeacon, []byte("no body")), now, now)
	r.i.Recount(r.sign(radio.KindBeacon, beacon(35, now)), now, now)
	r.i.Recount(r.sign(radio.KindDiscovery, discovery(35)), now-Hour/2, now) // its epoch is over, the hour is not
	if got := r.reports(radio.KindBeacon, beacon(3035, now)); got != witness.RefusedQuota {
		t.Errorf("%q after a restart", got)
	}
	if got := len(r.i.quota.used); got != 1 {
		t.Errorf("%d epochs are counted", got)
	}
	if got := len(r.i.hours.taken[r.station]); got != 1 {
		t.Errorf("%d discoveries are counted", got)
	}
}

// TestQuotaForgets: no more epochs are counted than reports may be of.
func TestQuotaForgets(t *testing.T) {
	r := fast(t)
	s := r.station
	for e := range witness.Epoch(100) {
		if !r.i.quota.take(s, e, 1) {
			t.Fatal("an epoch without reports is full")
		}
	}
	if got := len(r.i.quota.used); got != int(DefaultKeep)+2 || r.i.quota.used[99] == nil {
		t.Errorf("%d epochs", got)
	}
}
