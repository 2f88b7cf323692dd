package verify

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"hexspot/radio"
)

// indexName is a file beside the result that is no part of it: for each record and case
// the first 8 bytes of the record's id and where in `verdicts` the case begins, both
// big-endian, sorted.
const indexName = "verdicts.index"

const indexSize = 16

// indexer gathers the index, by the first byte of the id.
type indexer struct{ scratch scratch }

// place is a record's id and its case's place in the text of a part.
type place struct {
	id     radio.RecordID
	offset int64
}

// add takes the places of a part whose text begins at an offset.
func (x *indexer) add(places []place, base int64) error {
	var items [parts][]byte
	for _, p := range places {
		b := append(items[p.id[0]], p.id[:8]...)
		items[p.id[0]] = binary.BigEndian.AppendUint64(b, uint64(base+p.offset))
	}
	return x.scratch.put(&items)
}

// write writes the file.
func (x *indexer) write(dir string) error {
	file, err := os.OpenFile(filepath.Join(dir, indexName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	out := bufio.NewWriterSize(file, 1<<16)
	for part := range parts {
		b, err := x.scratch.read(part)
		if err != nil {
			return errors.Join(err, file.Close())
		}
		list := make([][indexSize]byte, len(b)/indexSize)
		for i := range list {
			list[i] = [indexSize]byte(b[i*indexSize:])
		}
		slices.SortFunc(list, func(a, b [indexSize]byte) int { return slices.Compare(a[:], b[:]) })
		for i := range list {
			if _, err := out.Write(list[i][:]); err != nil {
				return errors.Join(err, file.Close())
			}
		}
	}
	if err := errors.Join(out.Flush(), file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	return nil
}

// findPlaces gives the offsets of the cases that may have reports of a record.
func findPlaces(path string, id radio.RecordID) ([]int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	x := placeReader{file: file}
	n, want := int(info.Size()/indexSize), binary.BigEndian.Uint64(id[:])
	var offsets []int64
	for i := sort.Search(n, func(i int) bool { name, _ := x.at(i); return name >= want }); i < n; i++ {
		name, offset := x.at(i)
		if name != want {
			break
		}
		offsets = append(offsets, offset)
	}
	return slices.Compact(offsets), x.err // several observations of a record may be in one case
}

// placeReader reads places. The first error stays.
type placeReader struct {
	file *os.File
	err  error
}

func (x *placeReader) at(i int) (name uint64, offset int64) {
	var b [indexSize]byte
	if _, err := x.file.ReadAt(b[:], int64(i)*indexSize); err != nil {
		x.err = cmp.Or(x.err, err)
	}
	return binary.BigEndian.Uint64(b[:]), int64(binary.BigEndian.Uint64(b[8:]))
}
