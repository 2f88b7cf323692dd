package log

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// Store holds the files of a Book's logs by name.
type Store interface {
	// Open opens a file for reading and writing. It is made if it is not there, and
	// then a crash does not undo that.
	Open(name string) (File, error)
	// Names are those of the files that are there.
	Names() ([]string, error)
}

// Book is the logs of one ingest, an epoch each. It holds every log from the epoch it
// was opened with, so that a resent record gets its first receipt again. It is safe
// for concurrent use.
type Book struct {
	network radio.Network
	ingest  radio.Station
	timing  witness.Timing
	store   Store

	sealing sync.Mutex // one Seal at a time; taken before mu
	placing sync.Mutex // one Place, Promise or Release at a time; taken before mu

	// mu is never held while a disk is waited for: whoever looks for a record takes the logs and goes.
	mu     sync.Mutex
	logs   map[witness.Epoch]*Log
	floors map[witness.Epoch]witness.Millis // promised; a log that is opened anew keeps them
}

const (
	logEnding  = ".log"
	sealEnding = ".seal"
)

// OpenBook opens the logs of an ingest from an epoch on. Close it.
func OpenBook(store Store, network radio.Network, ingest radio.Station, timing witness.Timing, from witness.Epoch) (*Book, error) {
	b := &Book{network: network, ingest: ingest, timing: timing, store: store,
		logs: map[witness.Epoch]*Log{}, floors: map[witness.Epoch]witness.Millis{}}
	names, err := store.Names()
	if err != nil {
		return nil, fmt.Errorf("listing logs: %w", err)
	}
	for _, name := range names {
		text, ok := strings.CutSuffix(name, logEnding)
		epoch, err := parseNumber(text, maxEpoch)
		if !ok || err != nil || witness.Epoch(epoch) < from {
			continue
		}
		if err := b.open(witness.Epoch(epoch), slices.Contains(names, text+sealEnding)); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

// log is the log of an epoch, begun if it is not there. Whoever calls has placing.
func (b *Book) log(epoch witness.Epoch) (*Log, error) {
	if l := b.Log(epoch); l != nil {
		return l, nil
	}
	err := b.open(epoch, false)
	return b.Log(epoch), err
}

// open opens the log of an epoch, by its seal if there is a sound one.
func (b *Book) open(epoch witness.Epoch, sealed bool) error {
	name := Name{b.network, epoch, b.ingest}
	file, err := b.store.Open(fmt.Sprint(epoch, logEnding))
	if err != nil {
		return fmt.Errorf("opening %s: %w", name, err)
	}
	var l *Log
	if sealed {
		l, err = b.openSealed(file, name)
	}
	if err == nil && l == nil {
		l, err = Open(file, name)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l.Promise(b.floors[epoch])
	b.logs[epoch] = l
	return nil
}

// Promise makes a high-water mark of an epoch's log, which is begun if it is not there: no
// record received before the time given will be added any more. An ingest repeats
// its last promises when it starts, before it places anything.
func (b *Book) Promise(epoch witness.Epoch, received witness.Millis) (witness.HighWater, error) {
	b.placing.Lock()
	defer b.placing.Unlock()
	l, err := b.log(epoch)
	if err != nil {
		return witness.HighWater{}, err
	}
	mark := l.Promise(received)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.floors[epoch] = mark.Received
	return mark, nil
}

// Log is the log of an epoch, nil if there is none.
func (b *Book) Log(epoch witness.Epoch) *Log {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.logs[epoch]
}

// Epochs are those that there is a log of, in order.
func (b *Book) Epochs() []witness.Epoch {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.logs))
}

// between are the logs from an epoch to before another, in order.
func (b *Book) between(from, before witness.Epoch) []*Log {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []*Log
	for _, e := range slices.Sorted(maps.Keys(b.logs)) {
		if e >= from && e < before {
			list = append(list, b.logs[e])
		}
	}
	return list
}

// Release closes the logs before an epoch and forgets their records. Their files stay.
func (b *Book) Release(before witness.Epoch) error {
	b.placing.Lock()
	defer b.placing.Unlock()
	released := b.between(0, before)
	b.forget(released...)
	var errs []error
	for _, l := range released {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// forget takes logs out of the book, with what was promised of them.
func (b *Book) forget(logs ...*Log) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range logs {
		delete(b.logs, l.name.Epoch)
		delete(b.floors, l.name.Epoch)
	}
}

// Close closes all logs.
func (b *Book) Close() error { return b.Release(maxEpoch + 1) }
