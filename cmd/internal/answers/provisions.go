package answers

import (
	"sync"

	"hexspot/witness"
)

// provisions holds the subjects with a weight below one half, of the newest epoch of which they
// were asked for. What cannot be read is read again when it is asked for again.
type provisions struct {
	mu    sync.Mutex
	epoch witness.Epoch
	below map[string]bool // nil: none is held
}

// of gives those of an epoch. Who asks while they are read waits for that.
func (p *provisions) of(e *epoch) (map[string]bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.below != nil && p.epoch == e.number {
		return p.below, nil
	}
	below, err := e.result.Below()
	if err == nil && (p.below == nil || e.number > p.epoch) {
		p.epoch, p.below = e.number, below
	}
	return below, err
}
