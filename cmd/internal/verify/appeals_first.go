package verify

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// appealArrival tells appeals apart: one that comes twice, with other entropy or receipts, counts
// as it came first.
type appealArrival struct {
	appealName
	id radio.RecordID
}

// appealName is how an appeal is found again on disk.
type appealName struct {
	at  witness.Millis
	sum [sha256.Size]byte // of the message
}

func (a appealArrival) compare(o appealArrival) int {
	return cmp.Or(cmp.Compare(a.at, o.at), bytes.Compare(a.id[:], o.id[:]), bytes.Compare(a.sum[:], o.sum[:]))
}

// firstAppeals are the first of a station, in order.
type firstAppeals []appealArrival

// enter takes an appeal if it is one of the first of its station so far. Whichever order they
// come in, the same are left.
func (a *appeals) enter(station radio.Station, one appealArrival) bool {
	list := a.first[station]
	if same := slices.IndexFunc(list, func(o appealArrival) bool { return o.id == one.id }); same >= 0 {
		if list[same].compare(one) <= 0 {
			return false
		}
		list = slices.Delete(list, same, same+1)
	}
	at, _ := slices.BinarySearchFunc(list, one, appealArrival.compare)
	if at == witness.MostAppeals {
		return false
	}
	list = slices.Insert(list, at, one)
	if a.first == nil {
		a.first = map[radio.Station]firstAppeals{}
	}
	a.first[station] = list[:min(len(list), witness.MostAppeals)]
	return true
}

// keptAppeals are the names of those that are to be judged. It is safe for concurrent use.
type keptAppeals struct {
	mu    sync.Mutex
	names map[appealName]bool
}

func (a *appeals) kept() *keptAppeals {
	k := &keptAppeals{names: map[appealName]bool{}}
	for _, list := range a.first {
		for _, one := range list {
			k.names[one.appealName] = true
		}
	}
	return k
}

// take says whether an item is to be judged, once.
func (k *keptAppeals) take(item appealItem) bool {
	name := item.name()
	k.mu.Lock()
	defer k.mu.Unlock()
	was := k.names[name]
	delete(k.names, name)
	return was
}

// appealItem is an appeal as it waits on disk: its time, the length of the message, the message.
type appealItem struct {
	at      witness.Millis
	message []byte
}

func (i appealItem) name() appealName { return appealName{i.at, sha256.Sum256(i.message)} }

func (i appealItem) arrival(id radio.RecordID) appealArrival { return appealArrival{i.name(), id} }

// parts is the item in its part of the scratch.
func (i appealItem) parts() *[parts][]byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(i.at))
	b = binary.BigEndian.AppendUint32(b, uint32(len(i.message)))
	var items [parts][]byte
	items[i.name().sum[0]] = append(b, i.message...)
	return &items
}

// appealItems reads a part.
func appealItems(b []byte) iter.Seq2[appealItem, error] {
	const head = 8 + 4
	return func(yield func(appealItem, error) bool) {
		for len(b) > 0 {
			if len(b) < head || uint64(len(b)-head) < uint64(binary.BigEndian.Uint32(b[8:])) {
				yield(appealItem{}, errItem)
				return
			}
			end := head + int(binary.BigEndian.Uint32(b[8:]))
			item := appealItem{witness.Millis(binary.BigEndian.Uint64(b)), b[head:end]}
			if b = b[end:]; !yield(item, nil) {
				return
			}
		}
	}
}
