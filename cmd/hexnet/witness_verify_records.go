package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
	"hexspot/witness"
)

// simulated verifies every epoch of an archive, each with the state of the one before.
func (v verifyCommand) simulated(ctx context.Context, w io.Writer, progress func(verify.Progress)) error {
	archive, err := simulate.OpenArchive(v.Records)
	if err != nil {
		return err
	}
	set, err := witness.SetNamed(v.Rules)
	if err != nil {
		return err
	}
	schedule, err := witness.ScheduleNamed("default")
	if err != nil {
		return err
	}
	inputs := verify.Inputs{
		Network: archive.Network, Timing: schedule.Timing, Workers: v.Workers,
		Sites:  verify.Listed(archive.Sites),
		Before: verify.Before{State: archive.Before}, Progress: progress,
	}
	if v.Rules == simulate.Rules {
		inputs.Parameters = []*witness.Parameters{witness.DefaultParameters(set)}
	} else {
		inputs.Instead = witness.DefaultParameters(set)
	}
	for _, epoch := range archive.Epochs {
		dir := filepath.Join(v.Out, strconv.FormatUint(uint64(epoch), 10))
		if inputs.Before, err = v.simulatedEpoch(ctx, w, inputs, archive, epoch, dir); err != nil {
			return err
		}
	}
	return nil
}

func (v verifyCommand) simulatedEpoch(ctx context.Context, w io.Writer, in verify.Inputs, archive *simulate.Archived, epoch witness.Epoch, dir string) (verify.Before, error) {
	in.Epoch = epoch
	in.Records = func(_ context.Context, each func(verify.Record) error) error {
		return archive.Read(epoch, func(r simulate.Journaled) error {
			return each(verify.Record{Kind: r.Kind, Stamp: r.At, Message: r.Message})
		})
	}
	s, err := verify.Epoch(ctx, in, dir)
	if err != nil {
		return verify.Before{}, err
	}
	if err := writeVerified(w, s); err != nil {
		return verify.Before{}, err
	}
	if v.Rules != simulate.Rules {
		return verify.ReadBefore(dir)
	}
	differ, err := archive.Compare(epoch, dir)
	if err == nil && len(differ) > 0 {
		err = differing("the simulation's own judge comes to something else", differ)
	}
	if err != nil {
		return verify.Before{}, fmt.Errorf("epoch %d: %w", epoch, err)
	}
	fmt.Fprintln(w, "  verdicts and links are those of the simulation, byte for byte")
	return verify.ReadBefore(dir)
}
