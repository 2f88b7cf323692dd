package ingest

import (
	"context"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// nowhere keeps everything at once.
type nowhere struct{}

func (nowhere) Keep(context.Context, Report) error { return nil }

func (nowhere) Find(Report) (witness.Receipt, bool, error) { return witness.Receipt{}, false, nil }

func (nowhere) Place(reports []Report) ([]witness.Receipt, error) {
	receipts := make([]witness.Receipt, len(reports))
	for n, r := range reports {
		receipts[n].Record = r.ID
	}
	return receipts, nil
}

// BenchmarkTake is the ingest alone, without journal, log and receipt: most of it is the
// signature, which verify shows.
func BenchmarkTake(b *testing.B) {
	r := newRig(b, nil)
	i, err := New(Config{Network: r.network, Timing: r.i.config.Timing, Rate: Rate{1e9, 1e9, 1e9}}, nowhere{}, nowhere{})
	if err != nil {
		b.Fatal(err)
	}
	for kind, body := range map[radio.Kind][]byte{radio.KindBeacon: beacon(3035, now), radio.KindWitness: batchOf(101, now)} {
		s := r.sign(kind, body)
		m := Message{r.station, string(kind), s.Append(nil)}
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				if a, err := i.Take(b.Context(), m, now); err != nil || a.Refusal != nil {
					b.Fatal(a, err)
				}
			}
		})
		b.Run(string(kind)+"/verify", func(b *testing.B) {
			for b.Loop() {
				if err := s.Verify(r.network); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
