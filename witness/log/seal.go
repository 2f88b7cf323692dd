package log

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"

	"hexspot/radio"
)

// A seal is the file beside a log that takes no more records: what is needed to prove
// and to find without reading the log.
//
//	header: as a log's with another magic | u64 records | root (32) | u32 CRC-32C of what follows | u32 of these
//	tiles:  the root of each full tile of 256 records (32)
//	index:  first 8 bytes of an id | u32 its place, for each record, sorted
const (
	sealHeaderSize = headerSize + 8 + 32 + 4 + 4
	sealRowSize    = 12
)

var sealMagic = [15]byte([]byte("hexspot/1 seal\n"))

// errSealed says that a log is sealed.
var errSealed = errors.New("the log is sealed")

// Seal writes the log's seal to a file, which the Log then owns, and forgets the
// table of ids: from now on ids are looked up in the file. Nothing can be added any
// more. A crash leaves a seal that is whole or that OpenSealed refuses.
func (l *Log) Seal(file File) error {
	l.mu.Lock()
	if l.dirt == nil {
		l.dirt = errSealed
	}
	head, dirt := l.tree.Head(), l.dirt
	l.mu.Unlock()
	if !errors.Is(dirt, errSealed) {
		return fmt.Errorf("sealing %s: %w", l.name, dirt)
	}
	if err := l.writeSeal(file, head); err != nil {
		return fmt.Errorf("sealing %s: %w", l.name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seal, l.ids = &seal{file, head.Size}, table{}
	return nil
}

// writeSeal writes the header last; its sums tell whether all of the rest is there.
func (l *Log) writeSeal(file File, head Head) error {
	rows, err := l.rows(head.Size)
	if err = errors.Join(err, file.Truncate(0)); err != nil {
		return err
	}
	sum := crc32.New(castagnoli)
	out := bufio.NewWriterSize(io.MultiWriter(sum, io.NewOffsetWriter(file, sealHeaderSize)), 1<<20)
	for _, tile := range l.present().tiles() {
		out.Write(tile[:])
	}
	for _, r := range rows {
		var b [sealRowSize]byte
		binary.BigEndian.PutUint64(b[:], r.prefix)
		binary.BigEndian.PutUint32(b[8:], r.index)
		out.Write(b[:])
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := file.WriteAt(sealHeader(l.name, head, sum.Sum32()), 0); err != nil {
		return err
	}
	return file.Sync()
}

func sealHeader(n Name, head Head, sum uint32) []byte {
	b := binary.BigEndian.AppendUint64(header(sealMagic, n), head.Size)
	b = append(b, head.Root[:]...)
	b = binary.BigEndian.AppendUint32(b, sum)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// row is a line of the index.
type row struct {
	prefix uint64
	index  uint32
}

func prefixOf(id radio.RecordID) uint64 { return binary.BigEndian.Uint64(id[:]) }

// rows are the lines of the index, sorted.
func (l *Log) rows(size uint64) ([]row, error) {
	rows := make([]row, 0, size)
	err := scan(entries{l.file}, size, func(ids []radio.RecordID) {
		for _, id := range ids {
			rows = append(rows, row{prefixOf(id), uint32(len(rows))})
		}
	})
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.prefix, b.prefix), cmp.Compare(a.index, b.index))
	})
	return rows, err
}

// OpenSealed opens a log with its seal, without reading the log. The Log owns both
// files. If the seal is not whole or not that of the log, the error is ErrNoSeal, both files
// stay the caller's, and Open serves.
func OpenSealed(file, sealFile File, name Name) (*Log, error) {
	l := &Log{name: name, file: file, tree: NewTree(entries{file}), dirt: errSealed}
	if err := l.readSeal(sealFile); err != nil {
		return nil, fmt.Errorf("opening %s: %w: %w", name, ErrNoSeal, err)
	}
	return l, nil
}

// ErrNoSeal says that a file is not the seal of a log.
var ErrNoSeal = errors.New("there is no sound seal")

func (l *Log) readSeal(file File) error {
	b := make([]byte, sealHeaderSize)
	if _, err := file.ReadAt(b, 0); err != nil {
		return err
	}
	head := Head{binary.BigEndian.Uint64(b[headerSize:]), Hash(b[headerSize+8:])}
	sum := binary.BigEndian.Uint32(b[sealHeaderSize-8:])
	if string(b) != string(sealHeader(l.name, head, sum)) || head.Size > MaxSize {
		return errors.New("its header is not that of this log's seal")
	}
	size, err := l.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size != offset(head.Size) {
		return fmt.Errorf("the log has %d bytes, want %d", size, offset(head.Size))
	}
	if err := l.readTiles(file, head, sum); err != nil {
		return err
	}
	l.seal = &seal{file, head.Size}
	return nil
}

// readTiles builds the tree from the tiles and the last ids, and compares the sum of
// all that follows the header.
func (l *Log) readTiles(file File, head Head, want uint32) error {
	sum := crc32.New(castagnoli)
	tiles, rows := head.Size/tileSize*32, head.Size*sealRowSize
	in := bufio.NewReaderSize(io.NewSectionReader(file, sealHeaderSize, int64(tiles+rows)), 1<<20)
	for range head.Size / tileSize {
		var tile Hash
		if _, err := io.ReadFull(in, tile[:]); err != nil {
			return err
		}
		sum.Write(tile[:])
		l.tree.appendTile(tile)
	}
	if n, err := io.Copy(sum, in); err != nil || uint64(n) != rows {
		return fmt.Errorf("%d bytes of %d in its index: %w", n, rows, cmp.Or(err, io.ErrUnexpectedEOF))
	}
	return l.finishTree(head, sum, want)
}

func (l *Log) finishTree(head Head, sum hash.Hash32, want uint32) error {
	last := make([]radio.RecordID, head.Size%tileSize)
	if err := (entries{l.file}).ReadIDs(head.Size-uint64(len(last)), last); err != nil {
		return err
	}
	l.tree.Append(last...)
	if sum.Sum32() != want || l.tree.Head() != head {
		return errors.New("it is damaged")
	}
	return nil
}
