package emulator

import "time"

// fifo is the RX buffer: packets the modems have finished, and those they are
// still busy with, whose room is taken already.
type fifo struct {
	bytes   [fifoSize]byte
	head    int // next byte to pop
	size    int
	pending []pending // by readiness
	taken   int       // bytes of pending
}

type pending struct {
	ready  time.Time
	packet []byte
}

func (f *fifo) reset() { f.head, f.size, f.pending, f.taken = 0, 0, nil, 0 }

func (f *fifo) room() int { return fifoSize - f.size - f.taken }

// schedule keeps a packet until it is ready. The caller has checked the room.
func (f *fifo) schedule(ready time.Time, packet []byte) {
	i := len(f.pending)
	for i > 0 && ready.Before(f.pending[i-1].ready) {
		i--
	}
	f.pending = append(f.pending, pending{})
	copy(f.pending[i+1:], f.pending[i:])
	f.pending[i] = pending{ready, packet}
	f.taken += len(packet)
}

// settle moves to the buffer what has become ready.
func (f *fifo) settle(now time.Time) {
	n := 0
	for n < len(f.pending) && !now.Before(f.pending[n].ready) {
		f.push(f.pending[n].packet)
		f.taken -= len(f.pending[n].packet)
		n++
	}
	if n > 0 {
		f.pending = append(f.pending[:0], f.pending[n:]...)
	}
}

func (f *fifo) push(packet []byte) {
	tail := (f.head + f.size) % fifoSize
	n := copy(f.bytes[tail:], packet)
	copy(f.bytes[:], packet[n:])
	f.size += len(packet)
}

func (f *fifo) pop() (byte, bool) {
	if f.size == 0 {
		return 0, false
	}
	b := f.bytes[f.head]
	f.head = (f.head + 1) % fifoSize
	f.size--
	return b, true
}
