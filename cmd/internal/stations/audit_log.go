package stations

import (
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// compareReports holds the logs against the journal, and receipts against both.
func (a *Audit) compareReports(j *journaled, k Kept, receipts []log.Receipt) error {
	logged := map[radio.RecordID]int{}
	for _, epoch := range k.Book.Epochs() {
		if err := a.compareLog(j, k.Book.Log(epoch), epoch, logged); err != nil {
			return err
		}
	}
	for id, copies := range logged {
		if copies > 1 {
			a.Reports.Relogged++
		}
		if j.records[id] == nil {
			a.Reports.Unkept++
		}
	}
	for _, r := range j.records {
		if r.copies > 1 {
			a.Reports.Twice++
		}
	}
	a.Reports.Frozen, a.Reports.Receipts = len(j.heads), len(receipts)
	a.Reports.Unasked = len(j.records) - len(receipts)
	return a.compareReceipts(j, k, receipts)
}

// compareLog counts the records of one log, which must be what was frozen if it was.
func (a *Audit) compareLog(j *journaled, l *log.Log, epoch witness.Epoch, logged map[radio.RecordID]int) error {
	head := l.Head()
	ids := make([]radio.RecordID, head.Size)
	if err := l.ReadIDs(0, ids); err != nil {
		return fmt.Errorf("reading %s: %w", l.Name(), err)
	}
	for _, id := range ids {
		logged[id]++
	}
	if frozen, ok := j.heads[epoch]; ok && frozen != head {
		a.Faults = append(a.Faults, fmt.Sprintf("epoch %d has %d records and was frozen with %d", epoch, head.Size, frozen.Size))
	}
	if marked, ok := j.marks[epoch]; ok && marked != head {
		a.Faults = append(a.Faults, fmt.Sprintf("epoch %d has %d records and its high-water mark %d", epoch, head.Size, marked.Size))
	}
	return nil
}

// compareReceipts does what a station does with its receipts, and looks into the journal.
func (a *Audit) compareReceipts(j *journaled, k Kept, receipts []log.Receipt) error {
	epochs := map[witness.Epoch][]log.Receipt{}
	for _, r := range receipts {
		epochs[r.Epoch] = append(epochs[r.Epoch], r)
		switch kept := j.records[r.Record]; {
		case kept == nil:
			a.Reports.Lost++
		case kept.first < r.Received:
			a.Reports.Restamped++
		case kept.first > r.Received:
			a.Faults = append(a.Faults, fmt.Sprintf("record %s was journaled at %d, its receipt is of %d", r.Record, kept.first, r.Received))
		}
	}
	for epoch, list := range epochs {
		if err := a.checkReceipts(k, k.Book.Log(epoch), list); err != nil {
			return err
		}
	}
	return nil
}

func (a *Audit) checkReceipts(k Kept, l *log.Log, receipts []log.Receipt) error {
	if l == nil {
		a.Reports.Unlogged += len(receipts)
		return nil
	}
	note, err := log.Sign(k.Signer, l.Checkpoint())
	if err != nil {
		return err
	}
	findings, err := log.Check(log.Bundle{Final: note, Log: l}, receipts)
	if err != nil {
		return err
	}
	for _, f := range findings {
		if f.Outcome != log.Included {
			a.Reports.Unlogged++
			continue
		}
		if place, err := l.Find(f.Receipt.Record); err != nil || place.Received != f.Receipt.Received {
			a.Faults = append(a.Faults, fmt.Sprintf("record %s has a receipt of %d, the log has %d (%v)", f.Receipt.Record, f.Receipt.Received, place.Received, err))
		}
	}
	return nil
}
