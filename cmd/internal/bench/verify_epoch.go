package bench

import (
	"bufio"
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// The epoch is that of stations on a lattice in which each hears its neighbours: the
// numbers are those of a network, the physics is plain.
const (
	madeEpoch witness.Epoch = 20_270
	spacing   float64       = 0.00635 // degrees north; 706 m
	middle    float64       = 45
)

func epochRules() (*witness.Parameters, witness.Timing) {
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		panic(err) // it is the default
	}
	schedule, err := witness.ScheduleNamed("default")
	if err != nil {
		panic(err) // it is the default
	}
	return witness.DefaultParameters(set), schedule.Timing
}

// maker makes an epoch.
type maker struct {
	timing   witness.Timing
	operator ed25519.PrivateKey
	network  radio.Network
	chains   map[witness.Epoch]*witness.Chain
	plan     radio.Plan
	side     int
	around   []offset // of neighbours that may hear
	share    uint64   // of 65536 that do
	stations []madeStation

	mu      sync.Mutex
	archive *simulate.Archive
	draft   string // its directory
}

type offset struct{ x, y int }

type madeStation struct {
	key     ed25519.PrivateKey
	id      radio.Station
	beacons []madeBeacon // one a window
}

type madeBeacon struct {
	drawn witness.Drawn
	sig   radio.Signature
	tag   witness.Tag
	mark  witness.Mark
}

func madeKey(n int) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(binary.BigEndian.AppendUint64(make([]byte, 24), uint64(n)))
}

// makeEpoch writes an archive. It has a name only when it is whole.
func makeEpoch(ctx context.Context, c VerifyConfig, dir string) error {
	m, err := newMaker(c)
	if err != nil {
		return err
	}
	draft := dir + ".tmp"
	if err := os.RemoveAll(draft); err != nil {
		return err
	}
	m.draft = draft
	if m.archive, err = simulate.NewArchive(draft, false); err != nil {
		return err
	}
	for _, stage := range [...]func(context.Context, int) error{m.publish, m.reveal, m.send, m.report} {
		if err := stage(ctx, c.Workers); err != nil {
			return err
		}
	}
	if err := m.archive.Close(); err != nil {
		return err
	}
	return os.Rename(draft, dir)
}

func newMaker(c VerifyConfig) (*maker, error) {
	_, timing := epochRules()
	plan, err := radio.PlanNamed("EU868")
	if err != nil {
		return nil, err
	}
	n := max(1, c.Hotspots)
	m := &maker{timing: timing, operator: madeKey(-1), plan: plan, chains: map[witness.Epoch]*witness.Chain{}, stations: make([]madeStation, n)}
	operator, err := radio.StationOf(m.operator.Public())
	if err != nil {
		return nil, err
	}
	m.network, m.side = operator.Network(), int(math.Ceil(math.Sqrt(float64(n))))
	for i := range m.stations {
		m.stations[i].beacons = make([]madeBeacon, (c.Beacons+i)/n) // together as many as are wanted
	}
	m.listen(float64(c.Observations) / float64(max(1, c.Beacons)))
	return m, nil
}

// listen has each beacon heard by as many stations on average: half of twice as many
// around.
func (m *maker) listen(hearers float64) {
	reach := int(math.Sqrt(hearers)) + 1
	for x := -reach; x <= reach; x++ {
		for y := -reach; y <= reach; y++ {
			if x != 0 || y != 0 {
				m.around = append(m.around, offset{x, y})
			}
		}
	}
	slices.SortFunc(m.around, func(a, b offset) int {
		return cmp.Or(cmp.Compare(a.x*a.x+a.y*a.y, b.x*b.x+b.y*b.y), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
	})
	m.around = m.around[:min(len(m.around), int(2*hearers))]
	m.share = uint64(min(1, hearers/float64(max(1, len(m.around)))) * 65536)
}

func (m *maker) publish(ctx context.Context, workers int) error {
	sites := make([]simulate.Published, len(m.stations))
	err := m.each(ctx, workers, func(i int) error {
		s := &m.stations[i]
		s.key = madeKey(i)
		var err error
		if s.id, err = radio.StationOf(s.key.Public()); err != nil {
			return err
		}
		latitude := middle + spacing*float64(i/m.side-m.side/2)
		longitude := spacing / math.Cos(middle*math.Pi/180) * float64(i%m.side)
		cell, err := coverage.HexAt(latitude, longitude, coverage.FinestSite)
		sites[i] = simulate.Published{
			Station: s.id, Owner: coverage.Account{byte(i >> 16), byte(i >> 8), byte(i), 1}.String(), Cell: cell.String(),
			Gain: 300, Loss: 50, Plan: m.plan.Name, Kind: simulate.Honest,
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := m.archive.Sites(sites); err != nil {
		return err
	}
	return writeSnapshot(filepath.Join(m.draft, snapshotName), m.network, sites)
}

// snapshotName is the registry of a made epoch as a network publishes it: what is verified
// reads a station at a time of it.
const snapshotName = "snapshot"

func writeSnapshot(path string, network radio.Network, sites []simulate.Published) error {
	listings, err := simulate.Listings(sites)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<18)
	err = coverage.WriteSnapshot(out, network, uint64(madeEpoch), verify.Listed(listings))
	return errors.Join(err, out.Flush(), file.Close())
}

// reveal writes anchors and values.
func (m *maker) reveal(context.Context, int) error {
	p, _ := epochRules()
	if err := m.archive.Begin(madeEpoch); err != nil {
		return err
	}
	last := m.timing.SlotAt(m.timing.Freezes(madeEpoch)) + 1
	for e := madeEpoch; e <= m.timing.Epoch(last); e++ {
		from, to := m.timing.Slots(e)
		chain, err := witness.NewChain(m.network, from, to, witness.Entropy{byte(e)})
		if err != nil {
			return err
		}
		m.chains[e] = chain
		anchor := witness.Anchor{From: from, To: to, Timing: m.timing, Parameters: p.Hash(), X0: chain.X0()}
		signed, err := radio.Sign(m.operator, m.network, radio.KindAnchor, anchor.Append(nil))
		if err != nil {
			return err
		}
		if err := m.archive.Entropy(string(radio.KindAnchor), anchor.Begins()-1, signed.Append(nil)); err != nil {
			return err
		}
		for k := from; k < min(to, last+1); k++ {
			x, _ := chain.Value(k)
			message := witness.AppendValues(nil, []witness.Value{{Slot: k, Entropy: x}})
			if err := m.archive.Entropy("value", m.timing.Start(k), message); err != nil {
				return err
			}
		}
	}
	return nil
}

// each calls work for every station, from some goroutines.
func (m *maker) each(ctx context.Context, workers int, work func(i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range max(1, workers) {
		group.Go(func() error {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(m.stations) {
					return nil
				}
				if err := work(i); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

func (m *maker) keep(r simulate.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.archive.Keep(r)
}
