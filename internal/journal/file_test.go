package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// content is what a file of these records has inside the compression.
func content(t testing.TB, records ...Record) []byte {
	t.Helper()
	zip, err := zstd.NewReader(bytes.NewReader(file(t, records...)))
	if err != nil {
		t.Fatal(err)
	}
	defer zip.Close()
	b, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func file(t testing.TB, records ...Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b)
	for i := 0; err == nil && i < len(records); i++ {
		err = w.Write(records[i])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parse reads what is inside the compression, up to the end or the first fault.
func parse(r io.Reader) (records []Record, err error) {
	for c := newContentReader(r); ; {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		records = append(records, r)
	}
}

var someRecords = []Record{
	{Seq: 1, Time: time.Unix(1_800_000_000, 5).UTC(), Subject: "pkt.0123456789abcdef.up", ID: "a", Data: []byte("one")},
	{Seq: 7, Time: time.Unix(1_700_000_000, 0).UTC(), Subject: "rec.beacon.7f", ID: "b", Data: []byte{}},
	{Seq: 1 << 63, Time: time.Unix(0, 0).UTC(), Subject: "rec.beacon.7f", ID: strings.Repeat("c", MaxID), Data: make([]byte, 1000)},
}

func TestFileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var records []Record
		seq := uint64(0)
		for range rapid.IntRange(0, 20).Draw(t, "count") {
			seq += rapid.Uint64Range(1, 1<<40).Draw(t, "step")
			records = append(records, Record{
				Seq: seq, Time: time.Unix(0, rapid.Int64().Draw(t, "time")).UTC(),
				Subject: fmt.Sprintf("rec.k.%02x", rapid.Byte().Draw(t, "tag")), ID: rapid.StringMatching(`[!-~]{1,64}`).Draw(t, "id"),
				Data: rapid.SliceOfN(rapid.Byte(), 0, 500).Draw(t, "data"),
			})
		}
		var b bytes.Buffer
		w, err := NewWriter(&b)
		for _, r := range records {
			err = errors.Join(err, w.Write(r))
		}
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for i := range records {
			got, err := r.Next()
			if err != nil || fmt.Sprint(got) != fmt.Sprint(records[i]) {
				t.Fatalf("record %d: %v, %v, want %v", i, got, err, records[i])
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Fatalf("after the last: %v", err)
		}
	})
}

// TestFileGolden: what is written once can be read for ever.
func TestFileGolden(t *testing.T) {
	want := "48584a310a" + "2d" + "0000000000000001" + "18fae27693b40005" + "17" + "706b742e303132333435363738396162636465662e7570" + "01" + "61" + "6f6e65" +
		"00" + "0000000000000001"
	got := fmt.Sprintf("%x", content(t, someRecords[0]))
	if !strings.HasPrefix(got, want) || len(got) != len(want)+64 {
		t.Errorf("got  %s\nwant %s and a SHA-256", got, want)
	}
}

// TestFileDamage: every flipped bit and every cut is found.
func TestFileDamage(t *testing.T) {
	whole := content(t, someRecords...)
	if records, err := parse(bytes.NewReader(whole)); err != nil || len(records) != len(someRecords) {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 1 << (i % 8)
		if _, err := parse(bytes.NewReader(bad)); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if _, err := parse(bytes.NewReader(whole[:i])); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	if _, err := parse(bytes.NewReader(append(whole, 0))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte more: %v", err)
	}
}

// readWhole reads a file to its end.
func readWhole(b []byte) (records []Record, err error) {
	r, err := NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
}

// filesOfSizes are files as they are written of little and of much, compressible or not.
func filesOfSizes(t *testing.T) map[string][]byte {
	chance := rand.New(rand.NewPCG(1, 1))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(chance.Uint32())
		}
		return b
	}
	of := func(n, size int, data func(int) []byte) []byte {
		var records []Record
		for i := range n {
			r := someRecords[0]
			r.Seq, r.ID, r.Data = uint64(i+1), fmt.Sprint(i), data(size)
			records = append(records, r)
		}
		return file(t, records...)
	}
	zeros := func(n int) []byte { return make([]byte, n) }
	return map[string][]byte{
		"empty": file(t), "a few": file(t, someRecords...), "tiny": of(1, 1, noise), "some": of(3, 200, noise), "texts": of(60, 20, noise),
		"1023 bytes": of(1, 920, noise), "1024 bytes": of(1, 921, noise), "1025 bytes": of(1, 922, noise),
		"several blocks": of(3, 60_000, noise), "more than a window": of(20, 60_000, zeros),
	}
}

// TestWholeFileDamage: a flipped bit of the file as it is, a cut, or anything besides its one frame is found.
// There are bits inside of a compressed block that mean nothing: its records are the same then.
func TestWholeFileDamage(t *testing.T) {
	for name, whole := range filesOfSizes(t) {
		records, err := readWhole(whole)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		step := 1 + len(whole)/120 + len(content(t, records...))/10_000 // of large ones not all
		for bit := 0; bit < 8*len(whole); bit += step {
			bad := bytes.Clone(whole)
			bad[bit/8] ^= 1 << (bit % 8)
			got, err := readWhole(bad)
			inside := bit >= 8*5 && bit < 8*(len(whole)-4)
			if same := err == nil && reflect.DeepEqual(got, records); !errors.Is(err, ErrCorrupt) && !(inside && same) {
				t.Errorf("%s: bit %d of byte %d of %d flipped: %v", name, bit%8, bit/8, len(whole), err)
			}
		}
		for at := 0; at < len(whole); at += step {
			if _, err := readWhole(whole[:at]); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s: cut at %d: %v", name, at, err)
			}
		}
	}
}

// TestHeaderDamage: of the header of the compression, the header of its first block and its checksum every bit counts.
func TestHeaderDamage(t *testing.T) {
	for name, whole := range filesOfSizes(t) {
		var h zstd.Header
		if err := h.Decode(whole); err != nil {
			t.Fatal(err)
		}
		head := 8 * (h.HeaderSize + 3)
		for bit := range head + 32 {
			if bit >= head {
				bit += 8*(len(whole)-4) - head
			}
			bad := bytes.Clone(whole)
			bad[bit/8] ^= 1 << (bit % 8)
			if _, err := readWhole(bad); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s: bit %d of byte %d of %d flipped: %v", name, bit%8, bit/8, len(whole), err)
			}
		}
	}
}

// TestReadingFails: a disk or line that fails is named, wherever in a file, and not told as a file that ends too early.
func TestReadingFails(t *testing.T) {
	for name, whole := range filesOfSizes(t) {
		for _, at := range []int{0, 3, 7, len(whole) - 2} {
			r, err := NewReader(io.MultiReader(bytes.NewReader(whole[:at]), iotest.ErrReader(os.ErrDeadlineExceeded)))
			for err == nil {
				_, err = r.Next()
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: failing at %d: %v", name, at, err)
			}
		}
	}
}

// TestFileIsOneFrame: nothing may be before it or behind it.
func TestFileIsOneFrame(t *testing.T) {
	skipped := append([]byte{0x5e, 0x2a, 0x4d, 0x18, 4, 0, 0, 0}, "skip"...)
	for name, whole := range filesOfSizes(t) {
		for what, bad := range map[string][]byte{
			"a byte behind": slices.Concat(whole, []byte{0}), "an empty frame behind": slices.Concat(whole, emptyFrame(t)),
			"a file behind": slices.Concat(whole, file(t)), "a skippable frame behind": slices.Concat(whole, skipped),
			"a skippable frame before": slices.Concat(skipped, whole), "an empty frame before": slices.Concat(emptyFrame(t), whole),
		} {
			if _, err := readWhole(bad); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

// emptyFrame is a frame that decompresses to nothing.
func emptyFrame(t *testing.T) []byte {
	t.Helper()
	zip, err := zstd.NewWriter(nil, zstd.WithZeroFrames(true))
	if err != nil {
		t.Fatal(err)
	}
	defer zip.Close()
	return zip.EncodeAll(nil, nil)
}

func TestFileRefuses(t *testing.T) {
	for what, b := range map[string][]byte{
		"nothing": nil, "no zstd": []byte("HXJ1\n"), "cut": file(t, someRecords...)[:40],
		"more after it": append(file(t, someRecords...), "more"...),
	} {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", what, err)
		}
		r.Close()
	}
	w, err := NewWriter(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(someRecords[0])); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(someRecords[0]); err == nil {
		t.Error("one record twice is no error")
	}
	if err := w.Write(Record{Seq: 9, Subject: "a b", ID: "c"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a wrong subject: %v", err)
	}
}

// FuzzContent: what parses is exactly what would be written.
func FuzzContent(f *testing.F) {
	f.Add(content(f))
	f.Add(content(f, someRecords...))
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := parse(bytes.NewReader(b))
		if err == nil && !bytes.Equal(content(t, records...), b) {
			t.Errorf("%x is written as %x", b, content(t, records...))
		}
	})
}

// FuzzRecord is FuzzContent below the hash, which chance never finds.
func FuzzRecord(f *testing.F) {
	for _, r := range someRecords {
		b := appendRecord(nil, r)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, body, err := cutUvarint(b)
		if err != nil || n != uint64(len(body)) {
			return
		}
		r, err := parseRecord(body)
		if err == nil && !bytes.Equal(appendRecord(nil, r), b) {
			t.Errorf("%x is written as %x", b, appendRecord(nil, r))
		}
	})
}

// FuzzFile: hostile files end in an error, within bounds.
func FuzzFile(f *testing.F) {
	f.Add(file(f))
	f.Add(file(f, someRecords...))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

func FuzzFileName(f *testing.F) {
	f.Add("20261128T060201Z/00000000000000000001-00000000000000000009-20261128T06Z.hxj.zst")
	f.Fuzz(func(t *testing.T, name string) {
		if file, ok := parseFileName(name); ok && file.Name() != name {
			t.Errorf("%q is written as %q", name, file.Name())
		}
	})
}
