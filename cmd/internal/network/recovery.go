package network

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/log"
)

// recoverBefore is how long before the last record of the log it is looked for records that
// the journal has and the log has not. No report is on its way for longer.
const recoverBefore = 30 * witness.Millis(1000)

// recover brings the logs to what the journal has. A process that dies between the two
// leaves records that would be journaled a second time, with another time, if they came
// again after the journal has forgotten their ids.
func (v *proving) recover(ctx context.Context, j *journal.Journal) error {
	last, err := lastBooked(v.book)
	if err != nil {
		return err
	}
	now, placed, failed := present(), 0, 0
	var fault error // the first one: the others are placed all the same
	query := journal.Query{Since: max(last.Received-recoverBefore, 0).Time(), Subjects: reportSubjects()}
	err = j.Read(ctx, query, func(r journal.Record) error {
		again, err := v.recoverOne(r, now)
		switch {
		case err != nil:
			failed++
			fault = cmp.Or(fault, err)
		case again:
			placed++
		}
		return nil
	})
	if placed > 0 {
		v.reports.log.Info("records of the journal were placed into the log", "records", placed)
	}
	if failed > 0 {
		fault = fmt.Errorf("%d records are not placed, the first: %w", failed, fault)
	}
	return errors.Join(err, fault)
}

func (v *proving) recoverOne(r journal.Record, now witness.Millis) (placed bool, err error) {
	at, signed, err := openStamped(r.Data)
	if err != nil {
		return false, fmt.Errorf("entry %d of the journal: %w", r.Seq, err)
	}
	return v.reports.ingest.Recover(signed, at, now)
}

// reportKinds are the kinds of records that get receipts.
var reportKinds = [...]radio.Kind{radio.KindBeacon, radio.KindDiscovery, radio.KindWitness}

// reportSubjects are where reports are in the journal.
func reportSubjects() (list []string) {
	for _, kind := range reportKinds {
		list = append(list, "rec."+string(kind)+".*")
	}
	return list
}

// openStamped reads what stamped wrote of a signed record.
func openStamped(data []byte) (witness.Millis, radio.Signed, error) {
	at, ok := stampOf(data)
	if !ok {
		return 0, radio.Signed{}, errors.New("no time before the record")
	}
	s, err := radio.ParseSigned(data[stampSize:])
	return at, s, err
}

// stampSize is the time ahead of what is in the journal.
const stampSize = 8

func stampOf(data []byte) (witness.Millis, bool) {
	if len(data) < stampSize {
		return 0, false
	}
	return witness.Millis(binary.BigEndian.Uint64(data)), true
}

// lastBooked is the last record of each log, the latest of them; the zero one if there is
// none.
func lastBooked(b *log.Book) (latest log.Entry, err error) {
	for _, epoch := range b.Epochs() {
		l := b.Log(epoch)
		size := l.Head().Size
		if size == 0 {
			continue
		}
		var id [1]radio.RecordID
		if err := l.ReadIDs(size-1, id[:]); err != nil {
			return log.Entry{}, err
		}
		place, err := l.Find(id[0])
		if err != nil {
			return log.Entry{}, err
		}
		if place.Received >= latest.Received {
			latest = log.Entry{Record: id[0], Received: place.Received}
		}
	}
	return latest, nil
}
