package witness

// tray gathers the items that one goroutine makes for a shelf, so that it seldom waits for
// others that put into the same one.
type tray struct {
	item
	to   Shelf
	held [Drawers][]byte
}

// trayed is how many bytes of a drawer go to the shelf at a time.
const trayed = 1 << 10

func newTray(to Shelf) *tray { return &tray{to: to} }

// put lays the item into a drawer.
func (t *tray) put(drawer int) error { return t.lay(drawer, t.end()) }

// lay lays a whole item into a drawer.
func (t *tray) lay(drawer int, item []byte) error {
	held := append(t.held[drawer], item...)
	if t.held[drawer] = held; len(held) < trayed {
		return nil
	}
	t.held[drawer] = held[:0]
	return t.to.Put(drawer, held)
}

// empty puts what is left.
func (t *tray) empty() error {
	for drawer, held := range t.held {
		if len(held) == 0 {
			continue
		}
		if err := t.to.Put(drawer, held); err != nil {
			return err
		}
		t.held[drawer] = nil
	}
	return nil
}

// emptyAll empties several.
func emptyAll(trays ...*tray) error {
	for _, t := range trays {
		if err := t.empty(); err != nil {
			return err
		}
	}
	return nil
}
