package network

import (
	"log/slog"
	"testing"
	"time"

	"hexspot/cmd/internal/stations"
)

// TestManyReportersAndAStop: stations report, beside their uplinks, while the network is
// stopped in the middle. What they were told is what is kept: each record with a receipt
// is in the journal once, and in the log at its index; sent again it has the same receipt
// again; entropy goes on.
func TestManyReportersAndAStop(t *testing.T) {
	t.Parallel()
	data, config := Data(t.TempDir()), demoConfig()
	config.Broker.Listen = kept
	n, end := serving(t, config, data)
	f, stop := publishing(t, n, stations.Config{Count: 8, Reports: 20 * time.Millisecond})
	await(t, "100 receipts", func() bool { return f.Receipts() >= 100 })
	end()
	config.Broker.Listen = []string{n.Addresses()[0][len("tcp://"):]}
	_, end = serving(t, config, data)
	again := f.Reported().Again
	await(t, "first receipts again", func() bool { return f.Reported().Again > again })
	receipts := f.Receipts()
	await(t, "new receipts", func() bool { return f.Receipts() > receipts+20 })
	stop()
	end()
	a := auditWell(t, config, data, f)
	if a.Uplinks.Acked == 0 || a.Reports.Receipts < receipts || a.Entropy.Anchors == 0 {
		t.Errorf("%+v", a)
	}
}

// audit compares what stations were told with what is kept, when nobody serves it.
func audit(t *testing.T, c Config, data Data, f *stations.Fleet) stations.Audit {
	t.Helper()
	store, err := OpenStore(t.Context(), c, data, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	kept := stations.Kept{Journal: store.Journal}
	if c.Coverage.Enabled {
		records, err := data.Records(demoTiming(t))
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := records.Close(); err != nil {
				t.Error(err)
			}
		}()
		kept.Book, kept.Signer = records.Book, records.Signer
	}
	a, err := f.Audit(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
