package witness

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// hexspotLater: link weights came to the rules, then appeals and provisional weights to
// these, then what stations around say of far ways, then how many of
// these a station may have, then whether it stands at another place. A figure that comes next is a group of its own here, and off at 0.
var hexspotLater = [][]string{
	{
		"answer_margin", "answers_full", "answers_none", "around_asked", "around_full", "around_neighbours", "around_none",
		"balance_full", "balance_none", "balance_partners", "beyond_full", "beyond_none", "beyond_octave", "beyond_share",
		"closed_full", "closed_none", "closed_stations", "distance_full", "distance_none", "elsewhere_full", "elsewhere_none",
		"fading_full", "fading_none", "ground_share", "link_asked", "link_epochs", "link_levels", "link_margin", "link_reports",
		"owner_full", "owner_none", "slope_doubt", "slope_full", "slope_none", "twin_distance", "twins_full", "twins_none",
	},
	{
		"exhibit_age", "exhibit_distance", "exhibit_frames", "exhibit_owners", "exhibit_reach", "exhibit_windows",
		"own_distance", "provisional_epochs",
	},
	{"area_ground", "area_share", "beyond_alone"},
	{"beyond_company"},
	{"place_full", "place_move", "place_none"},
}

// take takes the figures of a file, which may be another build's.
func (p *Parameters) take(figures map[string]int64) error {
	for _, r := range p.Set.rows {
		v, stated := figures[r.name]
		if stated {
			*r.pointer(&p.Figures) = v
			continue
		}
		if err := p.Set.mayLack(r.name, figures); err != nil {
			return err
		}
		if p.lacks == nil {
			p.lacks = map[string]bool{}
		}
		p.lacks[r.name] = true
	}
	for name, v := range figures {
		if !p.Set.has(name) {
			if p.others == nil {
				p.others = map[string]int64{}
			}
			p.others[name] = v
		}
	}
	return nil
}

// mayLack says why a figure must not be missing, nil: it came later, with all that is
// missing with it.
func (s *Set) mayLack(name string, figures map[string]int64) error {
	for _, group := range s.later {
		if !slices.Contains(group, name) {
			continue
		}
		for _, other := range group {
			if _, stated := figures[other]; stated {
				return fmt.Errorf("%s is missing, and %s, which came with it, is there", name, other)
			}
		}
		return nil
	}
	return fmt.Errorf("%s is missing", name)
}

func (s *Set) has(name string) bool {
	_, found := slices.BinarySearchFunc(s.rows, name, func(r row, name string) int { return cmp.Compare(r.name, name) })
	return found
}

// Unknown are figures of the file that this build knows nothing of, by name: a newer one has
// to judge by them. Figures that were given up are not among them.
func (p *Parameters) Unknown() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p.others)), func(name string) bool { return slices.Contains(p.Set.gone, name) })
}

// Missing are the figures that the file lacks because they came later, by name: they are
// 0, which is off.
func (p *Parameters) Missing() []string { return slices.Sorted(maps.Keys(p.lacks)) }
