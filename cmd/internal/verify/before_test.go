package verify

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"runtime"
	"slices"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// BenchmarkStateBefore takes the events of stations that an epoch begins with by their numbers: from
// the file, and from a map that it was read into first. The stations have numbers already, as those
// of a snapshot have.
func BenchmarkStateBefore(b *testing.B) {
	const many = 20_000
	state, stations := witness.State{}, &radio.Stations{}
	seed := make([]byte, ed25519.SeedSize)
	for n := range uint64(many) {
		binary.BigEndian.PutUint64(seed, n)
		s := stationOf(b, ed25519.NewKeyFromSeed(seed))
		stations.Number(s)
		state[s] = witness.Events{Beaconed: 1_700_000_000_000 + int64(n), Witnessed: 1_700_000_000_000}
	}
	text := witness.LinkState{}.AppendText(state.AppendText(nil))
	open := func() (io.ReadSeekCloser, error) { return held{bytes.NewReader(text)}, nil }
	take := map[string]func() (Before, error){
		"file": func() (before Before, err error) {
			before.kept, before.Links, err = openState(open)
			return before, err
		},
		"map": func() (before Before, err error) {
			before.State, before.Links, err = readState(open)
			return before, err
		},
	}
	for _, from := range []string{"file", "map"} {
		b.Run(from, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				before, err := take[from]()
				if err != nil {
					b.Fatal(err)
				}
				if events, err := before.takeEvents(stations); err != nil || len(events) != many {
					b.Fatal(len(events), err)
				}
			}
			b.ReportMetric(float64(heldBy(b, take[from]))/many, "held-B/station")
		})
	}
}

// heldBy is how much memory is in use for what is read.
func heldBy(b *testing.B, read func() (Before, error)) int64 {
	var was, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&was)
	before, err := read()
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&now)
	runtime.KeepAlive(before)
	return int64(now.HeapAlloc) - int64(was.HeapAlloc)
}

// TestEventsFromAFileAreThoseOfTheMap, whether their stations have numbers or not; what is not as it is
// written is refused where the map refuses it.
func TestEventsFromAFileAreThoseOfTheMap(t *testing.T) {
	state := witness.State{}
	for n := range uint64(9) {
		state[stationOf(t, keyOf(n))] = witness.Events{Beaconed: int64(n), Witnessed: 7, Reported: int64(n % 2)}
	}
	text := state.AppendText(nil)
	stations := &radio.Stations{}
	for _, n := range []uint64{20, 3, 5} {
		stations.Number(stationOf(t, keyOf(n)))
	}
	by, err := witness.ReadEventsBy(bytes.NewReader(text), stations)
	var out bytes.Buffer
	if err == nil {
		err = by.WriteText(&out, stations)
	}
	if err != nil || !bytes.Equal(out.Bytes(), text) {
		t.Errorf("%v, or other events", err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	swapped := slices.Clone(lines)
	swapped[1], swapped[2] = swapped[2], swapped[1]
	for name, bad := range map[string][]byte{
		"not in order": bytes.Join(swapped, nil), "twice": append(bytes.Clone(text), lines[len(lines)-2]...), "no end": text[:len(text)-1],
		"no number": bytes.Replace(text, []byte(" 7"), []byte(" x"), 1), "a long line": bytes.Repeat([]byte("ab"), 1<<13), "an empty line": append([]byte("\n"), text...),
		"another form": bytes.Replace(text, []byte(" 7"), []byte(" 07"), 1), "no station": bytes.Replace(text, text[:4], []byte("0xff"), 1),
	} {
		_, err := witness.ReadEventsBy(bytes.NewReader(bad), &radio.Stations{})
		if _, parsed := witness.ParseState(bad); err == nil || parsed == nil || parsed.Error() != err.Error() {
			t.Errorf("%s: %v, and in memory %v", name, err, parsed)
		}
	}
}
