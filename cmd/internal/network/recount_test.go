package network

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// TestQuotaAfterAStart: a station that has used up its quota, and its hour of discoveries, has none
// when the network was started again.
func TestQuotaAfterAStart(t *testing.T) {
	t.Parallel()
	data := Data(t.TempDir())
	n, end := serving(t, demoConfig(), data)
	p := newProver(t, n.ID())
	timing := demoTiming(t)
	now := present()
	own := timing.Epoch(timing.SlotAt(now))
	for number := range ingest.Quota(timing) / witness.MaxObservations {
		s := p.sign(n.ID(), radio.KindWitness, batchOf(own, now, number))
		id := s.ID(n.ID())
		if err := n.proving.reports.keep(t.Context(), "witness", 0, id.String(), now, s.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	discoveries := n.proving.parameters[0].DiscoveryLimit()
	for number := range discoveries {
		s := p.sign(n.ID(), radio.KindDiscovery, discoveryOf(own, timing, number))
		if err := n.proving.reports.keep(t.Context(), "discovery", 0, s.ID(n.ID()).String(), now-ingest.Hour/2, s.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	end()
	store, close := mustStore(t, data)
	defer close()
	v, _ := provingOver(t, data, store.Journal)
	v.records = store
	must(t, v.recount(t.Context()))
	for kind, c := range map[radio.Kind]struct {
		body []byte
		want witness.RefusalReason
	}{
		radio.KindWitness:   {batchOf(own, now, 1000), witness.RefusedQuota},
		radio.KindDiscovery: {discoveryOf(own, timing, discoveries), witness.RefusedRate},
	} {
		m := ingest.Message{Station: p.key.Station(), Kind: string(kind), Payload: p.sign(v.network, kind, c.body).Append(nil)}
		a, err := v.reports.ingest.Take(t.Context(), m, present())
		if err != nil || a.Refusal == nil || a.Refusal.Reason != c.want {
			t.Errorf("a %s is answered %+v, %v, want the refusal %s", kind, a.Refusal, err, c.want)
		}
	}
}

// discoveryOf is a discovery beacon in the first slot of an epoch; the number tells several apart.
func discoveryOf(own witness.Epoch, t witness.Timing, number int) []byte {
	k, _ := t.Slots(own)
	on := witness.OnAir{Frequency: 868_100_000, SF: 10, Sent: t.Start(k)}
	return witness.Discovery{Slot: k, Random: witness.Tag{byte(number >> 8), byte(number)}, OnAir: on}.Append(nil)
}

// batchOf is a full report of what was heard at a moment; the number tells several apart.
func batchOf(own witness.Epoch, heard witness.Millis, number int) []byte {
	w := witness.Batch{Epoch: own}
	for i := range witness.MaxObservations {
		w.Observations = append(w.Observations, witness.Observation{
			Frame: witness.Frame{Type: witness.FrameBeacon, Tag: witness.Tag{byte(i), byte(number >> 8), byte(number)}}, Frequency: 868_100_000, SF: 10,
			Heard: heard, Copies: 1,
		})
	}
	return w.Append(nil)
}

// brokenRecords are records of which the last cannot be read the first times.
type brokenRecords struct {
	list   []verify.Record
	broken int
}

func (b *brokenRecords) Records(_ context.Context, _ window, each func(verify.Record) error) error {
	for _, r := range b.list {
		if err := each(r); err != nil {
			return err
		}
	}
	if b.broken--; b.broken >= 0 {
		return errors.New("the rest cannot be read")
	}
	return nil
}

// TestRecountingUntilItIsDone: what cannot be read is read again, and what was read counts once.
func TestRecountingUntilItIsDone(t *testing.T) {
	v, _ := provingOver(t, Data(t.TempDir()), &flaky{})
	p, timing := newProver(t, v.network), demoTiming(t)
	now := v.reports.began
	own := timing.Epoch(timing.SlotAt(now))
	records := &brokenRecords{broken: 20}
	for number := range ingest.Quota(timing)/witness.MaxObservations - 1 {
		s := p.sign(v.network, radio.KindWitness, batchOf(own, now, number))
		records.list = append(records.list, verify.Record{Kind: string(radio.KindWitness), Stamp: now - 1, Message: s.Append(nil)})
	}
	v.records = records
	var lines bytes.Buffer
	v.log = slog.New(slog.NewTextHandler(&lines, nil))
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		must(t, v.recounting(t.Context()))
		if took := time.Since(begun); records.broken != -1 || took != 20*recountEvery {
			t.Errorf("ended after %v, %d failures are left", took, records.broken+1)
		}
	})
	if said := lines.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "tried again") {
		t.Errorf("said %s", said)
	}
	for number, want := range []witness.RefusalReason{0: "", 1: witness.RefusedQuota} {
		m := ingest.Message{Station: p.key.Station(), Kind: string(radio.KindWitness), Payload: p.sign(v.network, radio.KindWitness, batchOf(own, now, 1000+number)).Append(nil)}
		a, err := v.reports.ingest.Take(t.Context(), m, now)
		if err != nil || (a.Refusal != nil) != (want != "") || a.Refusal != nil && a.Refusal.Reason != want {
			t.Errorf("batch %d more is answered %+v, %v", number+1, a.Refusal, err)
		}
	}
}
