package network

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"hexspot/cmd/internal/verify"
	"hexspot/hardware/keys"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
	"hexspot/witness/chaindir"
)

// Terms are what a network never changes: which one it is, and its timing. They are kept in
// the book when proof of coverage first opens it.
type Terms struct {
	Network radio.Network
	Timing  witness.Timing
}

// ErrNoTerms says that neither a book nor an anchor says what network it is.
var ErrNoTerms = errors.New("neither the book nor an anchor says which network this is, or its timing")

// Terms are those that a book keeps; of a book that has none yet, those that the newest anchor
// in the directory states.
func (d Data) Terms(ctx context.Context, book *store.Book) (Terms, error) {
	kept, ok, err := book.Terms(ctx)
	if err != nil {
		return Terms{}, err
	}
	if !ok {
		return d.anchored()
	}
	timing, err := parseTiming(kept.Timing)
	return Terms{kept.Network, timing}, err
}

// Network is which network the directory is of: that of the key, if it is here, or else what
// the directory's book or its newest anchor says. Unlike a start of the network it makes no key.
func (d Data) Network(ctx context.Context) (radio.Network, error) {
	key, err := keys.Load(d.path(keyFile))
	if err == nil {
		return key.Station().Network(), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return radio.Network{}, fmt.Errorf("the network key: %w", err)
	}
	terms, err := d.ownTerms(ctx)
	return terms.Network, err
}

func (d Data) ownTerms(ctx context.Context) (Terms, error) {
	book, err := d.BookThere(ctx, "")
	if errors.Is(err, store.ErrNoBook) {
		return d.anchored()
	}
	if err != nil {
		return Terms{}, err
	}
	terms, err := d.Terms(ctx, book)
	return terms, errors.Join(err, book.Close())
}

// anchored is what the newest anchor of the directory says: one of the running chains, or of
// a verified epoch.
func (d Data) anchored() (Terms, error) {
	if _, err := os.Stat(d.path(chainsDir)); err == nil {
		terms, err := d.chained()
		if !errors.Is(err, ErrNoTerms) {
			return terms, err
		}
	}
	return results(d.path(verdictsDir)).terms()
}

// chained is what the newest chain of entropy says.
func (d Data) chained() (Terms, error) {
	chains, err := chaindir.Open(d.path(chainsDir))
	if err != nil {
		return Terms{}, err
	}
	list, err := chains.Keys()
	if err != nil {
		return Terms{}, err
	}
	for _, k := range slices.Backward(list) {
		c, err := chains.Read(k)
		if err == nil && c.Anchor != nil {
			return termsOf(*c.Anchor)
		}
	}
	return Terms{}, ErrNoTerms
}

// terms are what the anchors of the newest result say.
func (r results) terms() (Terms, error) {
	list, err := r.epochs()
	for _, epoch := range slices.Backward(list) {
		result, err := verify.Open(r.path(epoch))
		if err != nil {
			continue
		}
		if anchors, _, err := result.Entropy(); err == nil && len(anchors) > 0 {
			return termsOf(anchors[0])
		}
	}
	return Terms{}, errors.Join(ErrNoTerms, err)
}

// VerifiedTerms are those of the newest of the verified epochs that have directories in one.
func VerifiedTerms(dir string) (Terms, error) { return results(dir).terms() }

// termsOf are those of an anchor, whose signer says which network it is of.
func termsOf(signed radio.Signed) (Terms, error) {
	id := signed.Station.Network()
	anchor, err := witness.OpenAnchor(signed, id)
	return Terms{id, anchor.Timing}, err
}

// settle keeps the terms of a network in its book, or refuses a book of others. Of a book
// without terms the anchors of the directory say what they were, if they are the network's.
func (d Data) settle(ctx context.Context, book *store.Book, mine Terms) error {
	_, settled, err := book.Terms(ctx)
	if err != nil {
		return err
	}
	was, err := d.Terms(ctx, book)
	switch {
	case errors.Is(err, ErrNoTerms):
	case err != nil:
		return err
	case was.Network != mine.Network && settled:
		return fmt.Errorf("the book is of network %v, and the network key is that of %v: set coverage.book to another one", was.Network, mine.Network)
	case was.Network != mine.Network:
	case was.Timing != mine.Timing:
		return fmt.Errorf("the network has the timing %s, which never changes: set coverage.timing as it was (%s)", timingText(was.Timing), timingName(was.Timing))
	}
	return book.Settle(ctx, mine.Network, timingText(mine.Timing))
}

// CheckNetwork is a fault if a book is of another network than one: what it keeps would not verify there. The URL is
// as in Book: the directory's own book is of the network whose key is here, also before it has run.
func (d Data) CheckNetwork(ctx context.Context, book *store.Book, url string, id radio.Network) error {
	kept, settled, err := book.Terms(ctx)
	if err != nil {
		return err
	}
	is := kept.Network
	if !settled {
		key, err := keys.Load(d.path(keyFile))
		if url != "" || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the network key: %w", err)
		}
		is = key.Station().Network()
	}
	if is != id {
		return fmt.Errorf("the book is of network %v, not of %v: name the other network's book with --book, or leave --network out", is, id)
	}
	return nil
}

// timingText is a timing as a book keeps it.
func timingText(t witness.Timing) string {
	text, _ := json.Marshal(timingJSON(t)) // numbers only
	return string(text)
}

func parseTiming(text string) (witness.Timing, error) {
	var t timingJSON
	in := json.NewDecoder(bytes.NewReader([]byte(text)))
	in.DisallowUnknownFields()
	err := in.Decode(&t)
	if err == nil {
		err = witness.Timing(t).Validate()
	}
	if err != nil {
		return witness.Timing{}, fmt.Errorf("the timing in the book: %w", err)
	}
	return witness.Timing(t), nil
}

// timingName is the row of the protocol's table that a timing is, or says that it is none.
func timingName(t witness.Timing) string {
	for _, name := range timings {
		if s, err := witness.ScheduleNamed(name); err == nil && s.Timing == t {
			return name
		}
	}
	return "none of the table"
}

// timings are the rows of the protocol's table.
var timings = [...]string{"default", "demo"}

// scheduleOf adds what a timing does not say, how early anchors are published: as configured,
// as the table has it, or an epoch.
func (c CoverageConfig) scheduleOf(t witness.Timing) witness.Schedule {
	if s, err := c.schedule(); err == nil && s.Timing == t {
		return s
	}
	if s, err := witness.ScheduleNamed(timingName(t)); err == nil {
		return s
	}
	return witness.Schedule{Timing: t, AnchorAhead: witness.Millis(t.EpochSlots) * t.Slot}
}

// beginEvery is how often it is looked for an epoch that has begun.
const beginEvery = time.Second

// begin tells the book of every epoch that begins, so that no change of a site begins in it
// any more, until ctx ends.
func (v *proving) begin(ctx context.Context) error {
	ticker := time.NewTicker(beginEvery)
	defer ticker.Stop()
	failing := false
	for noted := witness.Epoch(0); ; {
		running := v.schedule.Epoch(v.schedule.SlotAt(v.now()))
		if running > noted {
			err := v.registry.Begin(ctx, uint64(running))
			if err == nil {
				noted = running
			} else if !failing && ctx.Err() == nil {
				v.log.Error("the book does not know that an epoch has begun, trying again", "epoch", running, "error", err)
			}
			failing = err != nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}
