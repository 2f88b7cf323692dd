package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"
)

// A file is one zstd frame, and nothing else, of
//
//	magic    "HXJ1\n"
//	records  each: uvarint length of the rest, then
//	           sequence 8, time 8 (ns since 1970), big-endian
//	           uvarint length, subject · uvarint length, id · data
//	zero     a uvarint 0: no more records
//	trailer  count of records 8 big-endian, SHA-256 of all before the trailer 32
//
// Uvarints are the shortest possible; sequence numbers ascend. So there is exactly
// one content for given records, and its hash names them. Of the file as it is every cut and addition is found, and
// every changed bit that changes a record or is not inside of a compressed block: there, a block may have bits without
// a meaning (the rest of a byte, codes that do not occur).
const (
	fileMagic   = "HXJ1\n"
	trailerSize = 8 + sha256.Size
	recordMost  = 16 + 2 + MaxSubject + 2 + MaxID + MaxData
)

// appendRecord appends a record with its length.
func appendRecord(b []byte, r Record) []byte {
	subject, id := len(r.Subject), len(r.ID)
	b = binary.AppendUvarint(b, uint64(16+uvarintSize(subject)+subject+uvarintSize(id)+id+len(r.Data)))
	b = binary.BigEndian.AppendUint64(b, r.Seq)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixNano()))
	b = append(binary.AppendUvarint(b, uint64(subject)), r.Subject...)
	b = append(binary.AppendUvarint(b, uint64(id)), r.ID...)
	return append(b, r.Data...)
}

func uvarintSize(n int) int { return len(binary.AppendUvarint(nil, uint64(n))) }

// Writer writes a file.
type Writer struct {
	zip     *zstd.Encoder
	sum     hash.Hash
	out     io.Writer // both of them
	scratch []byte
	count   uint64
	last    uint64
	size    int64 // of the content
}

// NewWriter begins a file.
func NewWriter(w io.Writer) (*Writer, error) {
	// One goroutine and a small window: the network must stay small while it rolls.
	zip, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(writerWindow))
	if err != nil {
		return nil, fmt.Errorf("writing a journal file: %w", err)
	}
	f := &Writer{zip: zip, sum: sha256.New()}
	f.out = io.MultiWriter(f.zip, f.sum)
	return f, f.write([]byte(fileMagic))
}

// Write appends a record, whose sequence number must be above the last one's.
func (f *Writer) Write(r Record) error {
	if f.count > 0 && r.Seq <= f.last {
		return fmt.Errorf("writing a journal file: record %d after %d", r.Seq, f.last)
	}
	if err := checkEntry(entry{r.Subject, r.ID, r.Data}); err != nil {
		return fmt.Errorf("writing a journal file: record %d: %w", r.Seq, err)
	}
	f.scratch = appendRecord(f.scratch[:0], r)
	f.count++
	f.last = r.Seq
	return f.write(f.scratch)
}

// Close writes the trailer. What the file is written to stays open.
func (f *Writer) Close() error {
	if err := f.write([]byte{0}); err != nil {
		return err
	}
	trailer := f.sum.Sum(binary.BigEndian.AppendUint64(nil, f.count))
	if _, err := f.zip.Write(trailer); err != nil {
		return fmt.Errorf("writing a journal file: %w", err)
	}
	if err := f.zip.Close(); err != nil {
		return fmt.Errorf("writing a journal file: %w", err)
	}
	return nil
}

func (f *Writer) write(b []byte) error {
	f.size += int64(len(b))
	if _, err := f.out.Write(b); err != nil {
		return fmt.Errorf("writing a journal file: %w", err)
	}
	return nil
}
