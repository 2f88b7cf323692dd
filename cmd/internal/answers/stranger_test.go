package answers

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// stranger is a station that no simulated network has.
const stranger = "spot1qyak5faue6m2gttz5w5dq2n0p4ek2vs4wuw7ysax8tqy3gvtt8dzjeg8krc"

func mustStranger(t testing.TB) radio.Station {
	t.Helper()
	s, err := radio.ParseStation(stranger)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mustMany is a book with so many copies of the newest epoch, by hard links.
func mustMany(t testing.TB, epochs int, files ...string) *Book {
	t.Helper()
	n, _ := mustNetwork(t)
	from, root := filepath.Join(n.dir, strconv.FormatUint(uint64(n.last), 10)), t.TempDir()
	for i := range epochs {
		dir := filepath.Join(root, strconv.Itoa(i+1))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if err := os.Link(filepath.Join(from, name), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return NewBook(root)
}

// indexes are the only files that tell that a record is unknown.
var indexes = []string{"verdicts.index", "outcomes.index"}

// TestAnUnknownReportIsCheap: nothing but indexes is read, of so many epochs, no lock is
// taken, and whoever has gone is not searched for.
func TestAnUnknownReportIsCheap(t *testing.T) {
	b := mustMany(t, MostSearched+1, indexes...)
	b.mu.Lock() // whoever wants it waits for ever
	defer b.mu.Unlock()
	if r, err := b.Report(t.Context(), radio.RecordID{1}, nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("%+v, %v", r, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Report(gone, radio.RecordID{1}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	oldest := witness.Epoch(1)
	if err := os.Remove(filepath.Join(b.path(oldest), indexes[0])); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.path(oldest), indexes[0]), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for id := range someReports(t, must(smallNetwork())) {
		list, _, err := b.epochsOf(t.Context(), id, nil)
		if err != nil || len(list) != MostSearched || list[0] != MostSearched+1 {
			t.Errorf("%d epochs have it, %v", len(list), err)
		}
		if list, _, err := b.epochsOf(t.Context(), id, &oldest); err != nil || len(list) != 0 {
			t.Errorf("one that does not have it: %v, %v", list, err)
		}
		break
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestAnUnknownStationIsCheap: the list of stations says that it is not there; nothing else is
// read. What to do is said.
func TestAnUnknownStationIsCheap(t *testing.T) {
	b := mustMany(t, 1, "summary", "manifest.json", "parameters.json", "stations")
	_, err := b.Station(t.Context(), mustStranger(t), nil)
	if !errors.Is(err, ErrNotRegistered) || !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "hexspot site sign") {
		t.Error(err)
	}
}

// TestWhoHasGoneIsNotAnswered: of a station without reward and of a history.
func TestWhoHasGoneIsNotAnswered(t *testing.T) {
	n, b := mustNetwork(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Days(gone, mustStranger(t)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := b.Station(gone, mustPoor(t, n, b), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// mustPoor is a station without reward.
func mustPoor(t testing.TB, n *network, b *Book) radio.Station {
	t.Helper()
	for _, l := range n.sites {
		if a, err := b.Station(t.Context(), l.Station, nil); err != nil || a.Cause != nil {
			if err != nil {
				t.Fatal(err)
			}
			return l.Station
		}
	}
	t.Fatal("every station has a reward")
	return radio.Station{}
}

// BenchmarkStrangerReport asks for records that nobody has, of as many epochs as are searched.
func BenchmarkStrangerReport(b *testing.B) {
	book, id := mustMany(b, MostSearched, indexes...), radio.RecordID{}
	for n := uint64(0); b.Loop(); n++ {
		binary.BigEndian.PutUint64(id[:], n*0x9e3779b97f4a7c15)
		if _, err := book.Report(b.Context(), id, nil); !errors.Is(err, ErrUnknown) {
			b.Fatal(err)
		}
	}
}

// BenchmarkStrangerStation asks for a station that nobody knows.
func BenchmarkStrangerStation(b *testing.B) {
	_, book := mustNetwork(b)
	s := mustStranger(b)
	for b.Loop() {
		if _, err := book.Station(b.Context(), s, nil); !errors.Is(err, ErrNotRegistered) {
			b.Fatal(err)
		}
	}
}

// BenchmarkStrangerDays asks for the history of a station that nobody knows.
func BenchmarkStrangerDays(b *testing.B) {
	book, s := mustMany(b, mostDays, "summary", "manifest.json", "parameters.json", "stations"), mustStranger(b)
	for b.Loop() {
		if days, err := book.Days(b.Context(), s); err != nil || len(days) != mostDays {
			b.Fatal(len(days), err)
		}
	}
}

// BenchmarkPoorStation asks why a station got nothing.
func BenchmarkPoorStation(b *testing.B) {
	n, book := mustNetwork(b)
	s := mustPoor(b, n, book)
	for b.Loop() {
		if _, err := book.Station(b.Context(), s, nil); err != nil {
			b.Fatal(err)
		}
	}
}
