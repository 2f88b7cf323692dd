package verify

import (
	"cmp"
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"hexspot/radio"
	"hexspot/witness"
)

// together is how many records are verified together: more gain little.
const together = 256

// explode reads the records once, verifies them, and puts each report into its part.
func (r *run) explode(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	chunks := make(chan []Record, r.in.workers())
	group.Go(func() error {
		defer close(chunks)
		return r.chunk(ctx, chunks)
	})
	for range r.in.workers() {
		group.Go(func() error {
			for chunk := range chunks {
				if err := r.timed(func() error { return r.take(chunk) }); err != nil {
					return err
				}
				r.tell(StageReading, int64(len(chunk)), 0)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return cmp.Or(r.scratch.rest(), r.beacons.rest())
}

// chunk hands records on in chunks.
func (r *run) chunk(ctx context.Context, chunks chan<- []Record) error {
	var chunk []Record
	send := func() error {
		select {
		case chunks <- chunk:
			chunk = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := r.in.Records(ctx, func(record Record) error {
		if chunk = append(chunk, record); len(chunk) < together {
			return nil
		}
		return send()
	})
	if err != nil || len(chunk) == 0 {
		return err
	}
	return send()
}

// harvest is what one goroutine found in a chunk.
type harvest struct {
	items     [parts][]byte
	beacons   [parts][]byte
	ears      []numberedEar
	drops     Drops
	elsewhere int64
	records   int64
	signed    int64
}

type numberedEar struct {
	station uint32
	slot    witness.Slot
}

func (r *run) take(chunk []Record) error {
	h := &harvest{drops: Drops{}}
	reports := make([]parsed, 0, len(chunk))
	for _, record := range chunk {
		p, err := r.open(h, record)
		if err != nil {
			var drop Drop
			if !errors.As(err, &drop) {
				return err
			}
			h.drops[drop]++
			continue
		}
		if p != nil {
			reports = append(reports, *p)
		}
	}
	right := r.verify(h, reports)
	for i := range reports {
		if !right[i] {
			h.drops[DropSignature]++
			continue
		}
		h.records++
		r.sort(h, &reports[i])
	}
	return r.gather(h)
}

// open reads a record: nil if it is entropy, or of another epoch.
func (r *run) open(h *harvest, record Record) (*parsed, error) {
	switch record.Kind {
	case kindAnchor, kindValue:
		r.mu.Lock()
		defer r.mu.Unlock()
		if record.Kind == kindAnchor {
			return nil, r.entropy.addAnchor(record)
		}
		return nil, r.entropy.addValue(record)
	case kindAppeal:
		return nil, r.takeAppeal(h, record)
	case kindBeacon, kindWitness, kindDiscovery:
	default:
		h.elsewhere++
		return nil, nil
	}
	p, err := r.reading.parse(record)
	if err != nil {
		return nil, err
	}
	if r.reading.epoch(&p) != r.in.Epoch {
		h.elsewhere++
		return nil, nil
	}
	return &p, nil
}

func (r *run) verify(h *harvest, reports []parsed) []bool {
	start := time.Now()
	var batch radio.Batch
	for i := range reports {
		batch.AddSigned(reports[i].signed, r.in.Network)
	}
	right := batch.Verify()
	h.signed += int64(len(reports))
	r.signing.Add(int64(time.Since(start)))
	return right
}

// sort puts the reports of a record into their parts.
func (r *run) sort(h *harvest, p *parsed) {
	station := r.stations.Number(p.signed.Station)
	r.reading.each(p, h.drops, func(n groupName, b beaconReport) {
		part := n.tag[0]
		h.items[part] = appendBeacon(h.items[part], n, station, &b)
		if !n.late {
			r.keepBeacon(h, station, &b)
		}
	}, func(n groupName, o heardReport) {
		part := n.tag[0]
		h.items[part] = appendHeard(h.items[part], n, station, &o)
		h.ears = append(h.ears, numberedEar{station, r.in.Timing.SlotAt(o.body.Heard)})
	})
}

func (r *run) gather(h *harvest) error {
	if err := r.scratch.put(&h.items); err != nil {
		return err
	}
	if err := r.beacons.put(&h.beacons); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range h.ears {
		r.crowd.add(e.station, e.slot)
	}
	r.summary.Drops.add(h.drops)
	r.summary.Elsewhere += h.elsewhere
	r.summary.Records += h.records
	r.summary.Signatures += h.signed
	return nil
}
