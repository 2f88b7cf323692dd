package coverage

// Clip is how many stations a cell of one resolution counts for.
type Clip struct {
	Neighbours uint64 // full cells around (itself included) before it may hold more than Target
	Target     uint64 // stations a lone cell counts for
	Max        uint64 // most it can count for, whatever is around
}

// The resolutions whose cells are clipped.
const (
	coarsestClip = 4
	finestClip   = 10
	countedAt    = finestClip + 1 // stations are counted in their cells of this resolution
)

// DensitySet is a table of clips by resolution.
type DensitySet struct {
	Name  string
	Clips [finestClip + 1]Clip // by resolution, 4 to 10
}

// HIP17 are the figures of Helium proposal 17.
func HIP17() DensitySet {
	return DensitySet{"hip17", [...]Clip{
		4: {1, 250, 800}, 5: {1, 100, 400}, 6: {1, 25, 100}, 7: {2, 5, 20},
		8: {2, 1, 4}, 9: {2, 1, 2}, 10: {2, 1, 1},
	}}
}

// HIP104 are the figures of Helium proposal 104, which set hexspot-1 and set
// helium-2026-05 use.
func HIP104() DensitySet {
	return DensitySet{"hip104", [...]Clip{
		4: {2, 500, 1000}, 5: {4, 100, 200}, 6: {4, 25, 50}, 7: {4, 5, 10},
		8: {2, 1, 1}, 9: {2, 1, 1}, 10: {2, 1, 1},
	}}
}

// limit is the most a cell counts for with full cells in its disk, itself
// included.
func (c Clip) limit(full uint64) uint64 {
	factor := uint64(1)
	if full > c.Neighbours {
		factor += full - c.Neighbours
	}
	return min(c.Max, c.Target*factor)
}
