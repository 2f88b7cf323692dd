package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ahead is an instant at which the present hour is over.
func ahead() time.Time { return time.Now().Add(time.Hour) }

func openBucket(t *testing.T, dir string) *Bucket {
	t.Helper()
	b, err := OpenBucket(t.Context(), "file://"+dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func roll(t *testing.T, j *Journal, b *Bucket, until time.Time) []File {
	t.Helper()
	files, err := j.Roll(t.Context(), b, until)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// inFiles reads all files.
func inFiles(t *testing.T, b *Bucket) (records []Record) {
	t.Helper()
	files, err := b.Files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		records = append(records, inFile(t, b, f)...)
	}
	return records
}

func inFile(t *testing.T, b *Bucket, f File) (records []Record) {
	t.Helper()
	in, err := b.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		records = append(records, record)
	}
}

func same(t *testing.T, got, want []Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i := range got {
		if fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
			t.Fatalf("record %d: %v, want %v", i, got[i], want[i])
		}
	}
}

func TestRoll(t *testing.T) {
	dir := t.TempDir()
	j, end := running(t, Config{}, dir)
	b := openBucket(t, filepath.Join(dir, "files"))
	if made := roll(t, j, b, ahead()); len(made) != 0 {
		t.Errorf("an empty log makes %v", made)
	}
	fill(t, j, "a", 50, 500)
	if made := roll(t, j, b, time.Now()); len(made) != 0 && made[0].Hour.Add(time.Hour).After(time.Now()) {
		t.Errorf("the present hour makes %v", made)
	}
	roll(t, j, b, ahead())
	all := contents(t, j, Query{})
	same(t, inFiles(t, b), all)
	if made := roll(t, j, b, ahead()); len(made) != 0 {
		t.Errorf("a second time makes %v", made)
	}
	fill(t, j, "b", 50, 500)
	end()

	j, _ = running(t, Config{}, dir)
	roll(t, j, b, ahead())
	all = contents(t, j, Query{})
	same(t, inFiles(t, b), all)

	roll(t, j, b, ahead().Add(48*time.Hour)) // all are in files for longer than they are kept
	if left := contents(t, j, Query{}); len(left) != 0 {
		t.Errorf("%d records are left in the log", len(left))
	}
	same(t, inFiles(t, b), all)
	if err := j.Read(t.Context(), Query{From: 5}, nil); !errors.Is(err, ErrRolled) {
		t.Errorf("reading what is rolled: %v", err)
	}
	fill(t, j, "c", 1, 5)
	roll(t, j, b, ahead())
	same(t, inFiles(t, b), append(all, contents(t, j, Query{})...))
}

// TestRollCrashes stops the rolling at every step between two system calls that
// matter: what is left is rolled afterwards, nothing twice.
func TestRollCrashes(t *testing.T) {
	j, _ := running(t, Config{}, t.TempDir())
	fill(t, j, "a", 50, 300)
	all := contents(t, j, Query{})
	status, err := j.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for step, left := range []func(r *roller) error{
		func(*roller) error { return nil },                                                     // before anything
		func(r *roller) error { return r.begin(time.Now()) },                                   // an empty draft
		func(r *roller) error { return partly(r, j, 100) },                                     // half a draft
		func(r *roller) error { return errors.Join(partly(r, j, 300), r.file.Close()) },        // a whole draft without its name
		func(r *roller) error { return errors.Join(partly(r, j, 300), r.finish(t.Context())) }, // a file, its records still in the log
		func(r *roller) error { return errors.Join(partly(r, j, 120), r.finish(t.Context()), partly(r, j, 50)) },
	} {
		b := openBucket(t, filepath.Join(t.TempDir(), "files"))
		r := &roller{bucket: b, born: status.Born.Truncate(time.Second), until: ahead(), from: 1}
		if err := left(r); err != nil {
			t.Fatal(err)
		}
		// r is forgotten here, as by a process that is killed.
		roll(t, j, b, ahead())
		same(t, inFiles(t, b), all)
		if drafts, _ := filepath.Glob(filepath.Join(b.dir, draftPattern)); len(drafts) > 1 {
			t.Errorf("step %d: drafts %v", step, drafts)
		}
	}
}

// partly writes n records.
func partly(r *roller, j *Journal, n int) error {
	err := j.Read(context.Background(), Query{From: r.from}, func(record Record) error {
		if n--; n < 0 {
			return errStop
		}
		return r.take(context.Background(), record)
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// TestRollCutsByTheHour: hours and sizes alone decide where files end.
func TestRollCutsByTheHour(t *testing.T) {
	b := openBucket(t, filepath.Join(t.TempDir(), "files"))
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := &roller{bucket: b, born: noon, until: noon.Add(3 * time.Hour), from: 1}
	var err error
	for i := 0; err == nil; i++ {
		at := noon.Add(time.Duration(i) * 25 * time.Minute)
		err = r.take(t.Context(), Record{Seq: uint64(i + 3), Time: at, Subject: "pkt.a.up", ID: fmt.Sprint(i)})
	}
	if !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	if err := r.finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.made {
		names = append(names, fmt.Sprintf("%d-%d %s %d", f.First, f.Last, f.Hour.Format("15"), len(inFile(t, b, f))))
	}
	if got, want := strings.Join(names, ", "), "1-5 12 3, 6-7 13 2, 8-10 14 3"; got != want {
		t.Errorf("files %s, want %s", got, want)
	}
}

// rolledApart is a journal that was rolled into three files.
func rolledApart(t *testing.T) (j *Journal, b *Bucket, files []File) {
	t.Helper()
	j, _ = running(t, Config{}, t.TempDir())
	b = openBucket(t, filepath.Join(t.TempDir(), "files"))
	for _, name := range []string{"a", "b", "c"} {
		fill(t, j, name, 1, 5)
		files = append(files, roll(t, j, b, ahead())...)
	}
	if len(files) != 3 {
		t.Fatalf("%d files", len(files))
	}
	return j, b, files
}

func remove(t *testing.T, b *Bucket, f File) {
	t.Helper()
	if err := os.Remove(filepath.Join(b.dir, filepath.FromSlash(f.Name()))); err != nil {
		t.Fatal(err)
	}
}

// TestBucketWithAGap: what is in neither log nor files is never passed over in the midst.
func TestBucketWithAGap(t *testing.T) {
	j, b, files := rolledApart(t)
	roll(t, j, b, ahead().Add(48*time.Hour))
	fill(t, j, "d", 1, 5)
	for at, file := range files[1:] {
		path := filepath.Join(b.dir, filepath.FromSlash(file.Name()))
		if err := os.Rename(path, path+".away"); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Roll(t.Context(), b, ahead()); !errors.Is(err, ErrGap) {
			t.Errorf("without file %d: %v", at+2, err)
		}
		if err := os.Rename(path+".away", path); err != nil {
			t.Fatal(err)
		}
	}
	if made := roll(t, j, b, ahead()); len(made) != 1 || made[0].First != files[2].Last+1 {
		t.Errorf("with all of them again: %v", made)
	}
}

// TestFilesOf: a gap and an overlap have different cures.
func TestFilesOf(t *testing.T) {
	born := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	of := func(born time.Time, first, last uint64) File {
		return File{Born: born, First: first, Last: last, Hour: born}
	}
	for what, c := range map[string]struct {
		files []File
		own   int
		want  error
	}{
		"none":           {nil, 0, nil},
		"one of another": {[]File{of(born.Add(-time.Hour), 1, 5), of(born, 6, 9), of(born, 10, 10)}, 2, nil},
		"a gap":          {[]File{of(born, 1, 5), of(born, 7, 9)}, 0, ErrGap},
		"an overlap":     {[]File{of(born, 1, 5), of(born, 5, 9)}, 0, ErrOverlap},
		"one within":     {[]File{of(born, 1, 5), of(born, 2, 3)}, 0, ErrOverlap},
	} {
		own, err := FilesOf(c.files, born.Add(time.Millisecond))
		if len(own) != c.own || !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %d files, %v", what, len(own), err)
		}
	}
}

// TestPrunedBucket: old files may go, all of them too, and the journal is rolled off as before, into another
// bucket as well.
func TestPrunedBucket(t *testing.T) {
	j, b, files := rolledApart(t)
	remove(t, b, files[0])
	fill(t, j, "d", 1, 5)
	if made := roll(t, j, b, ahead()); len(made) != 1 || made[0].First != files[2].Last+1 {
		t.Errorf("without the first file: %v", made)
	}
	elsewhere := openBucket(t, filepath.Join(t.TempDir(), "elsewhere"))
	if made := roll(t, j, elsewhere, ahead()); len(made) != 1 || made[0].First != 1 {
		t.Errorf("another bucket while the log has all: %v", made)
	}
	roll(t, j, b, ahead().Add(48*time.Hour)) // nothing is left in the log
	fill(t, j, "e", 1, 5)
	want := contents(t, j, Query{})
	for _, place := range []string{"new", "newer"} {
		other := openBucket(t, filepath.Join(t.TempDir(), place))
		if made := roll(t, j, other, ahead()); len(made) != 1 || made[0].First != want[0].Seq {
			t.Errorf("a new bucket: %v", made)
		}
		same(t, inFiles(t, other), want)
	}
	roll(t, j, b, ahead())
	fill(t, j, "f", 1, 5)
	roll(t, j, b, ahead())
	same(t, inFiles(t, b)[len(inFiles(t, b))-10:], contents(t, j, Query{}))
}

// TestRollAClockThatWasAhead: a record of a time to come keeps nothing back once the log goes on with hours that
// are over, and files are the same whenever they are made.
func TestRollAClockThatWasAhead(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var log []Record
	for i, at := range []time.Duration{
		10 * time.Minute, 20 * time.Minute, 900 * time.Hour, 901 * time.Hour, 30 * time.Minute,
		70 * time.Minute, 48 * time.Hour, 80 * time.Minute, 130 * time.Minute,
	} {
		log = append(log, Record{Seq: uint64(i + 1), Time: noon.Add(at), Subject: "pkt.a.up", ID: fmt.Sprint(i)})
	}
	read := func(_ context.Context, q Query, each func(Record) error) error {
		for _, r := range log[q.From-1:] {
			if err := each(r); err != nil {
				return err
			}
		}
		return nil
	}
	status := Status{First: 1, Last: uint64(len(log)), Newest: log[len(log)-1].Time}
	for what, times := range map[string][]time.Duration{
		"hour by hour": {0, time.Hour, 2 * time.Hour, 3 * time.Hour}, "late": {3 * time.Hour}, "in two steps": {90 * time.Minute, 4 * time.Hour},
	} {
		b := openBucket(t, filepath.Join(t.TempDir(), "files"))
		from, names := uint64(1), []string(nil)
		for _, at := range times {
			r := &roller{bucket: b, read: read, log: slog.New(slog.DiscardHandler), born: noon, until: noon.Add(at), from: from}
			if err := r.rollAll(t.Context(), status); err != nil {
				t.Fatal(err)
			}
			from = r.from
			for _, f := range r.made {
				names = append(names, fmt.Sprintf("%d-%d", f.First, f.Last))
			}
		}
		if got, want := strings.Join(names, " "), "1-2 3-3 4-4 5-5 6-6 7-7 8-8 9-9"; got != want {
			t.Errorf("%s: files %s, want %s", what, got, want)
		}
		same(t, inFiles(t, b), log)
	}
}

// TestForgetPastAClockThatWasAhead: a file of a time to come keeps nothing in the log.
func TestForgetPastAClockThatWasAhead(t *testing.T) {
	j, _, files := rolledApart(t)
	files[0].Hour = files[0].Hour.Add(9000 * time.Hour)
	files[2].Hour = files[2].Hour.Add(9000 * time.Hour)
	if err := j.forget(t.Context(), files, time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if left := contents(t, j, Query{}); len(left) != 5 || left[0].Seq != files[2].First {
		t.Errorf("%d records are left", len(left))
	}
}

// TestOpenBucketRefuses: what is not the URL of a bucket makes none anywhere, and a configuration is refused for it.
func TestOpenBucketRefuses(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, address := range []string{
		"", "files", "file://relative", "file://var" + dir + "/x", "file://.", "file://./y", "file:z", "file://me@" + dir + "/z", "file:",
		"file://" + dir + "/z?create_dir=1", "file://" + dir + "/z?", "file://" + dir + "/z#1", "nothing://x", "gs://x", "\x00",
	} {
		if _, err := OpenBucket(t.Context(), address); err == nil {
			t.Errorf("%q is no error", address)
		}
		if err := (Config{Files: address}).Validate(); err == nil && address != "" {
			t.Errorf("%q is no error of a configuration", address)
		}
	}
	if made, err := os.ReadDir(dir); err != nil || len(made) != 0 {
		t.Errorf("there is %v, %v", made, err)
	}
	for _, address := range []string{"file://" + dir + "/a", "file://localhost" + dir + "/b%3F"} {
		b, err := OpenBucket(t.Context(), address)
		if err := errors.Join(err, (Config{Files: address}).Validate()); err != nil {
			t.Errorf("%q: %v", address, err)
			continue
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"a", "b?"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
