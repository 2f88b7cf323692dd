package ingest

import (
	"sync"

	"hexspot/witness"
)

// placer has reports that come at the same time placed together, so that one sync of the
// log serves many.
type placer struct {
	book Book
	turn sync.Mutex // held while placing

	mu   sync.Mutex
	next *batch // that still takes reports
}

// mostPlaced is the most reports of one batch; the log takes as many.
const mostPlaced = 1024

// batch is reports that are placed together.
type batch struct {
	reports  []Report
	receipts []witness.Receipt // one each, when done without an error
	err      error
	done     bool
}

// place returns when the report is in the log on disk, or cannot be.
func (p *placer) place(r Report) (witness.Receipt, error) {
	b, n := p.join(r)
	p.turn.Lock()
	defer p.turn.Unlock()
	if !b.done {
		p.leave(b)
		b.receipts, b.err = p.book.Place(b.reports)
		b.done = true
	}
	if b.err != nil {
		return witness.Receipt{}, b.err
	}
	return b.receipts[n], nil
}

// join adds a report to the batch that comes next and says as which.
func (p *placer) join(r Report) (*batch, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil || len(p.next.reports) == mostPlaced {
		p.next = &batch{}
	}
	p.next.reports = append(p.next.reports, r)
	return p.next, len(p.next.reports) - 1
}

// leave lets nobody join any more.
func (p *placer) leave(b *batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == b {
		p.next = nil
	}
}
