package log

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"hexspot/radio"
	"hexspot/witness"
)

// Entry is a record as the log keeps it.
type Entry struct {
	Record   radio.RecordID
	Received witness.Millis
}

// A log file is a header and entries of one size, so that an index is a place.
//
//	header: magic (15) | network (8) | u64 epoch | ingest (33) | zeros (4) | u32 CRC-32C of these
//	entry:  record id (32) | u64 received | u32 place in its batch | u32 CRC-32C of u64 index and these
const (
	headerSize = 72
	entrySize  = 48
)

var logMagic = [15]byte([]byte("hexspot/1 log\n\x00"))

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is the first bytes of a log's file, or of its seal.
func header(magic [15]byte, n Name) []byte {
	b := append(make([]byte, 0, sealHeaderSize), magic[:]...)
	b = append(b, n.Network[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(n.Epoch))
	b = append(b, n.Ingest.Bytes()...)
	b = append(b, make([]byte, headerSize-4-len(b))...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// appendEntry appends the entry of that index, the place-th of its batch.
func appendEntry(b []byte, index uint64, place uint32, e Entry) []byte {
	start := len(b)
	b = append(b, e.Record[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Received))
	b = binary.BigEndian.AppendUint32(b, place)
	return binary.BigEndian.AppendUint32(b, entrySum(index, b[start:]))
}

func entrySum(index uint64, b []byte) uint32 {
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], index)
	return crc32.Update(crc32.Checksum(at[:], castagnoli), castagnoli, b)
}

var errEntry = errors.New("the entry is damaged")

// parseEntry reads the entry of that index.
func parseEntry(b []byte, index uint64) (e Entry, place uint32, err error) {
	if len(b) != entrySize || binary.BigEndian.Uint32(b[entrySize-4:]) != entrySum(index, b[:entrySize-4]) {
		return Entry{}, 0, fmt.Errorf("index %d: %w", index, errEntry)
	}
	e = Entry{Record: radio.RecordID(b[:32]), Received: witness.Millis(binary.BigEndian.Uint64(b[32:]))}
	return e, binary.BigEndian.Uint32(b[40:]), nil
}
