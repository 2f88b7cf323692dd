package network

import (
	"context"
	"errors"
	"slices"
	"time"

	"hexspot/internal/journal"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/chaindir"
)

// bookPatience is how long the book may take to say how far a chain is: values are due each
// slot, whatever it does.
const bookPatience = time.Second

// journalReader reads the log of a journal.
type journalReader interface {
	Read(ctx context.Context, q journal.Query, each func(journal.Record) error) error
}

// revealed tells the book how far a chain is, by which other instances know that somebody has
// its seed, and looks for a newer revision of another one.
func (e *entropy) revealed(ctx context.Context, v witness.Value) (witness.PublisherEvent, error) {
	key := e.chainOf(v)
	within, cancel := context.WithTimeout(ctx, bookPatience)
	defer cancel()
	if err := e.claims.Revealed(within, uint64(key.To), key.Revision, uint64(v.Slot)); err != nil {
		return nil, err
	}
	replaced, err := e.newer(ctx, key, v.Slot)
	if err != nil || replaced == nil {
		return nil, err
	}
	return *replaced, nil
}

// newer is the newest revision that another instance has to the end of a chain of this one,
// nil if there is none.
func (e *entropy) newer(ctx context.Context, own chaindir.Key, now witness.Slot) (*witness.ChainReplaced, error) {
	claims, err := e.claimsTo(ctx, own)
	if err != nil {
		return nil, err
	}
	e.asked = now
	if len(claims) == 0 || claims[len(claims)-1].Revision <= own.Revision {
		return nil, nil
	}
	last := claims[len(claims)-1]
	r := witness.ChainReplaced{From: witness.Slot(last.From), To: own.To, Revision: last.Revision}
	kept, err := e.chains.Read(chaindir.Key{To: r.To, Revision: r.Revision})
	if err != nil || kept.Seed != nil { // this one's own
		return nil, err
	}
	if e.replaced != r {
		e.log.Warn("another instance has begun the next revision of a chain of entropy: this one reveals its own up to there", "to", r.To, "revision", r.Revision, "from", r.From)
	}
	e.replaced = r
	return &r, nil
}

func (e *entropy) claimsTo(ctx context.Context, k chaindir.Key) ([]store.Claim, error) {
	ctx, cancel := context.WithTimeout(ctx, bookPatience)
	defer cancel()
	return e.claims.Claims(ctx, uint64(k.To), k.Revision)
}

// watch says how far a chain is that another instance has. When it is taken for lost, what the
// journal has of it is published as it would be if this one had lost its seed.
func (e *entropy) watch(ctx context.Context, a witness.WatchChain) (witness.PublisherEvent, error) {
	claims, err := e.claimsTo(ctx, chaindir.Key{To: a.To, Revision: a.Revision})
	if err != nil {
		return nil, err
	}
	if len(claims) == 1 && claims[0].From == 0 && claims[0].Revealed == 0 {
		return nil, nil // an instance of before these were noted may live
	}
	seen := witness.ChainWatched{To: a.To, Revision: a.Revision}
	seen.Nobody = len(claims) == 0 || claims[0].Revision != a.Revision || claims[0].X0 == a.X0
	for _, c := range claims {
		seen.Revealed = max(seen.Revealed, witness.Slot(c.Revealed))
	}
	return seen, nil
}

// abandoned tells that a chain is given up that another instance had, and has it recalled.
func (e *entropy) abandoned(ctx context.Context, seen witness.ChainWatched) {
	e.log.Warn("nobody reveals a chain of entropy any more: its seed is lost, or the instance that had it has ended. The next revision is begun; the slots until then have no entropy",
		"to", seen.To, "revision", seen.Revision, "last_revealed", seen.Revealed)
	e.recalls.add(ctx, e.recalling(chaindir.Key{To: seen.To, Revision: seen.Revision}))
}

// givenUp is a chain for which the journal had no answer, and when it is asked again.
type givenUp struct {
	key   chaindir.Key
	again witness.Millis
}

// recallPause is how many slots it is to the next try: one may read all of the log.
const recallPause = 4

// recallAgain has chains recalled whose time has come.
func (e *entropy) recallAgain(ctx context.Context, now witness.Millis) {
	e.given = slices.DeleteFunc(e.given, func(g givenUp) bool {
		due := g.again <= now
		if due {
			e.recalls.add(ctx, e.recalling(g.key))
		}
		return due
	})
}

// recalling is the work of recalling a chain. The publisher is told what is left of it.
func (e *entropy) recalling(k chaindir.Key) work {
	return func(ctx context.Context) conclusion {
		found, err := e.recall(ctx, k)
		return func(ctx context.Context) error {
			if err != nil && e.now() < e.schedule.Start(k.To) {
				e.given = append(e.given, givenUp{k, e.now() + recallPause*e.schedule.Slot})
			}
			if err != nil || found == nil {
				return err
			}
			next, err := e.tell(ctx, *found)
			return errors.Join(err, e.do(ctx, next))
		}
	}
}

// recall finds a chain in the log of the journal, nil if it is not there.
func (e *entropy) recall(ctx context.Context, k chaindir.Key) (*witness.ChainRecalled, error) {
	if e.earlier == nil {
		return nil, nil
	}
	first, _ := e.schedule.Slots(e.schedule.Epoch(k.To - 1))
	query := journal.Query{
		Since:    (e.schedule.Start(first) - e.schedule.AnchorAhead).Time().Add(-margin),
		Subjects: []string{"rec." + string(radio.KindAnchor) + ".*", "rec.value.*"},
	}
	r := recollection{key: k, network: e.network}
	if err := e.earlier.Read(ctx, query, r.take); err != nil || r.found == nil {
		return nil, err
	}
	return r.found, e.keepRecalled(k, *r.found)
}

// keepRecalled keeps it for the next start, as of a chain whose seed is lost.
func (e *entropy) keepRecalled(k chaindir.Key, c witness.ChainRecalled) error {
	if err := e.chains.Remove(k); err != nil { // its own seed is not that of this anchor
		return err
	}
	return e.chains.KeepAnchor(k, c.Journaled, c.Signed)
}

// recollection looks for a chain among anchors and values, which are journaled after them.
type recollection struct {
	key     chaindir.Key
	network radio.Network
	trail   *witness.Trail
	found   *witness.ChainRecalled
}

func (r *recollection) take(record journal.Record) error {
	at, ok := stampOf(record.Data)
	if !ok {
		return nil
	}
	if values, err := witness.ParseValues(record.Data[stampSize:]); err == nil && len(values) == 1 {
		r.value(values[0])
		return nil
	}
	if signed, err := radio.ParseSigned(record.Data[stampSize:]); err == nil && r.found == nil {
		r.anchor(at, signed)
	}
	return nil
}

// anchor takes the first one with that end and revision.
func (r *recollection) anchor(at witness.Millis, signed radio.Signed) {
	a, err := witness.OpenAnchor(signed, r.network)
	if err != nil || a.To != r.key.To || a.Revision != r.key.Revision {
		return
	}
	r.trail = witness.NewTrail(r.network, a)
	r.found = &witness.ChainRecalled{Anchor: a, Signed: signed, Journaled: at}
}

// value takes one that leads to the anchor, and is newer.
func (r *recollection) value(v witness.Value) {
	if r.found == nil || v.Revision != r.key.Revision || !r.found.Anchor.Covers(v.Slot) || r.trail.Learn(v.Slot, v.Entropy) != nil {
		return
	}
	if r.found.Last == nil || r.found.Last.Slot < v.Slot {
		r.found.Last = &v
	}
}
