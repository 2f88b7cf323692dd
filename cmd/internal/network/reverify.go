package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"hexspot/cmd/internal/verify"
	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
)

// Reverification verifies an epoch again, from what a data directory has.
type Reverification struct {
	Config   Config
	Data     Data
	Network  *radio.Network // nil: the one that the data are of
	Epoch    *witness.Epoch // nil: the newest that the network has verified
	Workers  int
	Out      string                // directory to be made for the result
	IDs      io.Writer             // of the reports in the epoch's log, 32 bytes each; nil: nobody asks
	Progress func(verify.Progress) // now and then; nil: nobody asks
	Log      *slog.Logger
}

// Reverified is what came of it.
type Reverified struct {
	Summary   verify.Summary
	Published bool     // there is a result of the network's own
	Differ    []string // the files in which they differ
	FilesOnly bool     // the network runs: what it has not rolled off yet was not read
}

// Run verifies and compares. It changes nothing in the data directory, and needs no key.
func (v Reverification) Run(ctx context.Context) (Reverified, error) {
	var found Reverified
	epoch, err := v.epoch()
	if err != nil {
		return found, err
	}
	published := results(v.Data.path(verdictsDir)).path(epoch)
	inputs, end, err := v.inputs(ctx, epoch, published, &found)
	if err != nil {
		return found, err
	}
	found.Summary, err = verify.Epoch(ctx, inputs, v.Out)
	switch {
	case err != nil && found.FilesOnly:
		err = fmt.Errorf("%w (the network runs: what it has not rolled off into files yet was not read)", err)
	case errors.Is(err, verify.ErrNoEntropy):
		err = fmt.Errorf("%w: %s", err, v.there(epoch))
	}
	if err = errors.Join(err, end()); err != nil {
		return found, err
	}
	if _, err := os.Stat(published); errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	found.Published = true
	found.Differ, err = verify.Compare(published, v.Out)
	return found, err
}

// epoch is the one to be verified.
func (v Reverification) epoch() (witness.Epoch, error) {
	if v.Epoch != nil {
		return *v.Epoch, nil
	}
	last, ok, err := results(v.Data.path(verdictsDir)).last()
	if err == nil && !ok {
		err = fmt.Errorf("no epoch is verified in %s: name the data directory of hexnet serve with --data, or an epoch with --epoch", v.Data.path(verdictsDir))
	}
	return last, err
}

// there says which epochs there are instead.
func (v Reverification) there(epoch witness.Epoch) string {
	list, err := results(v.Data.path(verdictsDir)).epochs()
	if slices.Contains(list, epoch) {
		return "it was verified here, so its anchor is in another journal, or of another network: give the configuration of hexnet serve with --config, and look at --network"
	}
	if err != nil || len(list) == 0 {
		return "no epoch is verified here; a configuration of hexnet serve that names another journal or book has to be given with --config"
	}
	return fmt.Sprintf("%d epochs are verified here, %d to %d", len(list), list[0], list[len(list)-1])
}

func (v Reverification) inputs(ctx context.Context, epoch witness.Epoch, published string, found *Reverified) (in verify.Inputs, end func() error, err error) {
	in.Epoch, in.Workers, in.Progress = epoch, v.Workers, v.Progress
	if in.Parameters, err = v.parameters(published); err != nil {
		return in, nil, err
	}
	if in.Before, err = v.before(epoch, published); err != nil {
		return in, nil, err
	}
	if in.Denials, err = v.denials(published); err != nil {
		return in, nil, err
	}
	book, err := v.book(ctx)
	if err != nil {
		return in, nil, err
	}
	records, closeRecords, err := v.records(ctx, found)
	if err != nil {
		return in, nil, errors.Join(err, book.Close())
	}
	end = func() error { return errors.Join(closeRecords(), book.Close()) }
	terms, err := v.terms(ctx, book, records)
	if err != nil {
		return in, nil, errors.Join(err, end())
	}
	in.Network, in.Timing, in.Sites = terms.Network, terms.Timing, book.Snapshot(ctx, uint64(epoch))
	w := epochWindow(v.Config.Coverage.scheduleOf(terms.Timing), epoch)
	w.discoveries = v.IDs != nil
	in.Records = records(w)
	if v.IDs != nil {
		in.Records = listing(in.Records, terms, epoch, v.IDs)
	}
	return in, end, nil
}

// ErrNoBefore says that the state that an epoch begins with is not kept any more, so that
// nothing that follows would be what the network has published.
var ErrNoBefore = errors.New("the state that the epoch begins with is not kept here")

// before is the state that the network began the epoch with, as its result says; of an
// epoch without a result, the state that it would begin with.
func (v Reverification) before(epoch witness.Epoch, published string) (verify.Before, error) {
	r := results(v.Data.path(verdictsDir))
	result, err := verify.Open(published)
	if err == nil {
		return r.stateBefore(result)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		v.Log.Warn("the published result cannot be read", "error", err)
	}
	before, err := r.before(epoch)
	if err != nil || before.Known {
		return before, err
	}
	return before, r.beginsWithNothing(epoch)
}

// stateBefore is the state that a result says its epoch began with, which must be there with the
// hashes that the result states.
func (r results) stateBefore(result *verify.Result) (verify.Before, error) {
	epoch, left := result.Summary().Epoch, result.Summary().Before
	before, err := r.stateOf(epoch, left)
	if err == nil && left != nil {
		err = result.Follows(r.path(*left))
	}
	return before, err
}

// stateOf is the state that an epoch has left, for another one that began with it.
func (r results) stateOf(epoch witness.Epoch, left *witness.Epoch) (verify.Before, error) {
	if left == nil {
		return verify.Before{}, nil
	}
	before, err := verify.ReadBefore(r.path(*left))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: epoch %d began with what epoch %d left, whose result is not in %s (coverage.keep_epochs says how many are); put %s there, from a copy, and try again",
			ErrNoBefore, epoch, *left, string(r), r.path(*left))
	}
	return before, err
}

// beginsWithNothing says why an epoch without a result before it did not begin without a
// state, nil: no result of the network is older.
func (r results) beginsWithNothing(epoch witness.Epoch) error {
	list, err := r.epochs()
	if err != nil {
		return err
	}
	at, _ := slices.BinarySearch(list, epoch+1)
	if at == len(list) {
		return nil
	}
	next, err := verify.Open(r.path(list[at]))
	if err != nil || next.Summary().Before == nil {
		return err
	}
	return fmt.Errorf("%w: results are in %s from epoch %d on, which began with what epoch %d left; epoch %d is older",
		ErrNoBefore, string(r), list[at], *next.Summary().Before, epoch)
}

// parameters are those of this build, and all that were kept. Those that the epoch was
// published with are there once more, for a directory of a build that kept none.
func (v Reverification) parameters(published string) ([]*witness.Parameters, error) {
	list, err := v.Config.Coverage.parameters()
	if err != nil {
		return nil, err
	}
	kept, faults, err := parameterFiles(v.Data.path(parametersDir)).all()
	if faults != nil {
		v.Log.Warn("not all parameters that were anchored can be read", "error", faults)
	}
	if r, err := verify.Open(published); err == nil {
		kept = append(kept, r.Parameters())
	}
	return append(list, kept...), err
}

// denials are those that the epoch was judged with; the list may have changed since.
func (v Reverification) denials(published string) (verify.Denials, error) {
	path := filepath.Join(published, "deny")
	if _, err := os.Stat(path); err == nil {
		return readDenials(path)
	}
	return readDenials(v.Data.denyPath(v.Config.Coverage))
}

// records are those of log and files, or of files alone where the network runs or there is no log.
func (v Reverification) records(ctx context.Context, found *Reverified) (windowed, func() error, error) {
	kept, err := OpenStoreThere(ctx, v.Config, v.Data, v.Log)
	if running := errors.Is(err, journal.ErrInUse); running || errors.Is(err, ErrNoJournal) {
		if found.FilesOnly = running; !running {
			v.Log.Warn("only files that were rolled off are read", "error", err)
		}
		return func(w window) reading {
			return func(ctx context.Context, each func(verify.Record) error) error {
				return filesAlone(ctx, v.Data.filesURL(v.Config.Journal), w, each)
			}
		}, func() error { return nil }, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the records: %w", err)
	}
	return func(w window) reading {
		return func(ctx context.Context, each func(verify.Record) error) error {
			return kept.Records(ctx, w, each)
		}
	}, kept.Close, nil
}
