package verify

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The files of a result.
const (
	parametersName = "parameters.json"
	sitesName      = "sites"
	entropyName    = "entropy"
	anchorsName    = "anchors"
	beforeName     = "before.json"
	denyName       = "deny"
	verdictsName   = "verdicts"
	linksName      = "links"
	stateName      = "state"
	provisionsName = "provisions"
	outcomesName   = "outcomes"
	stationsName   = "stations"
	summaryName    = "summary"
	manifestName   = "manifest.json"
)

// Epoch verifies a frozen epoch into a new directory, which is whole or not there. The
// same records give the same bytes, in any order, with any number of workers.
func Epoch(ctx context.Context, in Inputs, dir string) (Summary, error) {
	start := time.Now()
	if err := in.check(); err != nil {
		return Summary{}, err
	}
	if _, err := os.Lstat(dir); err == nil {
		return Summary{}, fmt.Errorf("verifying epoch %d: %w: %s", in.Epoch, os.ErrExist, dir)
	}
	r := newRun(in, dir) // from here on it has the inputs alone, and lets go of what it need not have
	err := r.verifyInto(ctx, dir)
	if err = errors.Join(err, r.removeScratch()); err != nil {
		return Summary{}, fmt.Errorf("verifying epoch %d: %w", r.in.Epoch, err)
	}
	r.summary.Took = time.Since(start)
	r.summary.Busy, r.summary.Signing = time.Duration(r.busy.Load()), time.Duration(r.signing.Load())
	r.summary.Paying, r.summary.Closing = r.paying.took(), r.closing.took()
	return r.summary, nil
}

func (r *run) verifyInto(ctx context.Context, dir string) error {
	for _, stage := range [...]func(context.Context) error{
		func(context.Context) error { return r.readSites() },
		r.explode,
		func(context.Context) error { return r.prepare() },
		r.relate,
		r.limitTags,
		r.judge,
		r.weigh,
	} {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	draft := dir + ".tmp"
	if err := os.RemoveAll(draft); err != nil {
		return err
	}
	if err := os.MkdirAll(draft, 0o755); err != nil {
		return err
	}
	if err := r.write(ctx, draft); err != nil {
		return errors.Join(err, os.RemoveAll(draft))
	}
	if err := os.Rename(draft, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// write makes all files of the result.
func (r *run) write(ctx context.Context, dir string) error {
	var m manifest
	var paid accounts
	index := &indexer{scratch{path: r.scratchFile("index"), limit: r.in.memory() / besideShare}}
	defer func() { _ = index.scratch.Clear() }()
	files := []struct {
		name    string
		content func(io.Writer) error
	}{
		{parametersName, text(r.p.Encode())},
		{sitesName, r.snapshot.writeTo},
		{entropyName, text(r.z.appendText(r.factory.values.(slots).appendText(nil)))},
		{anchorsName, text(r.anchors)},
		{beforeName, text(r.left)},
		{denyName, text(r.in.Denials.AppendText(nil))},
		{verdictsName, func(w io.Writer) (err error) { paid, err = r.settle(ctx, w, index); return err }},
		{linksName, func(w io.Writer) error { return r.links.WriteWeights(ctx, w, r.in.workers()) }},
		{stateName, func(w io.Writer) error { return r.writeState(ctx, w) }},
		{provisionsName, func(w io.Writer) error {
			return r.closing.count(r.in.Processor, func() error { return r.writeProvisions(w, paid) })
		}},
		{outcomesName, func(w io.Writer) error { return text(r.outcomes.AppendText(nil))(w) }},
		{stationsName, func(w io.Writer) error {
			return r.closing.count(r.in.Processor, func() error { return r.writeStations(w, paid) })
		}},
		{summaryName, r.writeSummary},
	}
	for _, f := range files {
		if err := m.write(dir, f.name, f.content); err != nil {
			return err
		}
	}
	if err := index.write(dir, verdictsName); err != nil {
		return err
	}
	if err := indexAbout(ctx, dir, r.scratchFile("about"), r.in.memory(), every); err != nil {
		return err
	}
	list := m.appendJSON(nil)
	r.summary.Root = sha256.Sum256(list)
	if err := new(manifest).write(dir, manifestName, text(list)); err != nil {
		return err
	}
	return syncDir(dir)
}

// writeState writes what the next epoch begins with.
func (r *run) writeState(ctx context.Context, w io.Writer) error {
	if err := r.after.WriteText(w, r.stations); err != nil {
		return err
	}
	return r.links.WriteState(ctx, w, r.in.workers())
}

func (r *run) writeSummary(w io.Writer) error {
	r.summary.Rules, r.summary.Slot = r.p.Set.Name, r.z.Slot
	if r.in.Before.Known {
		before := r.in.Before.Epoch
		r.summary.Before = &before
	}
	_, err := w.Write(r.summary.appendText(nil))
	return err
}
