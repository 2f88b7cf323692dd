package log

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hexspot/witness"
)

// Sealed are the epochs of which a store has a log with a seal, in order. Whether a seal is
// sound shows when the log is opened.
func Sealed(store Store) ([]witness.Epoch, error) {
	names, err := store.Names()
	if err != nil {
		return nil, fmt.Errorf("listing logs: %w", err)
	}
	slices.Sort(names)
	var list []witness.Epoch
	for _, name := range names {
		text, ok := strings.CutSuffix(name, sealEnding)
		epoch, err := parseNumber(text, maxEpoch)
		if _, logged := slices.BinarySearch(names, text+logEnding); ok && err == nil && logged {
			list = append(list, witness.Epoch(epoch))
		}
	}
	slices.Sort(list)
	return list, nil
}

// OpenAway opens a sealed log that no Book has open, to prove and to find, and gives the
// high-water mark that its epoch was frozen with. It writes nothing, so the store may open files
// for reading only. The error is ErrNoSeal if the seal is not sound, or the store's.
func OpenAway(store Store, name Name, timing witness.Timing) (*Log, witness.HighWater, error) {
	file, err := store.Open(fmt.Sprint(name.Epoch, logEnding))
	if err != nil {
		return nil, witness.HighWater{}, fmt.Errorf("opening %s: %w", name, err)
	}
	seal, err := store.Open(fmt.Sprint(name.Epoch, sealEnding))
	if err != nil {
		return nil, witness.HighWater{}, errors.Join(fmt.Errorf("opening the seal of %s: %w", name, err), file.Close())
	}
	l, err := OpenSealed(file, seal, name)
	if err != nil {
		return nil, witness.HighWater{}, errors.Join(err, seal.Close(), file.Close())
	}
	return l, l.Promise(timing.Freezes(name.Epoch)), nil
}
