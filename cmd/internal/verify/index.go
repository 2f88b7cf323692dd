package verify

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"hexspot/radio"
)

// indexEnding names files beside the result that are no part of it. That of `verdicts` has
// for each record and case the first 8 bytes of the record's id and where the case
// begins, both big-endian, sorted; those of aboutFiles the same of their blocks.
const indexEnding = ".index"

const indexSize = 16

// indexer gathers an index, by the first byte of the names.
type indexer struct{ scratch scratch }

// placeName is the beginning of what an index is by: of an id, or of a station's key behind its
// kind.
type placeName [8]byte

func placeOfRecord(id radio.RecordID) placeName { return placeName(id[:]) }

func placeOfStation(key []byte) placeName { return placeName(key[1:]) }

// place is where a block is in a text that names something.
type place struct {
	name   placeName
	offset int64
}

// add takes the places of a part whose text begins at an offset.
func (x *indexer) add(places []place, base int64) error {
	var items [parts][]byte
	for _, p := range places {
		b := append(items[p.name[0]], p.name[:]...)
		items[p.name[0]] = binary.BigEndian.AppendUint64(b, uint64(base+p.offset))
	}
	return x.scratch.put(&items)
}

// write writes the index of a file.
func (x *indexer) write(dir, name string) error {
	err := writeBeside(dir, name+indexEnding, func(file *os.File) error {
		out := bufio.NewWriterSize(file, 1<<16)
		for part := range parts {
			if err := x.writePart(out, part); err != nil {
				return err
			}
		}
		return out.Flush()
	})
	if err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	return nil
}

// writePart writes the places whose names begin with a byte.
func (x *indexer) writePart(out io.Writer, part int) error {
	b, err := x.scratch.read(part)
	if err != nil {
		return err
	}
	list := make([][indexSize]byte, len(b)/indexSize)
	for i := range list {
		list[i] = [indexSize]byte(b[i*indexSize:])
	}
	slices.SortFunc(list, func(a, b [indexSize]byte) int { return slices.Compare(a[:], b[:]) })
	for i := range list {
		if _, err := out.Write(list[i][:]); err != nil {
			return err
		}
	}
	return nil
}

// draftEnding names what is being written. A crash may leave one; the next one is written over it.
const draftEnding = ".draft"

// writeBeside writes a file that is no part of a result. It has its name when it is whole and on
// the disk, in the place of one that was there until then.
func writeBeside(dir, name string, write func(*os.File) error) error {
	path := filepath.Join(dir, name)
	file, err := os.OpenFile(path+draftEnding, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+draftEnding))
	}
	return os.Rename(path+draftEnding, path)
}

// ErrNoIndex says that a result has no index of what is asked for. Index makes them.
var ErrNoIndex = errors.New("the epoch has no index yet: 'hexnet serve' makes it")

// findPlaces gives the offsets of the blocks that may be about what has a name, by the index
// of their file: no more than one beyond most.
func findPlaces(path string, name placeName, most int) ([]int64, error) {
	file, err := os.Open(path + indexEnding)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoIndex, filepath.Base(path))
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	x := placeReader{pages: pages{file: file}}
	n, want := int(info.Size()/indexSize), binary.BigEndian.Uint64(name[:])
	var offsets []int64
	for i := sort.Search(n, func(i int) bool { at, _ := x.at(i); return at >= want }); i < n; i++ {
		at, offset := x.at(i)
		if at != want || len(offsets) > most {
			break
		}
		if len(offsets) == 0 || offsets[len(offsets)-1] != offset { // several observations of a record may be in one case
			offsets = append(offsets, offset)
		}
	}
	return offsets, x.err
}

// placeReader reads places. The first error stays.
type placeReader struct {
	pages pages
	err   error
}

func (x *placeReader) at(i int) (name uint64, offset int64) {
	b, err := x.pages.record(int64(i)*indexSize, indexSize)
	if err != nil {
		x.err = cmp.Or(x.err, err)
		return 0, 0
	}
	return binary.BigEndian.Uint64(b), int64(binary.BigEndian.Uint64(b[8:]))
}
