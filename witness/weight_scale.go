package witness

import "hexspot/coverage"

// Density is a snapshot of counted stations by the set's rules: both use the figures
// of HIP-104; Helium leaves out sites coarser than resolution 11, hexspot-1 counts
// them in their own cells.
func (s *Set) Density(cells []coverage.Hex) (*coverage.Density, error) {
	if !s.exactScale {
		return coverage.NewDensity(coverage.HIP104(), cells)
	}
	fine := make([]coverage.Hex, 0, len(cells))
	for _, cell := range cells {
		if cell.Resolution() >= coarsestScaled {
			fine = append(fine, cell)
		}
	}
	return coverage.NewDensity(coverage.HIP104(), fine)
}

// coarsestScaled is the coarsest site that Helium counts.
const coarsestScaled = 11

// Scale is the density scale of a beaconer at a cell, for it and its witnesses. A
// station that is not counted (counted: it is in the snapshot) is scaled by
// hexspot-1 as if it were; Helium gives a cell without counted stations a fixed
// scale.
func (p *Parameters) Scale(d *coverage.Density, cell coverage.Hex, counted bool) (coverage.Scale, error) {
	if p.Set.exactScale {
		if scale, ok := d.ExactScale(cell); ok && cell.Resolution() >= coarsestScaled {
			return scale, nil
		}
		return coverage.Scale(p.DefaultScale), nil
	}
	if scale, ok := d.Scale(cell); ok && counted {
		return scale, nil
	}
	return d.NewcomerScale(cell)
}
