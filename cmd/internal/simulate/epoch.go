package simulate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// firstEpoch is the first simulated: 2025-07-01.
const firstEpoch witness.Epoch = 20_270

// heard is one observation with what really happened.
type heard struct {
	by   int  // station that reports it
	on   int  // its case
	sent bool // what was sent is not what its station publishes
	lie  bool // what is reported is not what the reporter publishes
	seen witness.Observation

	id      [32]byte // of its record, when packed
	index   uint32
	receive witness.Millis
}

// sent is one beacon: its case before anybody is asked.
type sent struct {
	by      int
	slot    witness.Slot
	tag     witness.Tag
	mark    witness.Mark
	drawn   witness.Drawn
	due     witness.Slot
	opening radio.Signature
	opens   bool
	reports []report // of the beacon: two if a key is in two boxes
	hidden  bool     // nobody opens it: a flood
}

// report is a beacon report.
type report struct {
	body    witness.Beacon
	id      [32]byte
	receive witness.Millis
}

// day is everything of one epoch.
type day struct {
	world *world
	epoch witness.Epoch
	chain *witness.Chain
	sent  []sent
	heard []heard // by case while they are made, then by reporter
}

// live makes an epoch: every beacon, everything heard, the records.
func (w *world) live(ctx context.Context, e witness.Epoch) (*day, error) {
	chain, err := w.chainOf(e)
	if err != nil {
		return nil, err
	}
	d := &day{world: w, epoch: e, chain: chain}
	if err := d.send(ctx); err != nil {
		return nil, err
	}
	if err := d.listen(ctx); err != nil {
		return nil, err
	}
	return d, d.flood()
}

func (w *world) chainOf(e witness.Epoch) (*witness.Chain, error) {
	from, to := w.timing.Slots(e)
	seed := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("simulated entropy"), uint64(w.chance.of(uint64(e)))))
	return witness.NewChain(w.network, from, to, seed)
}

// send has every station send its beacons, by station.
func (d *day) send(ctx context.Context) error {
	windows := int(d.world.timing.EpochSlots / d.world.timing.WindowSlots)
	all := make([][]sent, len(d.world.stations))
	faults := make([]error, len(d.world.stations))
	stopped := inParallel(ctx, len(all), d.world.config.Workers, func(i int) {
		for k := range windows {
			s, awake, err := d.beacon(i, k)
			if err != nil {
				faults[i] = err
				return
			}
			if awake {
				all[i] = append(all[i], s)
			}
		}
	})
	d.sent = slices.Concat(all...)
	return cmp.Or(stopped, cmp.Or(faults...))
}

// offline is how many of its windows a station is away.
const offline = 0.02

func (d *day) awake(station, window int) bool {
	return d.moment('o', station, window).uniform() > offline
}

func (d *day) moment(what uint64, station, window int) chance {
	return d.world.chance.of(what).of(uint64(station)).of(uint64(d.epoch)*64 + uint64(window))
}

func (d *day) beacon(i, window int) (sent, bool, error) {
	w := d.world
	if !d.awake(i, window) {
		return sent{}, false, nil
	}
	s := &w.stations[i]
	k0 := witness.Slot(d.epoch)*w.timing.EpochSlots + witness.Slot(window)*w.timing.WindowSlots
	lot := witness.Lot{Network: w.network, Station: s.id}
	lot.Entropy, _ = d.chain.Value(k0)
	due := w.timing.DueSlot(k0, lot)
	lot.Entropy, _ = d.chain.Value(due)
	drawn, err := w.timing.DrawBeacon(due, lot, w.plan)
	if err != nil {
		return sent{}, false, err
	}
	b := sent{by: i, slot: due, due: due, drawn: drawn, mark: witness.MarkOf(w.network, lot.Entropy)}
	b.tag, b.opening, b.opens, err = d.open(s, lot, due)
	if err != nil {
		return sent{}, false, err
	}
	b.reports = d.reportsOf(&b)
	return b, true, nil
}

// open makes the tag, and checks its opening as a network does.
func (d *day) open(s *station, lot witness.Lot, due witness.Slot) (witness.Tag, radio.Signature, bool, error) {
	if !d.world.config.Signatures {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(s.id.Bytes(), uint64(due)))
		return witness.Tag(sum[:]), radio.Signature{}, true, nil
	}
	_, sig, err := radio.SignMessage(s.key, witness.OpeningMessage(lot, due))
	if err != nil {
		return witness.Tag{}, sig, false, err
	}
	return witness.TagOf(sig), sig, witness.VerifyOpening(lot, due, sig) == nil, nil
}

// reportsOf are the beacon reports: one, or two of a key that is used twice without
// agreement.
func (d *day) reportsOf(b *sent) []report {
	s := &d.world.stations[b.by]
	antenna := witness.Antenna{Gain: s.site.Gain, Loss: s.site.Loss}
	level, _ := antenna.ConductedLevel(b.drawn.EIRP, d.world.plan.BeaconMaxEIRP, s.levels)
	n := 1
	if s.kind == ClonedKey && !s.agreed {
		n = 2
	}
	reports := make([]report, n)
	for k := range reports {
		at := b.drawn.Start + witness.Millis(20+7*k)
		reports[k] = report{receive: at + 2_000, body: witness.Beacon{Slot: b.slot, Signature: b.opening, OnAir: witness.OnAir{
			Frequency: b.drawn.Frequency, SF: uint32(b.drawn.SF), Conducted: level, Counter: uint32(at * 1000), Sent: at,
		}}}
		reports[k].id = nameOf(s, d.epoch, 'b', uint64(b.slot)<<1|uint64(k))
	}
	return reports
}

// nameOf stands for a record id where no record is written.
func nameOf(s *station, e witness.Epoch, what byte, n uint64) [32]byte {
	b := append(s.id.Bytes(), what)
	b = binary.BigEndian.AppendUint64(b, uint64(e))
	return sha256.Sum256(binary.BigEndian.AppendUint64(b, n))
}

// listen lets every radio hear every beacon.
func (d *day) listen(ctx context.Context) error {
	all := make([][]heard, len(d.sent))
	err := inParallel(ctx, len(d.sent), d.world.config.Workers, func(k int) { all[k] = d.hear(k) })
	d.heard = slices.Concat(all...)
	return err
}

// inParallel calls work for 0 to n-1 from some goroutines at once, until ctx ends.
func inParallel(ctx context.Context, n, workers int, work func(i int)) error {
	var group sync.WaitGroup
	workers = max(1, workers)
	for part := range workers {
		group.Go(func() {
			for i := part; i < n && ctx.Err() == nil; i += workers {
				work(i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}
