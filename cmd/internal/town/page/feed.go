package page

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"hexspot/cmd/internal/town"
)

// feed has the newest snapshot as JSON and tells who waits for the next.
type feed struct {
	look func() town.Snapshot

	mu      sync.Mutex
	latest  []byte
	changed chan struct{} // closed when there is a newer one
	streams int
}

func newFeed(look func() town.Snapshot) (*feed, error) {
	f := &feed{look: look, changed: make(chan struct{})}
	return f, f.update()
}

// update takes a new snapshot.
func (f *feed) update() error {
	b, err := json.Marshal(f.look())
	if err != nil {
		return fmt.Errorf("the page's data: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latest = b
	close(f.changed)
	f.changed = make(chan struct{})
	return nil
}

// run takes a snapshot each period until ctx ends.
func (f *feed) run(ctx context.Context) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := f.update(); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// now is the newest snapshot, and what is closed when it no longer is.
func (f *feed) now() ([]byte, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.latest, f.changed
}

// enter takes one of the streams, false if there is none left.
func (f *feed) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.streams >= streamsMost {
		return false
	}
	f.streams++
	return true
}

func (f *feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.streams--
}
