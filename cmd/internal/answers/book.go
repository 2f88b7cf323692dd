package answers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"hexspot/cmd/internal/verify"
	"hexspot/radio"
	"hexspot/witness"
)

// Book answers from a directory that has a directory for each verified epoch. It holds
// little of an epoch in memory, of the last few that were asked for, and finds the rest by
// indexes. It is safe for concurrent use: no question waits for another.
type Book struct {
	dir  string
	mu   sync.Mutex
	open []*epoch // the last one asked for first
	log  *slog.Logger
	told map[witness.Epoch]bool // that they cannot be read

	first FirstSite // nil: nobody has the registry
	known *radio.RecentStations

	provisions provisions
}

// FirstSite is with which epoch the first site of a station begins, false if it has none.
type FirstSite func(context.Context, radio.Station) (witness.Epoch, bool, error)

// KnowSites has answers say of a station whose first site begins later when that is. It does
// not change what is verified.
func (b *Book) KnowSites(first FirstSite) { b.first = first }

// begins is with which epoch the first site of a station begins, false if that is not after
// an epoch, or cannot be known.
func (b *Book) begins(ctx context.Context, s radio.Station, after witness.Epoch) (witness.Epoch, bool) {
	if b.first == nil {
		return 0, false
	}
	from, ok, err := b.first(ctx, s)
	if err != nil {
		b.log.Error("the registry cannot be read, answers go on without it", "error", err)
	}
	return from, err == nil && ok && from > after
}

const (
	// mostOpen is how many epochs are held, each with its summary and parameters: those of a
	// station's history.
	mostOpen = mostDays + 2
	// MostSearched is in how many of the newest epochs a record is looked for, if none is named.
	MostSearched = 64
	// knownStations are those whose keys are not checked again, some 3 MB of them. Most questions
	// are about the same ones: a station, its partners, and who is heard by many.
	knownStations = 1 << 15
)

// NewBook is a book of a directory, which need not be there yet.
func NewBook(dir string) *Book {
	return &Book{dir: dir, known: radio.NewRecentStations(knownStations), log: slog.New(slog.DiscardHandler), told: map[witness.Epoch]bool{}}
}

// ErrUnknown says that there is nothing to answer from: the epoch is not verified (or not
// kept any more), or has nothing of what was asked for.
var ErrUnknown = errors.New("nothing is known of it")

// Epochs are those that are there, ascending.
func (b *Book) Epochs() ([]witness.Epoch, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("looking for verified epochs: %w", err)
	}
	var list []witness.Epoch
	for _, e := range entries {
		if n, err := strconv.ParseUint(e.Name(), 10, 40); err == nil && e.IsDir() && strconv.FormatUint(n, 10) == e.Name() {
			list = append(list, witness.Epoch(n))
		}
	}
	slices.Sort(list)
	return list, nil
}

// Latest is the newest epoch that is there.
func (b *Book) Latest() (witness.Epoch, error) {
	list, err := b.Epochs()
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("no epoch is verified yet: %w", ErrUnknown)
	}
	if err != nil {
		return 0, err
	}
	return list[len(list)-1], nil
}

// at opens an epoch, or finds it open. Nobody waits while another opens one.
func (b *Book) at(number witness.Epoch) (*epoch, error) {
	if e := b.isOpen(number); e != nil {
		return e, nil
	}
	result, err := verify.Open(b.path(number))
	if errors.Is(err, os.ErrNotExist) {
		return nil, notVerified(number)
	}
	if err != nil {
		return nil, err
	}
	result.Know(b.known)
	e := &epoch{number: number, result: result}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = slices.Insert(b.open, 0, e)
	b.open = b.open[:min(len(b.open), mostOpen)]
	return e, nil
}

// notVerified is ErrUnknown of an epoch that is not there.
func notVerified(number witness.Epoch) error {
	return fmt.Errorf("epoch %d is not verified yet, or not kept any more: %w", number, ErrUnknown)
}

// isOpen is an epoch that is open, nil if it is not.
func (b *Book) isOpen(number witness.Epoch) *epoch {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := slices.IndexFunc(b.open, func(e *epoch) bool { return e.number == number })
	if at < 0 {
		return nil
	}
	e := b.open[at]
	b.open = slices.Insert(slices.Delete(b.open, at, at+1), 0, e)
	return e
}

func (b *Book) path(number witness.Epoch) string {
	return filepath.Join(b.dir, strconv.FormatUint(uint64(number), 10))
}

// epochsOf are the epochs that may know a record, the newest first: of one, or of the newest
// MostSearched. Indexes say so; no epoch is opened. Without is how many have no index yet, an
// error of one that is named.
func (b *Book) epochsOf(ctx context.Context, id radio.RecordID, only *witness.Epoch) (having []witness.Epoch, without int, err error) {
	list, err := b.newestFirst(only)
	if err != nil {
		return nil, 0, err
	}
	for _, number := range list[:min(len(list), MostSearched)] {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		switch has, err := verify.Has(b.path(number), id); {
		case errors.Is(err, verify.ErrNoIndex) && !b.has(number): // the epoch was removed
		case errors.Is(err, verify.ErrNoIndex) && only != nil:
			return nil, 0, fmt.Errorf("epoch %d: %w: %w", number, ErrUnknown, err)
		case errors.Is(err, verify.ErrNoIndex): // it is being made
			without++
		case err != nil && only != nil:
			return nil, 0, err
		case err != nil || has: // what cannot be read is told when it is looked in
			having = append(having, number)
		}
	}
	return having, without, nil
}

// has says whether the directory of an epoch is there.
func (b *Book) has(number witness.Epoch) bool {
	_, err := os.Stat(b.path(number))
	return err == nil
}

// passOver notes that an epoch cannot be read and is left out of an answer about several.
func (b *Book) passOver(number witness.Epoch, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.told[number] {
		b.told[number] = true
		b.log.Error("the verdicts of an epoch cannot be read, answers go on without them", "epoch", number, "error", err)
	}
}

// newestFirst are the epochs to look in: one, or all from the newest on.
func (b *Book) newestFirst(only *witness.Epoch) ([]witness.Epoch, error) {
	if only != nil {
		return []witness.Epoch{*only}, nil
	}
	list, err := b.Epochs()
	slices.Reverse(list)
	return list, err
}

// Entropy gives the anchors of a verified epoch and the last value of each.
func (b *Book) Entropy(number witness.Epoch) ([]radio.Signed, []witness.Value, error) {
	e, err := b.at(number)
	if err != nil {
		return nil, nil, err
	}
	return e.result.Entropy()
}
