package log

import (
	"errors"
	"maps"
	"slices"

	"hexspot/radio"
	"hexspot/witness"
)

// Arrival is a record that an ingest has taken.
type Arrival struct {
	Record   radio.RecordID
	Own      witness.Epoch  // that the record belongs to
	Received witness.Millis // by the ingest's clock
}

// Place puts records into the logs that they belong in and gives the body of each one's
// receipt: a new one, or the first one again. When it returns, they are on disk. After
// an error nothing may be acknowledged, and the log at fault is opened anew on the next call.
func (b *Book) Place(arrivals []Arrival) ([]witness.Receipt, error) {
	b.placing.Lock()
	defer b.placing.Unlock()
	receipts := make([]witness.Receipt, len(arrivals))
	groups := map[witness.Epoch][]int{}
	for i, a := range arrivals {
		epoch := b.timing.LogEpoch(a.Own, a.Received)
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
		b.drop(epoch)
		err = errors.Join(err, l.Close())
	}
	return places, err
}

// drop takes a log out of the book that has to be opened anew. What was promised of it stays.
func (b *Book) drop(epoch witness.Epoch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.logs, epoch)
}

// Find gives the receipt of a record that is in a log, its own epoch's or a later one. However long
// that takes, it holds nothing up.
func (b *Book) Find(a Arrival) (receipt witness.Receipt, known bool, err error) {
	return b.earlier(a, maxEpoch+1)
}

// earlier looks for a record in the logs from its own epoch to before another. One that was put
// away or failed meanwhile, and cannot be read any more, has nothing, as if it had been so before.
func (b *Book) earlier(a Arrival, before witness.Epoch) (witness.Receipt, bool, error) {
	for _, l := range b.between(a.Own, before) {
		epoch := l.name.Epoch
		p, err := l.Find(a.Record)
		if err != nil && b.Log(epoch) != l {
			continue
		}
		if err != nil {
			return witness.Receipt{}, false, err
		}
		if p.Known {
			return receiptOf(a.Record, epoch, p), true, nil
		}
	}
	return witness.Receipt{}, false, nil
}

func receiptOf(id radio.RecordID, epoch witness.Epoch, p Place) witness.Receipt {
	return witness.Receipt{Record: id, Received: p.Received, Epoch: epoch, Index: p.Index}
}
