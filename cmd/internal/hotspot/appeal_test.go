package hotspot

import (
	"crypto/ed25519"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"hexspot/gateway/spool"
	"hexspot/radio"
)

// TestReadRecords: of what was answered, the kinds that are asked for, and not what is
// damaged.
func TestReadRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool.db")
	disk, err := spool.Open(t.Context(), spool.Config{Path: path}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	network, now := radio.Network{1}, time.Now()
	reports := disk.Records(reportsTo(network))
	put := func(key byte, body []byte) {
		t.Helper()
		if err := reports.Put(t.Context(), []byte{key}, body, now); err != nil {
			t.Fatal(err)
		}
		if err := reports.Ack(t.Context(), []byte{key}, []byte("receipt"), now); err != nil {
			t.Fatal(err)
		}
	}
	for i, kind := range []radio.Kind{radio.KindBeacon, radio.KindWitness, radio.KindDiscovery} {
		s, err := radio.Sign(ed25519.NewKeyFromSeed(make([]byte, 32)), network, kind, []byte{8, 1})
		if err != nil {
			t.Fatal(err)
		}
		put(byte(i), s.Append(nil))
	}
	put(9, []byte("damaged"))
	if err := disk.Close(); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time]int{now.Add(-time.Hour): 2, now.Add(time.Hour): 0} {
		list, err := ReadRecords(t.Context(), path, "", []radio.Kind{radio.KindBeacon, radio.KindDiscovery}, since)
		if err != nil || len(list) != want {
			t.Errorf("since %v: %d records, %v, want %d", since, len(list), err, want)
		}
	}
}
