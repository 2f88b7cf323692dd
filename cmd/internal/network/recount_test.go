package network

import (
	"testing"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// TestQuotaAfterAStart: a station that has used up its quota has none when the network was
// started again.
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
	end()
	n, _ = serving(t, demoConfig(), data)
	p.connect(n)
	await(t, "the quota used up", func() bool {
		number := int(n.proving.reports.ingest.Counts().Taken) + 1000
		payload := p.sign(n.ID(), radio.KindWitness, batchOf(own, now, number)).Append(nil)
		a, err := n.proving.reports.ingest.Take(t.Context(), ingest.Message{Station: p.key.Station(), Kind: "witness", Payload: payload}, present())
		return err == nil && a.Refusal != nil && a.Refusal.Reason == witness.RefusedQuota
	})
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
