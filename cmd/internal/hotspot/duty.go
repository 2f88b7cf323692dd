package hotspot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hexspot/gateway"
	"hexspot/gateway/spool"
	"hexspot/radio"
)

// dutyBook keeps on disk what the transmitter has spent of its duty cycle, so that a start
// does not begin with an hour that never was. At all times what is on disk, with the
// margin of a book that was not closed, is no less than what was spent: a frame that would
// go beyond the margin is written down before it is sent, and a sub-band is written anew
// when half its margin has been used, so that few frames wait for that. So an idle gateway
// writes at its start and stop, and one that sends as much as it may some 32 times an hour
// for a sub-band, or once a frame if frames are longer than half the margin. While the disk
// takes nothing frames go out all the same; a start that cannot write does not believe what
// it reads.
type dutyBook struct {
	transmitter *gateway.Transmitter
	notes       notes
	clock       func() time.Time // zero while the host's clock is not trusted
	log         *slog.Logger

	mu     sync.Mutex      // of what is below
	totals []time.Duration // of the sub-bands, as written
	at     time.Time       // when that was
	failed bool            // the disk takes nothing, which was told
}

// notes are what is kept under a name; spool.Spool is one.
type notes interface {
	Note(ctx context.Context, name string) ([]byte, bool, error)
	SetNote(ctx context.Context, name string, body []byte) error
}

const (
	dutyNoteName  = "duty cycle"
	dutyMargin    = 16 // of the limit: what may have been spent since the book was written
	dutyUnknown   = 2  // of the limit: what is taken as spent when nothing is known
	dutyLook      = time.Second
	dutyClockStep = time.Second // by which the host's clock was set since
	dutyWrite     = time.Second // that a frame waits for the disk, at most
)

// dutyNote is the book on disk.
type dutyNote struct {
	At    int64      `json:"at_ms"` // Unix; 0: the clock was not trusted
	Open  bool       `json:"open"`  // more may have been spent than is written
	Bands []dutyBand `json:"bands"`
}

// dutyBand is a sub-band of it.
type dutyBand struct {
	Name     string      `json:"name"`
	Low      radio.Hertz `json:"low_hz"`
	High     radio.Hertz `json:"high_hz"`
	Spent    [][2]int64  `json:"spent_ms"`              // how long ago each stretch ended, and how long it was
	Accepted int64       `json:"accepted_ms,omitempty"` // to come: ends nobody knows when
}

// restore has the transmitter go on where the one before has stopped.
func (d *dutyBook) restore(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.transmitter.Cover(d.cover)
	before, err := d.read(ctx)
	d.transmitter.Restore(before)
	if err != nil {
		level := slog.LevelWarn
		if errors.Is(err, errNoBook) { // a first start: nobody has to do anything
			level = slog.LevelInfo
		}
		d.log.Log(ctx, level, "what was sent in the hour before is not known: half of each duty cycle is taken as used", "error", err)
		d.transmitter.Restore(unknownHour(d.transmitter))
	}
	if d.write(ctx, true); d.failed && err == nil {
		d.transmitter.Restore(unknownHour(d.transmitter)) // what was read may be from before the disk failed
	}
}

// unknownHour is what is lacking to half of each limit, as spent just now. All of it would
// keep a gateway silent for an hour after each start.
func unknownHour(t *gateway.Transmitter) []gateway.Spending {
	before := t.Spending()
	for i, b := range before {
		known := time.Duration(0)
		for _, s := range b.Spent {
			known += s.Length
		}
		before[i].Spent = []gateway.Spent{{Ago: 0, Length: b.Max/dutyUnknown - known}}
	}
	return before
}

// errNoBook says that nothing was written before: by a first start, an earlier version, or
// in a spool that was damaged.
var errNoBook = errors.New("no duty cycle is on disk")

// read gives what is on disk.
func (d *dutyBook) read(ctx context.Context) ([]gateway.Spending, error) {
	text, ok, err := d.notes.Note(ctx, dutyNoteName)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNoBook
	}
	var note dutyNote
	if err := json.Unmarshal(text, &note); err != nil {
		return nil, fmt.Errorf("the note of the duty cycle: %w", err)
	}
	return note.spending(d.clock(), d.transmitter.Spending()), nil
}

// spending is what was spent as of now. Without two times of a trusted clock, or with the
// later one first, no time has passed.
func (n dutyNote) spending(now time.Time, limits []gateway.Spending) (before []gateway.Spending) {
	elapsed := time.Duration(0)
	if n.At > 0 && !now.IsZero() {
		elapsed = max(0, now.Sub(time.UnixMilli(n.At)))
	}
	for _, b := range n.Bands {
		s := gateway.Spending{Name: b.Name, Range: radio.Range{Min: b.Low, Max: b.High}, Accepted: millis(b.Accepted)}
		for _, stretch := range b.Spent {
			s.Spent = append(s.Spent, gateway.Spent{Ago: millis(stretch[0]) + elapsed, Length: millis(stretch[1])})
		}
		before = append(before, s)
	}
	if n.Open {
		for i := range limits {
			limits[i].Spent = []gateway.Spent{{Ago: 0, Length: limits[i].Max / dutyMargin}}
		}
		before = append(before, limits...)
	}
	return before
}

// millis is a time on disk. What is longer ago than two hours is of no use, nor is any
// stretch so long.
func millis(n int64) time.Duration {
	return time.Duration(min(max(n, 0), 2*time.Hour.Milliseconds())) * time.Millisecond
}

// run writes the book when there is reason to, until ctx ends, and closes it.
func (d *dutyBook) run(ctx context.Context) error {
	ticker := time.NewTicker(dutyLook)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			d.look(ctx, now)
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
			defer cancel()
			d.mu.Lock()
			defer d.mu.Unlock()
			d.write(ctx, false)
			return nil
		}
	}
}

func (d *dutyBook) look(ctx context.Context, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.due(now) {
		d.write(ctx, true)
	}
}

// cover is called before a frame is sent, and writes the book if that would go beyond what
// it covers. A disk that fails is left to run: it would keep every frame waiting.
func (d *dutyBook) cover(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failed || !d.used(1) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dutyWrite)
	defer cancel()
	d.write(ctx, true)
}

// due says whether half the margin of a sub-band is used, or the clock was set.
func (d *dutyBook) due(now time.Time) bool {
	switch {
	case d.failed:
		return now.Sub(d.at) >= lookPause
	case (now.Round(0).Sub(d.at.Round(0)) - now.Sub(d.at)).Abs() > dutyClockStep:
		return true
	}
	return d.used(2)
}

// used says whether more than that part of the margin of a sub-band is used.
func (d *dutyBook) used(part time.Duration) bool {
	for i, s := range d.transmitter.Spending() {
		if s.Total-d.totals[i] > s.Max/(part*dutyMargin) {
			return true
		}
	}
	return false
}

// write writes the book; what the disk does not take is tried again.
func (d *dutyBook) write(ctx context.Context, open bool) {
	note := dutyNote{Open: open}
	if at := d.clock(); !at.IsZero() {
		note.At = at.UnixMilli()
	}
	d.at, d.totals = time.Now(), d.totals[:0]
	for _, s := range d.transmitter.Spending() {
		d.totals = append(d.totals, s.Total)
		b := dutyBand{Name: s.Name, Low: s.Range.Min, High: s.Range.Max, Accepted: roundedUp(s.Accepted)}
		for _, stretch := range s.Spent {
			b.Spent = append(b.Spent, [2]int64{stretch.Ago.Milliseconds(), roundedUp(stretch.Length)})
		}
		note.Bands = append(note.Bands, b)
	}
	text, err := json.Marshal(note)
	if err == nil {
		err = d.notes.SetNote(ctx, dutyNoteName, text)
	}
	if err != nil && !d.failed {
		d.log.Warn("the duty cycle cannot be written down, will try again", "error", err)
	}
	d.failed = err != nil
}

// roundedUp is in milliseconds.
func roundedUp(d time.Duration) int64 { return (d + time.Millisecond - 1).Milliseconds() }

// dutyBook is the transmitter's, with what was spent before; nil: none can be kept, or
// nothing is sent. A hotspot that was not told of a disk at all has no past.
func (h *Hotspot) dutyBook(ctx context.Context, disk *spool.Spool) *dutyBook {
	switch {
	case h.transmitter == nil:
		return nil
	case disk != nil:
		d := &dutyBook{transmitter: h.transmitter, notes: disk, clock: trustedNow, log: h.parts.Log}
		d.restore(ctx)
		return d
	case h.parts.Spool.Path != "":
		h.parts.Log.Warn("without a spool what was sent in the hour before is not known: half of each duty cycle is taken as used")
		h.transmitter.Restore(unknownHour(h.transmitter))
	}
	return nil
}
