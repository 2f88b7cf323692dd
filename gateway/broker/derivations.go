package broker

import (
	"errors"
	"net/netip"
	"sync"
)

// derivations are expensive by design and made one at a time, so that guessing
// passwords does not take every core. One address may have only a few waiting, so
// that it does not keep the others out.
type derivations struct {
	turn sync.Mutex

	mu      sync.Mutex
	waiting map[netip.Prefix]int
}

// maxWaiting is how many of one address may wait.
const maxWaiting = 4

var errBusy = errors.New("too many first logins at once from this address")

// do calls derive when it is its turn.
func (d *derivations) do(from netip.Prefix, derive func() bool) (bool, error) {
	if !d.queue(from) {
		return false, errBusy
	}
	defer d.leave(from)
	d.turn.Lock()
	defer d.turn.Unlock()
	return derive(), nil
}

func (d *derivations) queue(from netip.Prefix) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting[from] >= maxWaiting {
		return false
	}
	if d.waiting == nil {
		d.waiting = make(map[netip.Prefix]int)
	}
	d.waiting[from]++
	return true
}

func (d *derivations) leave(from netip.Prefix) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting[from]--; d.waiting[from] == 0 {
		delete(d.waiting, from)
	}
}
