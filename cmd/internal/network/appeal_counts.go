package network

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"hexspot/internal/journal"
	"hexspot/radio"
	"hexspot/witness"
)

// appealCounts are the appeals that were taken in the running epoch. Who is in it has a weight
// below one half, so the published weights bound it. A station's first appeal is
// always taken; further ones, as many as are judged, while all of these together leave room: no number of
// others keeps a station from appealing.
type appealCounts struct {
	mu      sync.Mutex
	epoch   witness.Epoch
	taken   map[radio.Station][]radio.RecordID
	further int // bytes of those that were not a station's first
}

// mostFurther is how many bytes of further appeals an epoch takes.
const mostFurther = 256 << 20

// appealTurn is what becomes of an appeal.
type appealTurn int

const (
	appealFresh appealTurn = iota
	appealAgain            // it was taken before
	appealTooMany
)

// take counts an appeal.
func (c *appealCounts) take(epoch witness.Epoch, station radio.Station, id radio.RecordID, size int) appealTurn {
	c.mu.Lock()
	defer c.mu.Unlock()
	turn := c.turn(epoch, station, id, size)
	if turn != appealFresh {
		return turn
	}
	if len(c.taken[station]) > 0 {
		c.further += size
	}
	c.taken[station] = append(c.taken[station], id)
	return turn
}

// wouldTake says whether an appeal would be taken, or was.
func (c *appealCounts) wouldTake(epoch witness.Epoch, station radio.Station, id radio.RecordID, size int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.turn(epoch, station, id, size) != appealTooMany
}

func (c *appealCounts) turn(epoch witness.Epoch, station radio.Station, id radio.RecordID, size int) appealTurn {
	if c.taken == nil || epoch > c.epoch {
		c.epoch, c.taken, c.further = epoch, map[radio.Station][]radio.RecordID{}, 0
	}
	taken := c.taken[station]
	switch {
	case slices.Contains(taken, id):
		return appealAgain
	case len(taken) >= witness.MostAppeals, len(taken) > 0 && c.further+size > mostFurther:
		return appealTooMany
	}
	return appealFresh
}

// giveBack takes back what was counted and then not journaled.
func (c *appealCounts) giveBack(epoch witness.Epoch, station radio.Station, id radio.RecordID, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.Index(c.taken[station], id)
	if epoch != c.epoch || at < 0 {
		return
	}
	if c.taken[station] = slices.Delete(c.taken[station], at, at+1); len(c.taken[station]) == 0 {
		delete(c.taken, station)
		return
	}
	c.further -= size
}

// recover counts the appeals of the running epoch that the journal has from before a start.
func (d *appealDesk) recover(ctx context.Context, j *journal.Journal, now witness.Millis) error {
	epoch := d.schedule.Epoch(d.schedule.SlotAt(now))
	from, _ := d.schedule.Slots(epoch)
	query := journal.Query{Since: d.schedule.Start(from).Time(), Subjects: []string{"rec." + string(radio.KindAppeal) + ".*"}}
	err := j.Read(ctx, query, func(r journal.Record) error {
		d.recount(r.Data, epoch)
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting appeals: %w", err)
	}
	return nil
}

// recount counts an entry of the journal if it is an appeal of an epoch.
func (d *appealDesk) recount(data []byte, epoch witness.Epoch) {
	at, ok := stampOf(data)
	if !ok || d.schedule.Epoch(d.schedule.SlotAt(at)) != epoch {
		return
	}
	file, err := witness.ParseAppealFile(data[stampSize:])
	if err == nil {
		d.counts.take(epoch, file.Record.Station, file.Record.ID(d.network), len(data)-stampSize)
	}
}
