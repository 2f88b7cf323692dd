package store

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
)

func BenchmarkApply(b *testing.B) {
	book, s, where := open(b, "sqlite:"+b.TempDir()+"/book.db"), station(b, 1), site(b, 1, home)
	nonce := uint64(0)
	for b.Loop() {
		c := coverage.Change{Station: s, Nonce: nonce, By: where.Owner, Site: where}
		if err := book.Apply(b.Context(), c, nonce, signed); err != nil {
			b.Fatal(err)
		}
		nonce++
	}
}

// BenchmarkSnapshot writes the file of a registry of 10,000 stations that have moved
// once.
func BenchmarkSnapshot(b *testing.B) {
	const stations = 10_000
	book := open(b, "sqlite:"+b.TempDir()+"/book.db")
	fill(b, book, stations)
	for b.Loop() {
		if err := coverage.WriteSnapshot(io.Discard, radio.Network{}, 9, book.Snapshot(b.Context(), 9)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(stations*float64(b.N)/b.Elapsed().Seconds(), "stations/s")
}

// BenchmarkStrangerPage reads pages of an epoch that is long over, whose sites began later.
func BenchmarkStrangerPage(b *testing.B) {
	const stations = 10_000
	book := open(b, "sqlite:"+b.TempDir()+"/book.db")
	fill(b, book, stations)
	for _, epoch := range []uint64{0, 9} {
		b.Run(fmt.Sprint("epoch ", epoch), func(b *testing.B) {
			for b.Loop() {
				p, err := book.Page(b.Context(), epoch, radio.Station{}, 500)
				if err != nil || !p.More || (len(p.Listings) == 500) != (epoch == 9) {
					b.Fatal(len(p.Listings), err)
				}
			}
		})
	}
}

func fill(b *testing.B, book *Book, stations int) {
	b.Helper()
	tx, err := book.write.Begin()
	if err != nil {
		b.Fatal(err)
	}
	for i := range stations {
		seed := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
		s, err := radio.StationOf(ed25519.NewKeyFromSeed(seed[:]).Public())
		if err != nil {
			b.Fatal(err)
		}
		for nonce, cell := range []string{home, other} {
			r := Record{coverage.Entry{From: 1, Nonce: uint64(nonce), Site: site(b, 1, cell)}, signed}
			if err := book.insert(b.Context(), tx, s, r); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
