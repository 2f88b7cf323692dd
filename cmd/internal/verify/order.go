package verify

import (
	"io"
	"sync"
)

// inOrder writes parts in their order, whoever has them first. A part may wait only for
// parts before it, which somebody is working on.
type inOrder struct {
	mu   sync.Mutex
	turn *sync.Cond
	next int
	size int64 // written so far
	w    io.Writer
	err  error
}

func newInOrder(w io.Writer) *inOrder {
	o := &inOrder{w: w}
	o.turn = sync.NewCond(&o.mu)
	return o
}

// write writes a part when its turn has come, and calls then with where it begins.
func (o *inOrder) write(part int, text *spool, then func(offset int64) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.next != part && o.err == nil {
		o.turn.Wait()
	}
	if o.err == nil {
		o.err = text.writeTo(o.w)
	}
	if o.err == nil {
		o.err = then(o.size)
	}
	o.size += text.size
	o.next++
	o.turn.Broadcast()
	return o.err
}

// fail ends the waiting of all.
func (o *inOrder) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = err
	}
	o.turn.Broadcast()
}
