package stations

import (
	"context"
	"crypto"
	"fmt"
	"strings"

	"hexspot/internal/journal"
	"hexspot/witness/log"
)

// Kept is what a network that has stopped has kept.
type Kept struct {
	Journal *journal.Journal
	Book    *log.Book     // the logs of record ids; nil: stations made no reports
	Signer  crypto.Signer // of the logs' ingest
}

// Audit is what stations were told against what the network has kept.
type Audit struct {
	Uplinks Balance
	Reports ReportBalance
	Entropy EntropyCount
	Faults  []string // what must not be and has no count of its own
}

// ReportBalance is receipts and log against the journal.
type ReportBalance struct {
	Receipts  int // that stations have
	Lost      int // of them, those whose record is not in the journal
	Unlogged  int // of them, those whose record is not in the log at its index
	Twice     int // records that are in the journal more than once
	Relogged  int // records that are in the logs more than once
	Unkept    int // records that are in a log and not in the journal
	Unasked   int // records in the journal without a receipt: it did not get through
	Restamped int // receipts of a later time than the journal has: journaled, killed, sent again
	Frozen    int // epochs
}

// EntropyCount is what the journal has of entropy.
type EntropyCount struct {
	Anchors int // one for each chain
	Values  int // slots with a value
}

// Audit compares when the network has stopped and nobody publishes.
func (f *Fleet) Audit(ctx context.Context, k Kept) (Audit, error) {
	j := newJournaled(f.network, f.config.Timing)
	if err := k.Journal.Read(ctx, journal.Query{}, j.add); err != nil {
		return Audit{}, fmt.Errorf("reading the journal: %w", err)
	}
	a := Audit{
		Uplinks: j.uplinks.Balance(f.Acked()), Entropy: EntropyCount{len(j.anchors), len(j.values)},
		Faults: j.faults,
	}
	count, first := f.Faults()
	a.Faults = append(a.Faults, first...)
	if count > len(first) {
		a.Faults = append(a.Faults, fmt.Sprintf("and %d more that stations saw", count-len(first)))
	}
	if k.Book == nil {
		return a, nil
	}
	return a, a.compareReports(j, k, f.Reported().Receipts)
}

// Problems is empty if nothing was lost, nothing stored twice, and nothing else is wrong.
func (a Audit) Problems() (list []string) {
	for _, c := range []struct {
		count int
		what  string
	}{
		{int(a.Uplinks.Lost), "uplinks that were acknowledged are not in the journal"},
		{int(a.Uplinks.Again), "uplinks are in the journal more than once"},
		{a.Reports.Lost, "records with a receipt are not in the journal"},
		{a.Reports.Unlogged, "records with a receipt are not in the log at its index"},
		{a.Reports.Twice, "records are in the journal more than once"},
		{a.Reports.Relogged, "records are in the log more than once"},
		{a.Reports.Unkept, "records are in the log and not in the journal"},
	} {
		if c.count > 0 {
			list = append(list, fmt.Sprintf("%d %s", c.count, c.what))
		}
	}
	return append(list, a.Faults...)
}

// String has a line for uplinks, for reports and for entropy.
func (a Audit) String() string {
	var b strings.Builder
	u, r := a.Uplinks, a.Reports
	fmt.Fprintf(&b, "uplinks: %d acknowledged, %d lost, %d stored twice, %d stored and not acknowledged\n", u.Acked, u.Lost, u.Again, u.Unasked)
	if r.Receipts == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, "reports: %d receipts, %d not in the journal, %d not in the log at their index; %d records twice in the journal, %d twice in the log, %d in the log alone; %d kept without a receipt, %d stamped anew\n",
		r.Receipts, r.Lost, r.Unlogged, r.Twice, r.Relogged, r.Unkept, r.Unasked, r.Restamped)
	fmt.Fprintf(&b, "epochs: %d frozen; entropy: %d chains, values of %d slots\n", r.Frozen, a.Entropy.Anchors, a.Entropy.Values)
	return b.String()
}
