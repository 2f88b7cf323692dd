package verify

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"hexspot/coverage"
	"hexspot/radio"
	"hexspot/witness"
)

// Inputs are what the verdicts of an epoch follow from, and how much they may take.
type Inputs struct {
	Network    radio.Network
	Timing     witness.Timing
	Epoch      witness.Epoch
	Parameters []*witness.Parameters // that may have been anchored; the epoch's anchor says which holds
	// Instead judges whatever the anchor says: what other rules would have said. Nil: the anchor holds.
	Instead *witness.Parameters
	Sites   iter.Seq2[coverage.Listing, error]
	Denials Denials
	Before  Before
	// Records calls each with the records of the journal, in any order: all that may
	// be of the epoch, and the entropy as far as the first value after its freeze. Others
	// are passed over. The messages are kept.
	Records func(ctx context.Context, each func(Record) error) error

	Workers  int            // goroutines; 0: one
	Memory   int64          // bytes of reports that are held before they go to disk; 0: DefaultMemory
	Progress func(Progress) // now and then, by one goroutine at a time; nil: nobody asks

	// Processor is how long the calling thread was on a processor; nil: nobody asks how long
	// paying takes.
	Processor func() time.Duration
}

// DefaultMemory is how many bytes of reports are held before they go to disk.
const DefaultMemory = 64 << 20

// Before is the state that an epoch begins with: what the last epoch that was verified
// left.
type Before struct {
	Known      bool          // false: the epoch is the network's first, and begins with nothing
	Epoch      witness.Epoch // that left it; if it is not the one before, nothing was reported between
	State      witness.State // nil where the state stays in its file (ReadBefore)
	Links      witness.LinkState
	Provisions witness.Provisions // weights below one half

	kept *keptEvents // instead of State
}

// Progress is how far a verification has come.
type Progress struct {
	Stage    Stage
	Stations int64 // of the snapshot
	Records  int64 // read
	Cases    int64 // judged, of both passes together
}

// Stage is what is being done.
type Stage string

// The stages.
const (
	StageReading  Stage = "reading"  // records, and their signatures
	StageJudging  Stage = "judging"  // first pass
	StageWeighing Stage = "weighing" // of links
	StageSettling Stage = "settling" // second pass
)

// Why an epoch cannot be verified yet, or never.
var (
	ErrNoValueYet   = errors.New("no value was published after the freeze yet")
	ErrNoEntropy    = errors.New("no anchor serves the epoch")
	ErrNoParameters = errors.New("the anchor states a parameter set that is not known here")
)

func (in *Inputs) check() error {
	if err := in.Timing.Validate(); err != nil {
		return fmt.Errorf("verifying epoch %d: %w", in.Epoch, err)
	}
	if in.Before.Known && in.Before.Epoch >= in.Epoch {
		return fmt.Errorf("verifying epoch %d: the state before it is that of epoch %d", in.Epoch, in.Before.Epoch)
	}
	return nil
}

// memory and workers with their defaults.
func (in *Inputs) memory() int64 {
	if in.Memory <= 0 {
		return DefaultMemory
	}
	return in.Memory
}

func (in *Inputs) workers() int { return max(1, in.Workers) }

// parameters are those that the epoch's first served slot states.
func (in *Inputs) parameters(c chains) (*witness.Parameters, error) {
	from, to := in.Timing.Slots(in.Epoch)
	for k := from; k < to; k++ {
		i := c.serving(k)
		if i < 0 {
			continue
		}
		if in.Instead != nil {
			return in.Instead, nil
		}
		return in.anchored(c[i].anchor.Parameters)
	}
	return nil, ErrNoEntropy
}

// anchored are the parameters of a hash, if this build can judge by them.
func (in *Inputs) anchored(hash [32]byte) (*witness.Parameters, error) {
	for _, p := range in.Parameters {
		if p.Hash() != hash {
			continue
		}
		if unknown := p.Unknown(); len(unknown) > 0 {
			return nil, fmt.Errorf("%w: %x has the figures %s: take the build that anchored it, or a newer one",
				ErrNoParameters, hash, strings.Join(unknown, ", "))
		}
		return p, nil
	}
	return nil, fmt.Errorf("%w: %x", ErrNoParameters, hash)
}
