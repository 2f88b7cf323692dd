package emulator

// Watcher follows what a chip emits as it happens. Its methods are called with the
// chip locked: they must be quick and must not call the chip.
type Watcher interface {
	// Began tells of an emission before its first symbol (by the start delay of
	// LoRa; if the host's timers are late, after it), with the duration it is to
	// have: zero of a Carrier, which lasts until Cut.
	Began(Transmission)
	// Cut tells that the host aborted the latest emission of a chain, with the
	// duration it really had: zero if it was aborted before the first symbol.
	Cut(Transmission)
}

// Watch makes w follow the chip, instead of who did so before. Nil: nobody.
func (c *Chip) Watch(w Watcher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watch.w = w
}

type watch struct{ w Watcher }

func (w watch) began(t Transmission) {
	if w.w != nil {
		w.w.Began(t)
	}
}

func (w watch) cut(t Transmission) {
	if w.w != nil {
		w.w.Cut(t)
	}
}
