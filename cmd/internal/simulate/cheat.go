package simulate

import (
	"fmt"
	"math"
	"slices"
)

// cheat turns honest stations into cheaters, kind by kind in order of name.
func (b *builder) cheat() error {
	order := b.random.Perm(len(b.stations))
	chosen := slices.Clone(b.config.Cheaters)
	slices.SortFunc(chosen, func(x, y Cheaters) int { return slices.Compare([]byte(x.Kind), []byte(y.Kind)) })
	group := 0
	for _, c := range chosen {
		h := habits[c.Kind]
		groups := int(math.Round(c.Share * float64(len(b.stations)) / float64(h.group)))
		if groups*h.group > len(order) {
			return fmt.Errorf("%d stations are left for %s", len(order), c.Kind)
		}
		for range groups {
			members := order[:h.group]
			order = order[h.group:]
			for _, i := range members {
				s := &b.stations[i]
				s.kind, s.lies, s.group = c.Kind, h.lies, group
			}
			h.build(b, members)
			group++
		}
	}
	return nil
}

// elsewhere is a place in a town some way off, and the town.
func (b *builder) elsewhere(from place, low, high float64) (place, town) {
	var near town
	for range 200 {
		t := b.towns[b.random.IntN(len(b.towns))]
		if d := from.to(t.middle); d >= low && d <= high {
			near = t
			break
		}
	}
	if near.radius == 0 {
		near = b.town(3_000)
		near.middle = from.moved(b.between(low, high), b.between(0, 2*math.Pi))
	}
	return near.middle.moved(near.radius*math.Sqrt(b.random.Float64()), b.between(0, 2*math.Pi)), near
}

func (b *builder) falseLocation(members []int) {
	s := &b.stations[members[0]]
	if b.random.IntN(2) == 0 {
		s.claim, _ = b.elsewhere(s.claim, 10_000, 80_000)
		return
	}
	s.claim = s.claim.moved(b.between(10_000, 50_000), b.between(0, 2*math.Pi))
}

// cluster: half of the rooms with one owner, half with one for each radio.
func (b *builder) cluster(members []int) {
	middle := b.scene(members[0])
	alone := b.random.IntN(2) == 0
	b.owners++
	for _, i := range members {
		if alone {
			b.owners++
		}
		s := &b.stations[i]
		s.claim = middle.moved(b.between(500, 5_000), b.between(0, 2*math.Pi))
		s.site.Owner = b.account()
		r := &b.radios[i]
		r.cable, r.noise = members[0], floorMean
	}
}

// scene is a town, or a place in the country.
func (b *builder) scene(i int) place {
	if b.random.IntN(2) == 0 {
		return b.towns[b.random.IntN(len(b.towns))].middle
	}
	return b.radios[i].at.moved(b.between(60_000, 150_000), b.between(0, 2*math.Pi))
}

// another adds a second box to a station, in another town.
func (b *builder) another(i int) *box {
	at, t := b.elsewhere(b.radios[i].at, 15_000, 90_000)
	r := b.radios[i]
	r.at, r.ground, r.antenna, r.second = at, t.ground, len(b.stations)+len(b.radios), true
	r.noise = floorMean + t.noise
	b.second[i] = len(b.radios)
	b.radios = append(b.radios, r)
	return &b.radios[len(b.radios)-1]
}

func (b *builder) relay(members []int) {
	r := b.another(members[0])
	r.sends, r.inject = false, b.between(-112, -90)
}

func (b *builder) replay(members []int) {
	r := b.another(members[0])
	r.hears, r.steady = false, 14
}

func (b *builder) wrongGain(members []int) {
	r := &b.radios[members[0]]
	if b.random.IntN(2) == 0 {
		r.gain += b.between(6, 12)
		return
	}
	r.boost = b.between(8, 15)
}

func (b *builder) splitter(members []int) {
	first := members[0]
	for _, i := range members[1:] {
		r, s := &b.radios[i], &b.stations[i]
		at := b.radios[first]
		r.at, r.antenna, r.height, r.ground = at.at, at.antenna, at.height, at.ground
		r.obstacle, r.gain = at.obstacle, at.gain-5
		s.claim = at.at.moved(b.between(1_000, 4_000), b.between(0, 2*math.Pi))
		s.site.Owner, s.site.Gain, s.site.Loss = b.stations[first].site.Owner, b.stations[first].site.Gain, b.stations[first].site.Loss
	}
}

func (b *builder) clonedKey(members []int) {
	b.another(members[0])
	b.stations[members[0]].agreed = b.random.IntN(2) == 0
}

func (b *builder) flooder([]int) {}

func (b *builder) informed(members []int) {
	secret := b.random.IntN(2) == 0
	middle := b.towns[b.random.IntN(len(b.towns))].middle
	if secret {
		middle = b.radios[members[0]].at.moved(b.between(60_000, 150_000), b.between(0, 2*math.Pi))
	}
	for _, i := range members {
		b.owners++
		s := &b.stations[i]
		s.claim, s.fakes, s.secret = middle.moved(b.between(500, 4_000), b.between(0, 2*math.Pi)), true, secret
		s.site.Owner, s.signal = b.account(), true
		r := &b.radios[i]
		r.sends, r.hears, r.at, r.noise = false, false, s.claim, floorMean+2
	}
}

// pretend adds what informed cheaters will say they hear: each other, and (but for
// secret ones) those published around them. Nothing of theirs is on the air.
func (w *world) pretend() {
	for i := range w.stations {
		if !w.stations[i].fakes {
			continue
		}
		for j := range w.stations {
			if i != j {
				w.imagine(j, i)
			}
		}
	}
}

func (w *world) imagine(from, to int) {
	a, b := &w.stations[from], &w.stations[to]
	together := a.group == b.group
	if !together && (b.secret || a.fakes || w.radios[from].cable >= 0) {
		return
	}
	d := a.claim.to(b.claim)
	if d > 25_000 {
		return
	}
	salt := w.chance.of('i').pair(from, to)
	free := freeSpace(d)
	loss := max(free, ground{3.3, 7}.median(d, 30_000)+7*salt.normal())
	w.paths[from] = append(w.paths[from], path{
		to: int32(to), loss: float32(loss), best: float32(free - 1), fade: float32(salt.of('f').between(1.5, 4)), fake: true, salt: salt,
	})
}
