package network

import (
	"context"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness/ingest"
)

// recount has the ingest know what stations reported before it began: those epochs that are
// not over may be added to, and a start must not give a station its quota anew, nor its hour of
// discoveries. Reports are taken meanwhile. What came of epochs before them is not looked for: that is too late to
// count for anybody.
func (v *proving) recount(ctx context.Context) error {
	began := v.reports.began
	first := v.reports.timing.Epoch(v.reports.timing.SlotAt(began - v.reports.timing.Report))
	from, _ := v.reports.timing.Slots(first)
	since := min(v.reports.timing.Start(from), began-ingest.Hour)
	reports := 0
	err := v.records.Records(ctx, window{since: since.Time(), discoveries: true}, func(r verify.Record) error {
		if r.Stamp >= began {
			return nil
		}
		signed, err := radio.ParseSigned(r.Message)
		if err != nil || string(signed.Kind) != r.Kind {
			return nil // the verifier says so
		}
		reports++
		v.reports.ingest.Recount(signed, r.Stamp, began)
		return nil
	})
	v.log.Debug("the quotas of stations go on", "records", reports)
	return err
}

// recounting recounts once. What fails is logged: quotas begin anew, and reports are taken.
func (v *proving) recounting(ctx context.Context) error {
	if err := v.recount(ctx); err != nil && ctx.Err() == nil {
		v.log.Error("what stations reported before the start is not counted", "error", err)
	}
	return nil
}
