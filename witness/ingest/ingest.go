package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"hexspot/radio"
	"hexspot/witness"
)

// Journal keeps reports.
type Journal interface {
	// Keep returns nil when the report is durable.
	Keep(ctx context.Context, r Report) error
}

// Book is the log of record ids.
type Book interface {
	// Find gives the receipt of a record that is in the log.
	Find(r Report) (receipt witness.Receipt, known bool, err error)
	// Place puts records into the log and gives each one's receipt, the first one again
	// where a record is there already. When it returns nil they are on disk.
	Place(reports []Report) ([]witness.Receipt, error)
}

// Registry knows stations.
type Registry interface {
	// Known says whether a station has a site in an epoch, or one that begins with the next.
	Known(ctx context.Context, s radio.Station, epoch witness.Epoch) (bool, error)
}

// Config is which reports are taken.
type Config struct {
	Network  radio.Network
	Timing   witness.Timing
	Others   []radio.Network // whose records are refused as `network`; all others' as `signature`
	Keep     witness.Epoch   // epochs back whose records are taken; 0: DefaultKeep
	Rate     Rate            // zero: DefaultRate
	Registry Registry        // nil: every station may report
}

// DefaultKeep is how many epochs back records are taken: with epochs of a day, somewhat
// longer than stations keep them.
const DefaultKeep witness.Epoch = 32

// MaxOthers bounds Config.Others, each of which costs a signature to check.
const MaxOthers = 8

// Oldest is the first epoch whose records are taken at a time; the Book has its log.
func (c Config) Oldest(now witness.Millis) witness.Epoch {
	epoch := c.Timing.Epoch(c.Timing.SlotAt(now))
	return epoch - min(epoch, c.keep())
}

// keep is Keep with its default.
func (c Config) keep() witness.Epoch { return cmp.Or(c.Keep, DefaultKeep) }

// Ingest takes reports. It is safe for concurrent use.
type Ingest struct {
	config  Config
	journal Journal
	placer  placer
	pace    *pace
	quota   *quota
	hours   *hours
	turns   turns

	mu       sync.Mutex
	floor    witness.Millis         // no later report is stamped below
	pending  map[witness.Millis]int // stamps of reports that are on their way
	unplaced unplaced
	counts   Counts
}

// Counts are what became of reports since the start.
type Counts struct {
	Taken   int64 // new ones
	Again   int64 // got their first receipt again
	Failed  int64 // could not be kept, and were not answered
	Refused map[witness.RefusalReason]int64
}

// New makes an ingest.
func New(c Config, j Journal, b Book) (*Ingest, error) {
	if err := c.Timing.Validate(); err != nil {
		return nil, fmt.Errorf("ingest: %w", err)
	}
	if len(c.Others) > MaxOthers {
		return nil, fmt.Errorf("ingest: %d other networks, at most %d", len(c.Others), MaxOthers)
	}
	if c.Rate == (Rate{}) {
		c.Rate = DefaultRate
	}
	return &Ingest{
		config: c, journal: j, placer: placer{book: b}, pace: newPace(c.Rate), hours: newHours(c.Rate.Discoveries),
		quota:   newQuota(c.Timing, c.keep()),
		turns:   turns{busy: make(map[radio.RecordID]chan struct{})},
		pending: make(map[witness.Millis]int), unplaced: make(unplaced), counts: Counts{Refused: make(map[witness.RefusalReason]int64)},
	}, nil
}

// Answer is what the station is told: a receipt, to be signed, or a refusal.
type Answer struct {
	Receipt witness.Receipt
	Refusal *witness.Refusal // nil: it was taken
}

// Take takes one report. When it returns nil the report is kept, in the journal and in
// the log, or refused; after an error neither, and the station must not be answered.
func (i *Ingest) Take(ctx context.Context, m Message, now witness.Millis) (Answer, error) {
	now = i.begin(now)
	defer i.end(now)
	report, f, err := i.check(ctx, m, now)
	var receipt witness.Receipt
	if err == nil && f == nil {
		receipt, f, err = i.keep(ctx, report)
	}
	if err == nil && f != nil {
		i.count(func(c *Counts) { c.Refused[f.reason]++ })
		r := witness.RefusalOf(m.Payload, f.reason, f.cause.Error())
		return Answer{Refusal: &r}, nil
	}
	if err != nil {
		i.count(func(c *Counts) { c.Failed++ })
		return Answer{}, fmt.Errorf("taking a report of %v: %w", m.Station, err)
	}
	return Answer{Receipt: receipt}, nil
}

// keep journals and places a report that is new. The journal comes first: a receipt
// promises that the record is there. What is there already takes nothing of
// the hour and the quota.
func (i *Ingest) keep(ctx context.Context, r Report) (witness.Receipt, *fault, error) {
	if err := i.turns.take(ctx, r.ID); err != nil {
		return witness.Receipt{}, nil, err
	}
	defer i.turns.give(r.ID)
	receipt, known, err := i.placer.book.Find(r)
	if err != nil {
		return receipt, nil, err
	}
	if known {
		i.count(func(c *Counts) { c.Again++ })
		return receipt, nil, nil
	}
	if at, kept := i.reopen(r.ID); kept {
		defer i.end(at)
		r.Received = at
	} else if f, err := i.journalNew(ctx, r); f != nil || err != nil {
		return receipt, f, err
	}
	receipt, err = i.placer.place(r)
	if err == nil && receipt.Record != r.ID {
		err = errors.New("the log answered for another record")
	}
	i.settle(r, err)
	return receipt, nil, err
}

// journalNew keeps a report that is new, if the hour and the quota have room for it.
func (i *Ingest) journalNew(ctx context.Context, r Report) (*fault, error) {
	if r.Signed.Kind == radio.KindDiscovery && !i.hours.allow(r.Signed.Station, r.ID, r.Received) {
		return faultf(witness.RefusedRate, "%d discovery beacons within an hour: send it again later", i.config.Rate.Discoveries), nil
	}
	if !i.quota.take(r.Signed.Station, r.Own, r.Count) {
		return faultf(witness.RefusedQuota, "more of epoch %d than one station may report: %d observations", r.Own, i.quota.most), nil
	}
	err := i.journal.Keep(ctx, r)
	if err != nil {
		i.quota.giveBack(r.Signed.Station, r.Own, r.Count)
	}
	return nil, err
}

func (i *Ingest) count(change func(*Counts)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(&i.counts)
}

// Counts are the counts now.
func (i *Ingest) Counts() Counts {
	i.mu.Lock()
	defer i.mu.Unlock()
	c := i.counts
	c.Refused = make(map[witness.RefusalReason]int64, len(i.counts.Refused))
	for reason, n := range i.counts.Refused {
		c.Refused[reason] = n
	}
	return c
}
