package coverage

import "fmt"

// Density is how many stations there are in each cell and how many of them count:
// one snapshot for an epoch, not to be changed. The algorithm is that of Helium
// proposal 17.
type Density struct {
	set    DensitySet
	levels [countedAt + 1]map[Hex]tally // by resolution, 4 to 11
}

// tally is what is in a cell: stations that count below it, and as many of them as
// its clip lets through. Before its level is clipped the two are equal.
type tally struct{ held, counted uint64 }

// NewDensity counts stations by their published cells, one for each station. A
// cell coarser than resolution 11 is counted on its own level; one coarser than
// 4 or that is none is an error.
func NewDensity(set DensitySet, cells []Hex) (*Density, error) {
	d := &Density{set: set}
	for r := range d.levels {
		d.levels[r] = map[Hex]tally{}
	}
	for _, cell := range cells {
		own, err := countedIn(cell)
		if err != nil {
			return nil, err
		}
		d.add(own, 1)
	}
	for r := finestClip; r >= coarsestClip; r-- {
		if err := d.clip(r); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// countedIn is the cell that a station at a cell is counted in.
func countedIn(cell Hex) (Hex, error) {
	if !cell.Valid() || cell.Resolution() < coarsestClip {
		return 0, fmt.Errorf("density: cell %v is none of resolution %d or finer", cell, coarsestClip)
	}
	return cell.ancestor(min(cell.Resolution(), countedAt)), nil
}

func (d *Density) add(cell Hex, n uint64) {
	level := d.levels[cell.Resolution()]
	t := level[cell]
	level[cell] = tally{t.held + n, t.counted + n}
}

// clip hands what counts in the cells below to resolution r, and clips it there.
func (d *Density) clip(r int) error {
	for child, t := range d.levels[r+1] {
		d.add(child.ancestor(r), t.counted)
	}
	level := d.levels[r]
	for cell, t := range level {
		limit, err := d.limit(cell, func(h Hex) uint64 { return level[h].held })
		if err != nil {
			return err
		}
		level[cell] = tally{t.held, min(limit, t.held)}
	}
	return nil
}

// limit is the most a cell counts for, by what the cells of its disk hold. Held,
// not counted: clipping never takes a full cell below its target, so both give
// the same, and what is held does not depend on the order of clipping.
func (d *Density) limit(cell Hex, held func(Hex) uint64) (uint64, error) {
	clip := d.set.Clips[cell.Resolution()]
	if held(cell) <= clip.Target {
		return clip.Target, nil // it lets all through: no need to look around
	}
	disk, err := cell.Disk()
	if err != nil {
		return 0, fmt.Errorf("density: %w", err)
	}
	full := uint64(0)
	for _, h := range disk {
		if held(h) >= clip.Target {
			full++
		}
	}
	return clip.limit(full), nil
}
