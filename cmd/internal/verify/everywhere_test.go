package verify

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hexspot/cmd/internal/simulate"
	"hexspot/coverage"
	"hexspot/witness"
)

var updateEpoch = flag.Bool("update-epoch", false, "write testdata/epoch anew")

// The epoch in testdata: the snapshot of its sites, its records and what they come to.
const (
	keptSites   = "testdata/epoch/sites"
	keptRecords = "testdata/epoch/records.gz"
	keptRoot    = "testdata/epoch/root"
)

// TestRootIsTheSameEverywhere verifies a kept epoch. The root was made on amd64; `make
// cross` runs this test on arm64 and armhf, too.
func TestRootIsTheSameEverywhere(t *testing.T) {
	if *updateEpoch {
		keepEpoch(t)
	}
	snapshot, err := coverage.ReadSnapshot(bytes.NewReader(mustRead(t, ".", keptSites)))
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := witness.ScheduleNamed("default")
	if err != nil {
		t.Fatal(err)
	}
	set, err := witness.SetNamed("hexspot-1")
	if err != nil {
		t.Fatal(err)
	}
	in := Inputs{
		Network: snapshot.Network, Timing: schedule.Timing, Epoch: witness.Epoch(snapshot.Epoch),
		Parameters: []*witness.Parameters{witness.DefaultParameters(set)}, Sites: Listed(snapshot.Listings),
		Records: from(keptEpoch(t)),
	}
	first, dir := mustEpoch(t, in)
	events, err := mustOpen(t, dir).Events()
	if err != nil {
		t.Fatal(err)
	}
	got := hex.EncodeToString(first.Root[:]) + "\n"
	if *updateEpoch {
		if err := os.WriteFile(keptRoot, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(mustRead(t, ".", keptRoot)); got != want {
		t.Errorf("root %s, want %s", strings.TrimSpace(got), want)
	}
	if len(events) == 0 || !strings.Contains(string(mustRead(t, dir, stateName)), "\nway ") || first.ValidBeacons < 50 || first.Selected < 100 {
		t.Errorf("the epoch is too small to tell: %+v", first)
	}
}

// keepEpoch simulates an epoch into testdata.
func keepEpoch(t *testing.T) {
	t.Helper()
	c := &country{}
	_, err := simulate.Run(t.Context(), simulate.Config{Hotspots: 30, Epochs: 1, Seed: 12, Cheaters: simulate.Each(0.06), Signatures: true, Workers: 2}, c)
	if err != nil {
		t.Fatal(err)
	}
	var sites, records bytes.Buffer
	if err := coverage.WriteSnapshot(&sites, c.network, uint64(c.judged[0].Epoch), Listed(c.listings)); err != nil {
		t.Fatal(err)
	}
	zip := gzip.NewWriter(&records)
	for _, r := range c.records[0] {
		head := append([]byte{byte(len(r.Kind))}, r.Kind...)
		head = binary.BigEndian.AppendUint64(head, uint64(r.Stamp))
		head = binary.BigEndian.AppendUint32(head, uint32(len(r.Message)))
		_, failed := zip.Write(append(head, r.Message...))
		err = errors.Join(err, failed)
	}
	err = errors.Join(err, zip.Close(), os.MkdirAll(filepath.Dir(keptSites), 0o755),
		os.WriteFile(keptSites, sites.Bytes(), 0o644), os.WriteFile(keptRecords, records.Bytes(), 0o644))
	if err != nil {
		t.Fatal(err)
	}
}

// keptEpoch reads the records in testdata: kind with its length (u8), time (u64), message
// with its length (u32).
func keptEpoch(t *testing.T) []Record {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(mustRead(t, ".", keptRecords)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	var records []Record
	for f := (fields{b}); len(f.rest) > 0; {
		r := Record{Kind: string(f.take(int(f.byte()))), Stamp: witness.Millis(f.uint64())}
		r.Message = f.take(int(f.uint32()))
		records = append(records, r)
	}
	return records
}
