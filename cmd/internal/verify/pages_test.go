package verify

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// TestPagesAreTheFile: wherever it is read, and in which order, it gives what the file has there.
func TestPagesAreTheFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := make([]byte, rapid.IntRange(0, 5*pageSize).Draw(t, "size"))
		for i := range file {
			file[i] = byte(i ^ i>>8)
		}
		p := pages{file: bytes.NewReader(file), ahead: rapid.SampledFrom([]int{0, pageSize}).Draw(t, "ahead")}
		for range rapid.IntRange(1, 20).Draw(t, "reads") {
			offset := rapid.IntRange(0, len(file)+10).Draw(t, "offset")
			least := rapid.IntRange(1, 3*pageSize).Draw(t, "least")
			rest := file[min(offset, len(file)):]
			got, err := p.from(int64(offset), least)
			if err != nil || len(got) < min(least, len(rest)) || !bytes.HasPrefix(rest, got) {
				t.Fatalf("%d bytes at %d of %d: %d, %v", least, offset, len(file), len(got), err)
			}
			record, err := p.record(int64(offset), least)
			if want := len(rest) >= least; want != (err == nil) || want && !bytes.Equal(record, rest[:least]) {
				t.Fatalf("a record of %d bytes at %d of %d: %d, %v", least, offset, len(file), len(record), err)
			}
		}
	})
}

// TestPagesOfAFaultyDisk: a read that failed is told, and tried again by the next one.
func TestPagesOfAFaultyDisk(t *testing.T) {
	disk := &faultyDisk{ReaderAt: bytes.NewReader(make([]byte, pageSize)), fault: errors.New("no such sector")}
	p := pages{file: disk}
	for _, want := range []error{disk.fault, nil} {
		if _, err := p.from(10, 1); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		disk.fault = nil
	}
}

type faultyDisk struct {
	io.ReaderAt
	fault error
}

// ReadAt reads nothing while there is a fault.
func (d *faultyDisk) ReadAt(b []byte, at int64) (int, error) {
	if d.fault != nil {
		return 0, d.fault
	}
	return d.ReaderAt.ReadAt(b, at)
}
