package stations

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
	"hexspot/witness/logdir"
)

// shelf is a directory as a Book wants it.
type shelf struct{ *logdir.Dir }

func (s shelf) Open(name string) (log.File, error) { return s.OpenFile(name) }

// trail is what a network has kept of three records of an epoch, and their receipts.
type trail struct {
	*desk
	book     *log.Book
	epoch    witness.Epoch
	entries  []journal.Record
	receipts []log.Receipt
}

func newTrail(t *testing.T) *trail {
	t.Helper()
	tr := &trail{desk: newDesk(t)}
	dir, err := logdir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	timing, station := tr.fleet.config.Timing, tr.key.Station()
	if tr.book, err = log.OpenBook(shelf{dir}, tr.fleet.network, station, timing, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tr.book.Close(); err != nil {
			t.Error(err)
		}
		dir.Close()
	})
	now := present()
	tr.epoch = timing.Epoch(timing.SlotAt(now))
	for range 3 {
		tr.report(now)
	}
	tr.freeze()
	return tr
}

// report journals a record and places it.
func (tr *trail) report(now witness.Millis) {
	tr.t.Helper()
	r, err := tr.fleet.stations[0].reporter.nextRecord()
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.journal("rec."+string(r.kind)+".00", r.id.String(), now, r.payload)
	placed, err := tr.book.Place([]log.Arrival{{Record: r.id, Own: tr.epoch, Received: now}})
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.receive(placed[0])
}

func (tr *trail) journal(subject, id string, at witness.Millis, message []byte) {
	data := append(binary.BigEndian.AppendUint64(nil, uint64(at)), message...)
	tr.entries = append(tr.entries, journal.Record{Seq: uint64(len(tr.entries)), Subject: subject, ID: id, Data: data})
}

func (tr *trail) receive(r witness.Receipt) {
	tr.t.Helper()
	receipt, err := log.ParseReceipt(tr.receipt(r), tr.fleet.network)
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.receipts = append(tr.receipts, receipt)
}

// freeze journals the mark and the checkpoint of the epoch, as it is now.
func (tr *trail) freeze() {
	tr.t.Helper()
	head := tr.book.Log(tr.epoch).Head()
	mark := witness.HighWater{Epoch: tr.epoch, Size: head.Size, Root: head.Root, Received: 1}
	signed, err := radio.Sign(tr.key.Signer(), tr.fleet.network, radio.KindHighWater, mark.Append(nil))
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.journal("rec.high_water.00", "mark", 1, signed.Append(nil))
	note, err := log.Sign(tr.key.Signer(), tr.book.Log(tr.epoch).Checkpoint())
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.journal("rec.checkpoint.00", "checkpoint", 1, []byte(note.String()))
}

// audit gives the counts and the problems, without numbers that change.
func (tr *trail) audit() (ReportBalance, []string) {
	tr.t.Helper()
	j := newJournaled(tr.fleet.network, tr.fleet.config.Timing)
	for _, e := range tr.entries {
		if err := j.add(e); err != nil {
			tr.t.Fatal(err)
		}
	}
	a := Audit{Faults: j.faults}
	if err := a.compareReports(j, Kept{Book: tr.book, Signer: tr.key.Signer()}, tr.receipts); err != nil {
		tr.t.Fatal(err)
	}
	a.Faults = append(j.faults, a.Faults...)
	return a.Reports, a.Problems()
}

// TestAudit breaks what was kept in each way that the audit must find.
func TestAudit(t *testing.T) {
	for name, c := range map[string]struct {
		harm  func(*trail)
		want  ReportBalance
		fault string // in the first problem; "": there is none
	}{
		"nothing":           {func(*trail) {}, ReportBalance{Receipts: 3, Frozen: 1}, ""},
		"a receipt is lost": {func(tr *trail) { tr.receipts = tr.receipts[1:] }, ReportBalance{Receipts: 2, Unasked: 1, Frozen: 1}, ""},
		"not journaled": {
			func(tr *trail) { tr.entries = slices.Delete(tr.entries, 1, 2) },
			ReportBalance{Receipts: 3, Lost: 1, Unkept: 1, Unasked: -1, Frozen: 1}, "1 records with a receipt are not in the journal",
		},
		"journaled twice": {
			func(tr *trail) { tr.entries = append(tr.entries, tr.entries[2]) },
			ReportBalance{Receipts: 3, Twice: 1, Frozen: 1}, "1 records are in the journal more than once",
		},
		"another index": {
			func(tr *trail) {
				r := tr.receipts[0].Receipt
				r.Index = 2
				tr.receipts = nil
				tr.receive(r)
			},
			ReportBalance{Receipts: 1, Unlogged: 1, Unasked: 2, Frozen: 1}, "1 records with a receipt are not in the log",
		},
		"another epoch": {
			func(tr *trail) {
				r := tr.receipts[0].Receipt
				r.Epoch++
				tr.receipts = nil
				tr.receive(r)
			},
			ReportBalance{Receipts: 1, Unlogged: 1, Unasked: 2, Frozen: 1}, "1 records with a receipt are not in the log",
		},
		"in two logs": {
			func(tr *trail) {
				r := tr.receipts[0]
				if _, err := tr.book.Promise(tr.epoch+1, 0); err != nil {
					tr.t.Fatal(err)
				}
				if _, err := tr.book.Log(tr.epoch + 1).Append([]log.Entry{{Record: r.Record, Received: r.Received}}); err != nil {
					tr.t.Fatal(err)
				}
			},
			ReportBalance{Receipts: 3, Relogged: 1, Frozen: 1}, "1 records are in the log more than once",
		},
		"stamped anew": {
			func(tr *trail) { tr.entries[0].Data[7]-- },
			ReportBalance{Receipts: 3, Restamped: 1, Frozen: 1}, "",
		},
		"journaled after its receipt": {
			func(tr *trail) { tr.entries[0].Data[5]++ }, ReportBalance{Receipts: 3, Frozen: 1}, "was journaled at",
		},
		"another time": {
			func(tr *trail) {
				r := tr.receipts[0].Receipt
				r.Received += 1000
				tr.receipts = nil
				tr.receive(r)
			},
			ReportBalance{Receipts: 1, Restamped: 1, Unasked: 2, Frozen: 1}, "the log has",
		},
		"after the freeze": {
			func(tr *trail) { tr.report(present()) }, ReportBalance{Receipts: 4, Frozen: 1}, "has 4 records and was frozen with 3",
		},
		"frozen twice": {
			func(tr *trail) { tr.report(present()); tr.freeze() }, ReportBalance{Receipts: 4, Frozen: 1}, "was frozen with 3 records, and then with 4",
		},
		"another id": {
			func(tr *trail) { tr.entries[0].ID = tr.entries[1].ID },
			ReportBalance{Receipts: 3, Lost: 1, Unkept: 1, Unasked: -1, Frozen: 1}, "1 records with a receipt are not in the journal",
		},
		"no record": {
			func(tr *trail) { tr.journal("rec.beacon.00", "x", 1, []byte("x")) }, ReportBalance{Receipts: 3, Frozen: 1}, "journal, entry 5",
		},
		"no uplink": {
			func(tr *trail) { tr.journal("pkt.0000000000000000.up", "x", 1, nil) }, ReportBalance{Receipts: 3, Frozen: 1}, "nobody sent it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTrail(t)
			c.harm(tr)
			got, problems := tr.audit()
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			if c.fault == "" && len(problems) > 0 || c.fault != "" && (len(problems) == 0 || !strings.Contains(problems[0], c.fault)) {
				t.Errorf("problems %q, want %q", problems, c.fault)
			}
		})
	}
}

// TestAuditEntropy: early, unled and lost entropy in the journal is found.
func TestAuditEntropy(t *testing.T) {
	b := newDesk(t)
	timing := b.fleet.config.Timing
	chain, anchor := b.chain(0)
	_, lost := b.chain(1)
	from, _ := timing.Slots(timing.Epoch(timing.SlotAt(present())) + 1)
	begins := timing.Start(from)
	x := valueOf(t, chain, from)
	j := newJournaled(b.fleet.network, timing)
	for _, c := range []struct {
		err   error
		fault string
	}{
		{j.takeAnchor(begins+1, anchor), "after its chain began"},
		{j.takeAnchor(begins-1, lost), "a seed was lost"},
		{j.takeAnchor(begins-1, anchor), ""},
		{j.takeAnchor(begins+1, anchor), ""}, // journaled a second time
		{j.takeValue(begins-1, witness.AppendValues(nil, []witness.Value{{Slot: from, Entropy: x}})), "early"},
		{j.takeValue(begins, witness.AppendValues(nil, []witness.Value{{Slot: from, Entropy: x}})), ""},
		{j.takeValue(begins, witness.AppendValues(nil, []witness.Value{{Slot: from + 1, Entropy: x}})), "slot"},
		{j.takeValue(begins, nil), "0 values"},
	} {
		if c.fault == "" && c.err != nil || c.fault != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.fault)) {
			t.Errorf("%v, want %q", c.err, c.fault)
		}
	}
	if len(j.anchors) != 1 || len(j.values) != 1 {
		t.Errorf("%d anchors, %d values", len(j.anchors), len(j.values))
	}
}
