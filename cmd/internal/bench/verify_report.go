package bench

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"slices"

	"hexspot/cmd/internal/simulate"
	"hexspot/radio"
	"hexspot/witness"
)

// conducted is the power of each beacon less its step: the site has 2.5 dB of gain.
const conducted radio.DBm = 1350

// send has each station send its beacons and report them.
func (m *maker) send(ctx context.Context, workers int) error {
	return m.each(ctx, workers, func(i int) error {
		s := &m.stations[i]
		from, _ := m.timing.Slots(madeEpoch)
		for k := range s.beacons {
			if err := m.beacon(s, &s.beacons[k], from+witness.Slot(k)*m.timing.WindowSlots); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *maker) beacon(s *madeStation, b *madeBeacon, k0 witness.Slot) (err error) {
	lot := witness.Lot{Network: m.network, Station: s.id}
	lot.Entropy, _ = m.chains[madeEpoch].Value(k0)
	due := m.timing.DueSlot(k0, lot)
	lot.Entropy, _ = m.chains[madeEpoch].Value(due)
	if b.drawn, err = m.timing.DrawBeacon(due, lot, m.plan); err != nil {
		return err
	}
	if _, b.sig, err = radio.SignMessage(s.key, witness.OpeningMessage(lot, due)); err != nil {
		return err
	}
	b.tag, b.mark = witness.TagOf(b.sig), witness.MarkOf(m.network, lot.Entropy)
	body := witness.Beacon{Slot: due, Signature: b.sig, OnAir: witness.OnAir{
		Frequency: b.drawn.Frequency, SF: uint32(b.drawn.SF), Conducted: conducted - radio.DBm(b.drawn.Step), Counter: 1, Sent: b.drawn.Start,
	}}
	record, err := radio.Sign(s.key, m.network, radio.KindBeacon, body.Append(nil))
	if err != nil {
		return err
	}
	return m.keep(simulate.Record{Signed: record, Receive: b.drawn.Start + 2_000})
}

// report has each station report what it heard, in batches as a hotspot does.
func (m *maker) report(ctx context.Context, workers int) error {
	return m.each(ctx, workers, func(i int) error {
		heard := m.heard(i)
		slices.SortFunc(heard, func(a, b witness.Observation) int {
			return cmp.Or(cmp.Compare(a.Heard, b.Heard), slices.Compare(a.Frame.Tag[:], b.Frame.Tag[:]))
		})
		for from := 0; from < len(heard); {
			to := from + 1
			for to < len(heard) && to-from < witness.MaxObservations && heard[to].Heard < heard[from].Heard+m.timing.Hold {
				to++
			}
			batch := witness.Batch{Epoch: madeEpoch, Observations: heard[from:to]}
			record, err := radio.Sign(m.stations[i].key, m.network, radio.KindWitness, batch.Append(nil))
			if err != nil {
				return err
			}
			if err := m.keep(simulate.Record{Signed: record, Receive: heard[to-1].Heard + m.timing.Hold}); err != nil {
				return err
			}
			from = to
		}
		return nil
	})
}

// heard are a station's observations.
func (m *maker) heard(i int) []witness.Observation {
	var list []witness.Observation
	for _, o := range m.around {
		x, y := i%m.side+o.x, i/m.side+o.y
		from := y*m.side + x
		if x < 0 || x >= m.side || y < 0 || from < 0 || from >= len(m.stations) {
			continue
		}
		for k := range m.stations[from].beacons {
			b := &m.stations[from].beacons[k]
			roll := chance(b.tag, i)
			if roll&0xffff < m.share {
				list = append(list, observationOf(b, math.Hypot(float64(o.x), float64(o.y)), roll>>16))
			}
		}
	}
	return list
}

func chance(tag witness.Tag, hearer int) uint64 {
	h := fnv.New64a()
	h.Write(tag[:])
	h.Write([]byte{byte(hearer >> 16), byte(hearer >> 8), byte(hearer)})
	return h.Sum64() * 0x9e3779b97f4a7c15 >> 8
}

// observationOf is what is heard of a beacon some lattice steps away: 35 dB a decade, and
// fading of 12 dB.
func observationOf(b *madeBeacon, steps float64, roll uint64) witness.Observation {
	fade := float64(roll%1200) / 100
	level := b.drawn.EIRP.Float() - 101 - 35*math.Log10(max(steps, 1)) - fade/2
	snr := min(level+117, 12)
	at := b.drawn.Start + witness.Millis(witness.Modulation(b.drawn.SF).TimeOnAir(witness.FrameSize).Milliseconds())
	return witness.Observation{
		Frame:     witness.Frame{Type: witness.FrameBeacon, Mark: b.mark, Tag: b.tag},
		Frequency: b.drawn.Frequency, SF: uint32(b.drawn.SF), ChannelRSSI: radio.LevelOf(level), SignalRSSI: radio.LevelOf(level),
		HasSignalRSSI: true, SNR: radio.RatioOf(snr), Counter: uint32(at), Heard: at, Copies: 1,
	}
}
