package stations

import (
	"math/rand/v2"

	"hexspot/radio"
	"hexspot/witness"
)

// record is one that a station reports.
type record struct {
	kind    radio.Kind
	id      radio.RecordID
	payload []byte
	acked   witness.Millis // when it had its first PUBACK; 0: it has none
}

// nextRecord is a beacon's report and the report of what was heard in turn, of now.
func (r *reporter) nextRecord() (record, error) {
	r.number++
	now := present()
	kind, body := radio.KindBeacon, beaconBody(r.fleet.config.Timing, now, r.number)
	if r.number%2 == 0 {
		kind, body = radio.KindWitness, witnessBody(r.fleet.config.Timing, now, r.number)
	}
	signed, err := radio.Sign(r.key.Signer(), r.fleet.network, kind, body)
	if err != nil {
		return record{}, err
	}
	return record{kind: kind, id: signed.ID(r.fleet.network), payload: signed.Append(nil)}, nil
}

// beaconBody is what a station says of a beacon. Nothing is on the air, so whatever
// stands for the opening will do: an ingest does not open tags.
func beaconBody(t witness.Timing, now witness.Millis, number uint32) []byte {
	b := witness.Beacon{Slot: t.SlotAt(now), OnAir: witness.OnAir{
		Frequency: 868_100_000, SF: 10, Conducted: 1400, Counter: number, Sent: now,
	}}
	fill(b.Signature[:])
	return b.Append(nil)
}

// mostHeard is the most observations of a report; a batch may have 32.
const mostHeard = 8

func witnessBody(t witness.Timing, now witness.Millis, number uint32) []byte {
	w := witness.Batch{Epoch: t.Epoch(t.SlotAt(now))}
	for range 1 + rand.IntN(mostHeard) {
		o := witness.Observation{
			Frame: witness.Frame{Type: witness.FrameBeacon}, Frequency: 868_300_000, SF: 9,
			ChannelRSSI: -9_800, SNR: 450, Counter: number, Heard: now, Copies: 1,
		}
		fill(o.Frame.Tag[:])
		fill(o.Frame.Mark[:])
		w.Observations = append(w.Observations, o)
	}
	return w.Append(nil)
}

func fill(b []byte) {
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
}
