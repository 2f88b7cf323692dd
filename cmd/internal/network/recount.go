package network

import (
	"context"
	"time"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/ingest"
)

// recount has the ingest know what stations reported before it began: those epochs that are
// not over may be added to, and a start must not give a station its quota anew, nor its hour of
// discoveries. Reports are taken meanwhile. What came of epochs before them is not looked for: that is too late to
// count for anybody. After an error nothing of the quotas is counted.
func (v *proving) recount(ctx context.Context) error {
	began := v.reports.began
	first := v.reports.timing.Epoch(v.reports.timing.SlotAt(began - v.reports.timing.Report))
	from, _ := v.reports.timing.Slots(first)
	since := min(v.reports.timing.Start(from), began-ingest.Hour)
	reports, quotas := 0, map[quotaKey]int{}
	err := v.records.Records(ctx, window{since: since.Time(), discoveries: true}, func(r verify.Record) error {
		if r.Stamp >= began {
			return nil
		}
		signed, err := radio.ParseSigned(r.Message)
		if err != nil || string(signed.Kind) != r.Kind {
			return nil // the verifier says so
		}
		reports++
		if own, count := v.reports.ingest.Recount(signed, r.Stamp, began); count > 0 {
			quotas[quotaKey{signed.Station, own}] += count
		}
		return nil
	})
	if err != nil {
		for of, count := range quotas {
			v.reports.ingest.Unbook(of.station, of.own, count)
		}
		return err
	}
	v.log.Debug("the quotas of stations go on", "records", reports)
	return nil
}

// quotaKey is a station in an epoch.
type quotaKey struct {
	station radio.Station
	own     witness.Epoch
}

// recountEvery is how long after a failure it is tried again.
const recountEvery = 10 * time.Second

// recounting recounts once. A failure is logged, and it is tried again until ctx ends; reports are taken
// meanwhile.
func (v *proving) recounting(ctx context.Context) error {
	for told := false; ; told = true {
		err := v.recount(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if !told {
			v.log.Error("what stations reported before the start is not counted, and it is tried again", "error", err)
		}
		select {
		case <-time.After(recountEvery):
		case <-ctx.Done():
			return nil
		}
	}
}
