package log

import (
	"errors"
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// MaxBatch is the most entries of one Append.
const MaxBatch = 4096

// Place is where a record is in the log, and since when.
type Place struct {
	Index    uint64
	Received witness.Millis
	Known    bool // the record was there already: these are its first index and time
}

// Append adds records that are not in the log yet and says where each record is. When
// it returns, they are on disk. After a failed write every later Append fails: the log
// must be opened again.
func (l *Log) Append(batch []Entry) ([]Place, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	places, fresh, err := l.place(batch)
	if err == nil {
		err = l.write(fresh)
	}
	if err != nil {
		return nil, fmt.Errorf("appending to %s: %w", l.name, err)
	}
	return places, nil
}

// place gives each record its place, and the entries that are new.
func (l *Log) place(batch []Entry) (places []Place, fresh []Entry, err error) {
	if len(batch) > MaxBatch || l.tree.size+uint64(len(batch)) > MaxSize {
		return nil, nil, fmt.Errorf("%d records to %d: too many", len(batch), l.tree.size)
	}
	places = make([]Place, len(batch))
	first := make(map[radio.RecordID]Place, len(batch))
	for i, e := range batch {
		p, known := first[e.Record]
		if !known {
			sealed, candidates := l.look(e.Record)
			if p, err = l.find(e.Record, sealed, candidates); err != nil {
				return nil, nil, err
			}
		}
		if !known && !p.Known {
			if e.Received < l.floor {
				return nil, nil, fmt.Errorf("a record of %d is older than the high-water mark %d", e.Received, l.floor)
			}
			p = Place{Index: l.tree.size + uint64(len(fresh)), Received: e.Received}
			fresh = append(fresh, e)
		}
		places[i] = p
		p.Known = true
		first[e.Record] = p
	}
	return places, fresh, nil
}

func (l *Log) write(fresh []Entry) error {
	if len(fresh) == 0 && (l.dirt == nil || errors.Is(l.dirt, errSealed)) {
		return nil
	}
	if l.dirt != nil {
		return l.dirt
	}
	b := make([]byte, 0, len(fresh)*entrySize)
	for i, e := range fresh {
		b = appendEntry(b, l.tree.size+uint64(i), uint32(i), e)
	}
	if _, l.dirt = l.file.WriteAt(b, offset(l.tree.size)); l.dirt == nil {
		l.dirt = l.file.Sync()
	}
	if l.dirt != nil {
		return l.dirt
	}
	for _, e := range fresh {
		l.ids.insert(e.Record, uint32(l.tree.size))
		l.tree.Append(e.Record)
	}
	return nil
}
