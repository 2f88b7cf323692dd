package network

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"hexspot/cmd/internal/verify"
	"hexspot/internal/store"
	"hexspot/witness"
)

// verifying makes the verdicts of frozen epochs, one after the other.
type verifying struct {
	provingParts
	results  results
	deny     string // path
	workers  int
	keep     int
	registry *store.Book
	frozen   func() witness.Epoch // epochs before this one are
	next     witness.Epoch        // to be verified
}

// newVerifying goes on after the last result, or begins with the first epoch that the
// logs know.
func newVerifying(p provingParts, c CoverageConfig, data Data, v *proving) (*verifying, error) {
	f := &verifying{
		provingParts: p, results: results(data.path(verdictsDir)), deny: data.denyPath(c), workers: max(1, c.VerifyWorkers),
		keep: c.keepEpochs(p.schedule.Timing), registry: v.registry,
		frozen: func() witness.Epoch { return witness.Epoch(v.freezing.frozen.Load()) },
	}
	if err := f.results.clean(); err != nil {
		return nil, err
	}
	last, ok, err := f.results.last()
	if err != nil {
		return nil, err
	}
	f.next = f.frozen()
	if epochs := v.book.Epochs(); len(epochs) > 0 {
		f.next = min(f.next, epochs[0])
	}
	if ok {
		f.next = last + 1
	}
	return f, nil
}

// Pace of looking for epochs to verify.
const (
	verifyEvery = time.Second
	verifyAgain = time.Minute // after a failure; an epoch if that is shorter
)

// run verifies epochs until ctx ends. What fails is logged and tried again: nothing is
// left of it.
func (f *verifying) run(ctx context.Context) error {
	f.index(ctx)
	for {
		wait := verifyEvery
		switch err := f.catchUp(ctx, f.now()); {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, verify.ErrNoValueYet): // after a pause of the network it comes with the next chain
			wait = max(verifyEvery, f.schedule.Slot.Duration())
		default:
			f.log.Error("an epoch was not verified, trying again", "epoch", f.next, "error", err)
			wait = min(verifyAgain, f.epochLength())
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// index makes the indexes that verdicts of an older program lack, the newest first. An epoch
// whose indexes cannot be made costs no other one its own.
func (f *verifying) index(ctx context.Context) {
	list, err := f.results.epochs()
	for _, epoch := range slices.Backward(list) {
		if ctx.Err() != nil {
			return
		}
		if fault := verify.Index(ctx, f.results.path(epoch)); fault != nil {
			err = errors.Join(err, fmt.Errorf("epoch %d: %w", epoch, fault))
		}
	}
	if err != nil && ctx.Err() == nil {
		f.log.Error("questions about older epochs are not all answered: an index was not made", "error", err)
	}
}

func (f *verifying) epochLength() time.Duration {
	return (f.schedule.Slot * witness.Millis(f.schedule.EpochSlots)).Duration()
}

// catchUp verifies every epoch that is frozen and whose selection is drawn. Until it is,
// the error is verify.ErrNoValueYet.
func (f *verifying) catchUp(ctx context.Context, now witness.Millis) error {
	for f.next < f.frozen() && f.schedule.Freezes(f.next)+f.schedule.Slot <= now {
		err := f.one(ctx, f.next)
		if errors.Is(err, verify.ErrNoEntropy) {
			f.log.Info("an epoch had no entropy: there is nothing to verify", "epoch", f.next)
			err = nil
		}
		if err != nil {
			return err
		}
		f.next++
	}
	return nil
}

// one verifies an epoch.
func (f *verifying) one(ctx context.Context, epoch witness.Epoch) error {
	inputs, err := f.inputs(ctx, epoch)
	if err != nil {
		return err
	}
	var frugal verify.Frugal
	inputs.Progress = frugal.Progress(nil)
	summary, err := verify.Epoch(ctx, inputs, f.results.path(epoch))
	frugal.End()
	if errors.Is(err, fs.ErrExist) { // what failed last time came after the result
		return nil
	}
	if err != nil {
		return err
	}
	if summary.Before == nil {
		f.log.Info("the first epoch that is verified: it begins without a state", "epoch", epoch)
	}
	f.tell(summary)
	if err := f.results.prune(epoch, f.keep); err != nil {
		f.log.Error("old verdicts stay", "error", err)
	}
	return nil
}

func (f *verifying) tell(s verify.Summary) {
	f.log.Info("epoch verified", "epoch", s.Epoch, "root", fmt.Sprintf("%x", s.Root), "rules", s.Rules,
		"beacons", s.Beacons, "valid_beacons", s.ValidBeacons, "observations", s.Observations,
		"valid_observations", s.ValidObservations, "selected", s.Selected, "dropped", s.Drops.String(), "took", s.Took.Round(time.Millisecond))
}

// margin is how much earlier or later than its own time a record may be in the journal:
// reports wait for it for seconds, and files are by the hour.
const margin = 2 * time.Hour

func (f *verifying) inputs(ctx context.Context, epoch witness.Epoch) (verify.Inputs, error) {
	before, err := f.results.before(epoch)
	if err != nil {
		return verify.Inputs{}, err
	}
	denials, err := readDenials(f.deny)
	if err != nil {
		return verify.Inputs{}, err
	}
	kept, _, err := f.kept.all() // what cannot be read was told at the start
	if err != nil {
		return verify.Inputs{}, err
	}
	w := epochWindow(f.schedule, epoch)
	w.whole = true // nobody who has them all could come to the same verdicts
	return verify.Inputs{
		Network: f.network, Timing: f.schedule.Timing, Epoch: epoch, Parameters: slices.Concat(f.parameters, kept),
		Sites: f.registry.Snapshot(ctx, uint64(epoch)), Denials: denials, Before: before,
		Records: func(ctx context.Context, each func(verify.Record) error) error {
			return f.records.Records(ctx, w, each)
		},
		Workers: f.workers,
	}, nil
}

// epochWindow is when records of an epoch are journaled: from its anchor on.
func epochWindow(s witness.Schedule, epoch witness.Epoch) window {
	from, _ := s.Slots(epoch)
	return window{since: (s.Start(from) - s.AnchorAhead).Time().Add(-margin)}
}

// denyPath is where the list of a configuration is.
func (d Data) denyPath(c CoverageConfig) string {
	if c.Deny == "" {
		return d.path(denyFile)
	}
	return d.below(c.Deny)
}

// readDenials reads a list; one that is not there denies nobody.
func readDenials(path string) (verify.Denials, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return verify.Denials{}, nil
	}
	if err != nil {
		return verify.Denials{}, fmt.Errorf("the deny list: %w", err)
	}
	defer file.Close()
	return verify.ReadDenials(file)
}
