package verify

import (
	"bufio"
	"bytes"
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

// append appends a place as an index has it.
func (p place) append(b []byte) []byte {
	return binary.BigEndian.AppendUint64(append(b, p.name[:]...), uint64(p.offset))
}

// mostFound are the places that are put at a time.
const mostFound = 4096

// add takes places.
func (x *indexer) add(places []place) error {
	var items [parts][]byte
	for _, p := range places {
		items[p.name[0]] = p.append(items[p.name[0]])
	}
	return x.scratch.put(&items)
}

// addAll takes the places of a part whose text begins at an offset, some at a time.
func (x *indexer) addAll(from io.Reader, base int64) error {
	in := bufio.NewReaderSize(from, readSize)
	found := make([]place, 0, mostFound)
	for {
		var b [indexSize]byte
		_, err := io.ReadFull(in, b[:])
		if err == io.EOF {
			return x.add(found)
		}
		if err != nil {
			return fmt.Errorf("reading a scratch file: %w", err)
		}
		found = append(found, place{placeName(b[:]), base + int64(binary.BigEndian.Uint64(b[len(placeName{}):]))})
		if len(found) == mostFound {
			if err := x.add(found); err != nil {
				return err
			}
			found = found[:0]
		}
	}
}

// write writes the index of a file.
func (x *indexer) write(dir, name string) error {
	err := writeBeside(dir, name+indexEnding, func(file *os.File) error {
		out := bufio.NewWriterSize(file, 1<<16)
		if err := x.writeTo(out); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	return nil
}

// writeTo writes all places in order. A part that is too large for the memory, which takes
// somebody who makes names with one beginning, is sorted further on disk.
func (x *indexer) writeTo(w io.Writer) error {
	d := division{limit: max(x.scratch.limit, leastPortion), depth: indexSize, further: sortPlaces}
	for part := range parts {
		path := fmt.Sprintf("%s-%02x", x.scratch.path, part)
		err := d.divide(x.scratch.source(part), 1, path, func(items source) error { return writePlaces(w, items) })
		if err != nil {
			return err
		}
	}
	return nil
}

// sortPlaces puts places into parts by a later byte.
func sortPlaces(items source, depth int, into *scratch) error {
	var fault error
	err := records(items, indexSize, func(f *fields) {
		if b := f.take(indexSize); fault == nil {
			fault = into.Put(int(b[depth]), b)
		}
	})
	return joinFault(err, fault)
}

// writePlaces writes places in order.
func writePlaces(w io.Writer, items source) error {
	list := make([][indexSize]byte, 0, items.size/indexSize)
	err := records(items, indexSize, func(f *fields) { list = append(list, [indexSize]byte(f.take(indexSize))) })
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b [indexSize]byte) int { return bytes.Compare(a[:], b[:]) })
	for i := range list {
		if _, err := w.Write(list[i][:]); err != nil {
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
	if err := os.Rename(path+draftEnding, path); err != nil {
		return errors.Join(err, os.Remove(path+draftEnding))
	}
	return nil
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
