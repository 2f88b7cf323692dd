package witness

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// contents are the items of one drawer in the order of a key, which several may have. They are
// read into the same memory drawer after drawer.
type contents struct {
	b    []byte
	list []keyed
}

// keyed is where an item is, behind its length.
type keyed struct {
	key   uint64
	begin int
}

// read reads a drawer. Items of which key says false are left out.
func (c *contents) read(s Shelf, drawer int, key func(*itemFields) (uint64, bool)) error {
	from, size := s.Open(drawer)
	c.b, c.list = slices.Grow(c.b[:0], int(size))[:size], c.list[:0]
	if _, err := io.ReadFull(from, c.b); err != nil && size > 0 {
		return fmt.Errorf("reading the links of an epoch: %w", err)
	}
	var f itemFields // one for all
	for at := 0; at < len(c.b); {
		var end int
		var err error
		if f, end, err = c.item(at); err != nil {
			return err
		}
		if k, ok := key(&f); ok {
			c.list = append(c.list, keyed{k, at})
		}
		at = end
	}
	slices.SortFunc(c.list, keyed.compare)
	return nil
}

func (k keyed) compare(o keyed) int {
	if k.key != o.key {
		return cmp.Compare(k.key, o.key)
	}
	return k.begin - o.begin
}

// item is the one at a place, and where it ends.
func (c *contents) item(at int) (itemFields, int, error) {
	if len(c.b)-at < itemLength {
		return itemFields{}, 0, fmt.Errorf("reading the links of an epoch: %w", io.ErrUnexpectedEOF)
	}
	begin := at + itemLength
	end := begin + int(binary.BigEndian.Uint16(c.b[at:]))
	if end > len(c.b) {
		return itemFields{}, 0, fmt.Errorf("reading the links of an epoch: %w", io.ErrUnexpectedEOF)
	}
	return itemFields{c.b[begin:end]}, end, nil
}

// whole is an item as it was laid, with its length.
func (c *contents) whole(k keyed) []byte {
	_, end, _ := c.item(k.begin) // it was read
	return c.b[k.begin:end]
}

// each gives the items in order.
func (c *contents) each(each func(key uint64, f *itemFields) error) error {
	var f itemFields // one for all
	for _, k := range c.list {
		f, _, _ = c.item(k.begin) // it was read
		if err := each(k.key, &f); err != nil {
			return err
		}
	}
	return nil
}

// eachGroup gives the items in order, and says behind each key's last one that it was that.
func (c *contents) eachGroup(item func(*itemFields), last func(key uint64) error) error {
	n := 0
	return c.each(func(key uint64, f *itemFields) error {
		item(f)
		if n++; n < len(c.list) && c.list[n].key == key {
			return nil
		}
		return last(key)
	})
}

// pairKey is the key of two stations, by the first.
func pairKey(a, b uint32) uint64 { return uint64(a)<<32 | uint64(b) }

// byPair is the key of an item that begins with two stations.
func byPair(f *itemFields) (uint64, bool) {
	a := f.number()
	return pairKey(a, f.number()), true
}

// copied is how many bytes go to a shelf at a time.
const copied = 1 << 16

// copyTo puts the items in their order into a drawer of another shelf.
func (c *contents) copyTo(to Shelf, drawer int) error {
	var b []byte
	for _, k := range c.list {
		if b = append(b, c.whole(k)...); len(b) < copied {
			continue
		}
		if err := to.Put(drawer, b); err != nil {
			return err
		}
		b = b[:0]
	}
	if len(b) == 0 {
		return nil
	}
	return to.Put(drawer, b)
}
