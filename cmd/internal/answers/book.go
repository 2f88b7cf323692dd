package answers

import (
	"errors"
	"fmt"
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
// little of an epoch in memory, of the last few that were asked for. It is safe for
// concurrent use.
type Book struct {
	dir  string
	mu   sync.Mutex
	open []*epoch // the last one asked for first
}

// mostOpen is how many epochs are held. An owner asks for the newest, and then why.
const mostOpen = 4

// NewBook is a book of a directory, which need not be there yet.
func NewBook(dir string) *Book { return &Book{dir: dir} }

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

// at opens an epoch, or finds it open.
func (b *Book) at(number witness.Epoch) (*epoch, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := slices.IndexFunc(b.open, func(e *epoch) bool { return e.number == number })
	if at >= 0 {
		e := b.open[at]
		b.open = slices.Insert(slices.Delete(b.open, at, at+1), 0, e)
		return e, nil
	}
	result, err := verify.Open(filepath.Join(b.dir, strconv.FormatUint(uint64(number), 10)))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("epoch %d is not verified yet, or not kept any more: %w", number, ErrUnknown)
	}
	if err != nil {
		return nil, err
	}
	e := &epoch{number: number, result: result, below: sync.OnceValues(result.Below)}
	b.open = slices.Insert(b.open, 0, e)
	b.open = b.open[:min(len(b.open), mostOpen)]
	return e, nil
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
