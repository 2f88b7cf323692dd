package network

import (
	"slices"
	"sync"

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
	taken   map[radio.Station][]countedAppeal
	further int // bytes of those that were not a station's first
}

// countedAppeal is an appeal that was taken, or is about to be.
type countedAppeal struct {
	id        radio.RecordID
	epoch     witness.Epoch // in which it came: the one before, if that ended meanwhile
	size      int           // in bytes
	journaled bool          // until it is, it may come to nothing
}

// mostFurther is how many bytes of further appeals an epoch takes.
const mostFurther = 256 << 20

// appealTurn is what becomes of an appeal.
type appealTurn int

const (
	appealFresh appealTurn = iota
	appealAgain            // it is in the journal
	appealBusy             // the same one is on its way into the journal
	appealTooMany
)

// take counts an appeal. What becomes of a fresh one is to be told: kept or giveBack.
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
	c.taken[station] = append(c.taken[station], countedAppeal{id: id, epoch: epoch, size: size})
	return turn
}

// wouldTake says whether an appeal would be taken, or was, or is about to be.
func (c *appealCounts) wouldTake(epoch witness.Epoch, station radio.Station, id radio.RecordID, size int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.turn(epoch, station, id, size) != appealTooMany
}

func (c *appealCounts) turn(epoch witness.Epoch, station radio.Station, id radio.RecordID, size int) appealTurn {
	if c.taken == nil || epoch > c.epoch {
		c.epoch, c.taken, c.further = epoch, map[radio.Station][]countedAppeal{}, 0
	}
	taken := c.taken[station]
	at := slices.IndexFunc(taken, func(a countedAppeal) bool { return a.id == id })
	switch {
	case at >= 0 && taken[at].journaled:
		return appealAgain
	case at >= 0:
		return appealBusy
	case len(taken) >= witness.MostAppeals, len(taken) > 0 && c.further+size > mostFurther:
		return appealTooMany
	}
	return appealFresh
}

// kept notes that an appeal is in the journal.
func (c *appealCounts) kept(epoch witness.Epoch, station radio.Station, id radio.RecordID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := c.find(epoch, station, id); at >= 0 {
		c.taken[station][at].journaled = true
	}
}

// giveBack takes back what was counted and then not journaled. If it was a station's first, the
// next one is that from then on.
func (c *appealCounts) giveBack(epoch witness.Epoch, station radio.Station, id radio.RecordID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.find(epoch, station, id)
	if at < 0 {
		return
	}
	list := c.taken[station]
	if len(list) == 1 {
		delete(c.taken, station)
		return
	}
	c.further -= list[max(at, 1)].size
	c.taken[station] = slices.Delete(list, at, at+1)
}

// find is where an appeal is counted that came in an epoch, below 0 if it is not.
func (c *appealCounts) find(epoch witness.Epoch, station radio.Station, id radio.RecordID) int {
	return slices.IndexFunc(c.taken[station], func(a countedAppeal) bool { return a.id == id && a.epoch == epoch })
}
