package corecell

import (
	"path/filepath"
	"testing"

	"hexspot/hardware"
)

// BenchmarkDo is one exchange over a pseudo-terminal, both ends in this process.
func BenchmarkDo(b *testing.B) {
	link := filepath.Join(b.TempDir(), "tty")
	plug(b, link)
	bus := open(b, link)
	for _, c := range []struct {
		name string
		op   hardware.Op
	}{
		{"register", hardware.Op{Out: make([]byte, 5), In: make([]byte, 5)}},
		{"4 kB", hardware.Op{Out: make([]byte, MaxFrame), In: make([]byte, MaxFrame)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bus.Do(b.Context(), c.op); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
