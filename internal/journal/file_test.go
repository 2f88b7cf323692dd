package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
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
