package witness

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Drawers is how many drawers a Shelf has.
const Drawers = 256

// Shelf keeps bytes in drawers, for what a LinkBook has too much of to have it in memory. A
// drawer gives what was put into it, in that order, as often as it is opened, and says how
// many bytes that is. Several goroutines may put at a time, and several may read when nobody
// puts any more. Clear says that it is not opened any more.
type Shelf interface {
	Put(drawer int, item []byte) error
	Open(drawer int) (from io.Reader, size int64)
	Clear() error
}

// Shelves makes an empty shelf.
type Shelves func() Shelf

// inMemory are shelves of a small epoch.
func inMemory() Shelf { return new(memoryShelf) }

type memoryShelf struct {
	mu      sync.Mutex
	drawers [Drawers][]byte
}

func (m *memoryShelf) Put(drawer int, item []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drawers[drawer] = append(m.drawers[drawer], item...)
	return nil
}

func (m *memoryShelf) Open(drawer int) (io.Reader, int64) {
	return bytes.NewReader(m.drawers[drawer]), int64(len(m.drawers[drawer]))
}

func (m *memoryShelf) Clear() error {
	clear(m.drawers[:])
	return nil
}

// item is one record on a shelf: numbers of which small ones take little room. Nobody else
// reads it.
type item struct{ b []byte }

// begin empties the item.
func (i *item) begin() *item {
	i.b = append(i.b[:0], make([]byte, itemLength)...)
	return i
}

// itemLength is the room ahead of an item for its length.
const itemLength = 2

func (i *item) add(numbers ...int64) *item {
	for _, n := range numbers {
		i.b = binary.AppendVarint(i.b, n)
	}
	return i
}

// end is the whole item. It is good until the next one begins.
func (i *item) end() []byte {
	binary.BigEndian.PutUint16(i.b, uint16(len(i.b)-itemLength)) // some thousand bytes at most
	return i.b
}

// itemFields are the numbers of an item that is read.
type itemFields struct{ rest []byte }

func (f *itemFields) next() int64 {
	n, size := binary.Varint(f.rest)
	f.rest = f.rest[max(size, 0):]
	return n
}

func (f *itemFields) number() uint32 { return uint32(f.next()) }

func (f *itemFields) read(into []int64) {
	for i := range into {
		into[i] = f.next()
	}
}

// eachItem reads a drawer. An item is good until the next one.
func eachItem(s Shelf, drawer int, each func(*itemFields) error) error {
	from, size := s.Open(drawer)
	if size == 0 {
		return nil
	}
	in := bufio.NewReaderSize(from, int(min(size, 1<<16+itemLength)))
	var f itemFields // one for all
	for {
		head, err := in.Peek(itemLength)
		if errors.Is(err, io.EOF) && len(head) == 0 {
			return nil
		}
		var b []byte
		if err == nil {
			b, err = in.Peek(itemLength + int(binary.BigEndian.Uint16(head)))
		}
		if err != nil {
			return fmt.Errorf("reading the links of an epoch: %w", err)
		}
		f.rest = b[itemLength:]
		if err := each(&f); err != nil {
			return err
		}
		if _, err := in.Discard(len(b)); err != nil {
			return err
		}
	}
}
