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

// Arrival is a record that an ingest has taken.
type Arrival struct {
	Record   radio.RecordID
	Own      witness.Epoch  // that the record belongs to
	Received witness.Millis // by the ingest's clock
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

// log is the log of an epoch, begun if it is not there.
func (b *Book) log(epoch witness.Epoch) (*Log, error) {
	if l := b.logs[epoch]; l != nil {
		return l, nil
	}
	err := b.open(epoch, false)
	return b.logs[epoch], err
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
	l.Promise(b.floors[epoch])
	b.logs[epoch] = l
	return nil
}

// openSealed gives no log if the seal is not sound: a crash cut its writing short.
func (b *Book) openSealed(file File, name Name) (*Log, error) {
	sealFile, err := b.store.Open(fmt.Sprint(name.Epoch, sealEnding))
	if err != nil {
		return nil, fmt.Errorf("opening the seal of %s: %w", name, err)
	}
	l, err := OpenSealed(file, sealFile, name)
	if errors.Is(err, ErrNoSeal) {
		return nil, sealFile.Close()
	}
	return l, err
}

// Seal seals the log of an epoch that is frozen, so that it costs little memory and time to
// open. The last promise must reach to the epoch's freeze: nothing will follow. Place
// goes on meanwhile.
func (b *Book) Seal(epoch witness.Epoch) error {
	b.sealing.Lock()
	defer b.sealing.Unlock()
	l, err := b.frozen(epoch)
	if err != nil {
		return fmt.Errorf("sealing epoch %d: %w", epoch, err)
	}
	if l.sealed() {
		return nil
	}
	file, err := b.store.Open(fmt.Sprint(epoch, sealEnding))
	if err != nil {
		return fmt.Errorf("sealing %s: %w", l.name, err)
	}
	if err := l.Seal(file); err != nil {
		return errors.Join(err, file.Close())
	}
	return nil
}

// frozen gives the log of an epoch if nothing will be added to it.
func (b *Book) frozen(epoch witness.Epoch) (*Log, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.logs[epoch]
	if l == nil {
		return nil, errors.New("there is no log")
	}
	if promised, freezes := b.floors[epoch], b.timing.Freezes(epoch); promised < freezes {
		return nil, fmt.Errorf("the high-water mark is %d, the epoch freezes at %d", promised, freezes)
	}
	return l, nil
}

// Promise makes a high-water mark of an epoch's log, which is begun if it is not there: no
// record received before the time given will be added any more. An ingest repeats
// its last promises when it starts, before it places anything.
func (b *Book) Promise(epoch witness.Epoch, received witness.Millis) (witness.HighWater, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, err := b.log(epoch)
	if err != nil {
		return witness.HighWater{}, err
	}
	mark := l.Promise(received)
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
	return b.epochs()
}

func (b *Book) epochs() []witness.Epoch {
	return slices.Sorted(maps.Keys(b.logs))
}

// Place puts records into the logs that they belong in and gives the body of each one's
// receipt: a new one, or the first one again. When it returns, they are on disk. After
// an error nothing may be acknowledged, and the log at fault is opened anew on the next call.
func (b *Book) Place(arrivals []Arrival) ([]witness.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	receipts := make([]witness.Receipt, len(arrivals))
	groups := map[witness.Epoch][]int{}
	for i, a := range arrivals {
		epoch := EpochOf(b.timing, a.Own, a.Received)
		groups[epoch] = append(groups[epoch], i)
	}
	// In the order of epochs, so that a record that comes twice across a freeze is found.
	for _, epoch := range slices.Sorted(maps.Keys(groups)) {
		if err := b.placeIn(epoch, arrivals, groups[epoch], receipts); err != nil {
			return nil, err
		}
	}
	return receipts, nil
}

// placeIn places those arrivals whose log is that of the epoch.
func (b *Book) placeIn(epoch witness.Epoch, arrivals []Arrival, which []int, receipts []witness.Receipt) error {
	var batch []Entry
	var waiting []int
	for _, i := range which {
		receipt, known, err := b.earlier(arrivals[i], epoch)
		if err != nil {
			return err
		}
		if receipts[i] = receipt; !known {
			batch = append(batch, Entry{arrivals[i].Record, arrivals[i].Received})
			waiting = append(waiting, i)
		}
	}
	if len(batch) == 0 {
		return nil
	}
	places, err := b.append(epoch, batch)
	if err != nil {
		return err
	}
	for n, i := range waiting {
		receipts[i] = receiptOf(batch[n].Record, epoch, places[n])
	}
	return nil
}

func (b *Book) append(epoch witness.Epoch, batch []Entry) ([]Place, error) {
	l, err := b.log(epoch)
	if err != nil {
		return nil, err
	}
	places, err := l.Append(batch)
	if err != nil && l.Broken() {
		delete(b.logs, epoch)
		err = errors.Join(err, l.Close())
	}
	return places, err
}

// earlier looks for a record in the logs from its own epoch to before another.
func (b *Book) earlier(a Arrival, before witness.Epoch) (witness.Receipt, bool, error) {
	for _, e := range b.epochs() {
		if e < a.Own || e >= before {
			continue
		}
		p, err := b.logs[e].Find(a.Record)
		if err != nil {
			return witness.Receipt{}, false, err
		}
		if p.Known {
			return receiptOf(a.Record, e, p), true, nil
		}
	}
	return witness.Receipt{}, false, nil
}

func receiptOf(id radio.RecordID, epoch witness.Epoch, p Place) witness.Receipt {
	return witness.Receipt{Record: id, Received: p.Received, Epoch: epoch, Index: p.Index}
}

// Release closes the logs before an epoch and forgets their records. Their files stay.
func (b *Book) Release(before witness.Epoch) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for e, l := range b.logs {
		if e < before {
			errs = append(errs, l.Close())
			delete(b.logs, e)
			delete(b.floors, e)
		}
	}
	return errors.Join(errs...)
}

// Close closes all logs.
func (b *Book) Close() error { return b.Release(maxEpoch + 1) }
