package log

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// benchSizes are logs of a day: a region, a large network.
var benchSizes = []int{1_000_000, 10_000_000}

// fileOf is a log of n records on the file system of TMPDIR.
func fileOf(b *testing.B, n int) *os.File {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "1.log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	piece := header(logMagic, testName(b))
	for i := range n {
		piece = appendEntry(piece, uint64(i), 0, Entry{recordID("bench", i), 1})
		if len(piece) < 1<<20 && i < n-1 {
			continue
		}
		if _, err := file.Write(piece); err != nil {
			b.Fatal(err)
		}
		piece = piece[:0]
	}
	return file
}

// kept keeps file open: a Log closes its file.
type kept struct{ *os.File }

func (kept) Close() error { return nil }

func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkOpen(b *testing.B) {
	for _, n := range benchSizes {
		file := fileOf(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			before := live()
			for b.Loop() {
				l, err := Open(kept{file}, testName(b))
				if err != nil || l.Head().Size != uint64(n) {
					b.Fatal(err)
				}
				b.StopTimer()
				b.ReportMetric(float64(live()-before)/float64(n), "B/record")
				runtime.KeepAlive(l)
				b.StartTimer()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func BenchmarkProofs(b *testing.B) {
	for _, n := range benchSizes {
		l, err := Open(kept{fileOf(b, n)}, testName(b))
		if err != nil {
			b.Fatal(err)
		}
		size := uint64(n)
		b.Run(fmt.Sprint("include/", n), func(b *testing.B) {
			for i := uint64(0); b.Loop(); i += 7919 {
				if _, err := l.Include(i%size, size); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint("extend/", n), func(b *testing.B) {
			for i := uint64(0); b.Loop(); i += 7919 {
				if _, err := l.Extend(i%size, size); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint("find/", n), func(b *testing.B) {
			for i := 0; b.Loop(); i += 7919 {
				if p, err := l.Find(recordID("bench", i%n)); err != nil || !p.Known {
					b.Fatal(p, err)
				}
			}
		})
	}
}

// BenchmarkAppend writes and fsyncs batches to the file system of TMPDIR.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			l, err := Open(kept{fileOf(b, 0)}, testName(b))
			if err != nil {
				b.Fatal(err)
			}
			next := 0
			for b.Loop() {
				batch := make([]Entry, size)
				for i := range batch {
					batch[i] = Entry{recordID("bench", next), 1}
					next++
				}
				if _, err := l.Append(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkSealed seals logs, opens them by their seal and finds records in it.
func BenchmarkSealed(b *testing.B) {
	for _, n := range benchSizes {
		file := fileOf(b, n)
		sealFile, err := os.Create(filepath.Join(b.TempDir(), "1.seal"))
		if err != nil {
			b.Fatal(err)
		}
		defer sealFile.Close()
		l, err := Open(kept{file}, testName(b))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint("seal/", n), func(b *testing.B) {
			for b.Loop() {
				if err := l.Seal(kept{sealFile}); err != nil {
					b.Fatal(err)
				}
			}
		})
		l = nil
		b.Run(fmt.Sprint("open/", n), func(b *testing.B) {
			before := live()
			for b.Loop() {
				if l, err = OpenSealed(kept{file}, kept{sealFile}, testName(b)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(live()-before)/float64(n), "B/record")
		})
		b.Run(fmt.Sprint("find/", n), func(b *testing.B) {
			for i := 0; b.Loop(); i += 7919 {
				if p, err := l.Find(recordID("bench", i%n)); err != nil || !p.Known {
					b.Fatal(p, err)
				}
			}
		})
	}
}
