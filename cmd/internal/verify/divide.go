package verify

import "fmt"

// division says how items of a part that are too many for the memory are sorted further, on
// disk: by one byte after the other of what they are sorted by.
type division struct {
	limit   int64 // bytes of items that are handed on at a time
	depth   int   // bytes that items are sorted by; who has all of them in common stays together
	further func(items source, depth int, into *scratch) error
}

// divide calls work with items in portions, in order. They have their first bytes in common, as
// many as depth says.
func (d division) divide(items source, depth int, path string, work func(source) error) (err error) {
	if items.size <= d.limit || depth == d.depth {
		return work(items)
	}
	smaller := &scratch{path: path, limit: leastPortion}
	defer func() { err = joinFault(err, smaller.Clear()) }()
	if err := d.further(items, depth, smaller); err != nil {
		return err
	}
	for next := range parts {
		if err := d.divide(smaller.source(next), depth+1, fmt.Sprintf("%s%02x", path, next), work); err != nil {
			return err
		}
	}
	return nil
}
