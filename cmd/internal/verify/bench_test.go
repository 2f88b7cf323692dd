package verify

import (
	"path/filepath"
	"strconv"
	"testing"
)

// BenchmarkEpoch verifies an epoch of a small country with one worker.
func BenchmarkEpoch(b *testing.B) {
	c := mustCountry(b)
	in := c.inputs(1, c.records[1])
	in.Workers = 1
	dir, n := b.TempDir(), 0
	var reports int64
	var share float64
	for b.Loop() {
		s, err := Epoch(b.Context(), in, filepath.Join(dir, strconv.Itoa(n)))
		if err != nil {
			b.Fatal(err)
		}
		n++
		reports += s.Reports()
		share += s.SigningShare()
	}
	b.ReportMetric(float64(reports)/b.Elapsed().Seconds(), "reports/s/core")
	b.ReportMetric(100*share/float64(n), "%signatures")
}

// BenchmarkDocket gathers an epoch in memory.
func BenchmarkDocket(b *testing.B) {
	c := mustCountry(b)
	facts := c.facts(b)
	for b.Loop() {
		d := NewDocket(facts)
		for _, r := range c.records[1] {
			if err := d.Add(r); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := d.Cases(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(c.records[1]))/b.Elapsed().Seconds(), "records/s")
}
