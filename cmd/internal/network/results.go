package network

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"hexspot/cmd/internal/verify"
	"hexspot/witness"
)

// results is the directory of verified epochs, one directory each.
type results string

func (r results) path(e witness.Epoch) string {
	return filepath.Join(string(r), strconv.FormatUint(uint64(e), 10))
}

// epochs are those that are there, ascending.
func (r results) epochs() ([]witness.Epoch, error) {
	entries, err := os.ReadDir(string(r))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the verdicts: %w", err)
	}
	var list []witness.Epoch
	for _, e := range entries {
		if n, err := strconv.ParseUint(e.Name(), 10, 64); err == nil && e.IsDir() {
			list = append(list, witness.Epoch(n))
		}
	}
	slices.Sort(list)
	return list, nil
}

func (r results) last() (witness.Epoch, bool, error) {
	list, err := r.epochs()
	if len(list) == 0 {
		return 0, false, err
	}
	return list[len(list)-1], true, err
}

// before is the state that the last epoch before one has left.
func (r results) before(e witness.Epoch) (verify.Before, error) {
	list, err := r.epochs()
	if err != nil {
		return verify.Before{}, err
	}
	at, _ := slices.BinarySearch(list, e)
	if at == 0 {
		return verify.Before{}, nil
	}
	return verify.ReadBefore(r.path(list[at-1]))
}

// removed marks a result that is on its way out.
const removed = ".removed"

// clean makes the directory and removes what a crash has left half done.
func (r results) clean() error {
	if err := os.MkdirAll(string(r), 0o755); err != nil {
		return fmt.Errorf("the verdicts: %w", err)
	}
	var faults []error
	for _, pattern := range [...]string{"*.tmp", "*.scratch", "*.scratch.index*", "*" + removed} {
		left, err := filepath.Glob(filepath.Join(string(r), pattern))
		faults = append(faults, err)
		for _, path := range left {
			faults = append(faults, os.RemoveAll(path))
		}
	}
	return errors.Join(faults...)
}

// prune removes results, so that some epochs up to the last are kept. Nobody sees a part
// of one.
func (r results) prune(last witness.Epoch, keep int) error {
	list, err := r.epochs()
	for _, e := range list {
		if last < witness.Epoch(keep) || e > last-witness.Epoch(keep) {
			continue
		}
		path := r.path(e)
		if err := os.Rename(path, path+removed); err != nil {
			return fmt.Errorf("removing the verdicts of epoch %d: %w", e, err)
		}
		err = errors.Join(err, os.RemoveAll(path+removed))
	}
	return err
}

// Verified are the epochs with verdicts, ascending.
func (d Data) Verified() ([]witness.Epoch, error) { return results(d.path(verdictsDir)).epochs() }

// OpenVerified opens the verdicts of an epoch.
func (d Data) OpenVerified(e witness.Epoch) (*verify.Result, error) {
	return verify.Open(results(d.path(verdictsDir)).path(e))
}
