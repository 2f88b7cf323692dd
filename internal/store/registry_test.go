package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"hexspot/coverage"
	"hexspot/radio"
)

type fatal interface{ Fatal(...any) }

func station(t fatal, seed byte) radio.Station {
	s, err := radio.StationOf(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)).Public())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func site(t fatal, owner byte, cell string) coverage.Site {
	h, err := coverage.ParseHex(cell)
	if err != nil {
		t.Fatal(err)
	}
	s, err := coverage.NewSite(coverage.Account{owner}, h, -120, 50, "EU868")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	home  = "8c1f9ed938c4bff"
	other = "8b2a10721270fff"
)

var signed = []byte("with signatures")

// pure is coverage.Registry as a Registry: what the books are held against.
type pure struct {
	*coverage.Registry
	signed map[radio.Station][][]byte
}

func newPure() pure { return pure{coverage.NewRegistry(), map[radio.Station][][]byte{}} }

func (p pure) Apply(_ context.Context, c coverage.Change, epoch uint64, signed []byte) error {
	err := p.Registry.Apply(c, epoch)
	if err == nil {
		p.signed[c.Station] = append(p.signed[c.Station], signed)
	}
	return err
}

func (p pure) NextNonce(_ context.Context, s radio.Station) (uint64, error) {
	return p.Registry.NextNonce(s), nil
}

func (p pure) Site(_ context.Context, s radio.Station, epoch uint64) (coverage.Site, bool, error) {
	site, ok := p.Registry.Site(s, epoch)
	return site, ok, nil
}

func (p pure) History(_ context.Context, s radio.Station) ([]Record, error) {
	var all []Record
	for i, e := range p.Registry.History(s) {
		all = append(all, Record{e, p.signed[s][i]})
	}
	return all, nil
}

func (p pure) Snapshot(_ context.Context, epoch uint64) iter.Seq2[coverage.Listing, error] {
	return func(yield func(coverage.Listing, error) bool) {
		for _, l := range p.Registry.Snapshot(epoch) {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// conforms are the tests of everything that is a Registry.
func conforms(t *testing.T, open func(testing.TB) Registry) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Registry)
	}{
		{"empty", testEmpty}, {"applies", testApplies}, {"refuses", testRefuses}, {"hands on", testHandsOn}, {"snapshots", testSnapshots},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func TestPureConforms(t *testing.T) {
	conforms(t, func(testing.TB) Registry { return newPure() })
}

func testBooksConform(t *testing.T, e engineCase) {
	conforms(t, func(t testing.TB) Registry { return e.open(t) })
}

func testEmpty(t *testing.T, r Registry) {
	s := station(t, 1)
	if n, err := r.NextNonce(t.Context(), s); n != 0 || err != nil {
		t.Error(n, err)
	}
	if site, ok, err := r.Site(t.Context(), s, 1<<64-1); ok || err != nil {
		t.Error(site, ok, err)
	}
	if h, err := r.History(t.Context(), s); len(h) != 0 || err != nil {
		t.Error(h, err)
	}
	if l := listings(t, r, 1<<64-1); len(l) != 0 {
		t.Error(l)
	}
}

func apply(t *testing.T, r Registry, c coverage.Change, epoch uint64) {
	t.Helper()
	if err := r.Apply(t.Context(), c, epoch, signed); err != nil {
		t.Fatal(err)
	}
}

func testApplies(t *testing.T, r Registry) {
	s, first, second, third := station(t, 1), site(t, 1, home), site(t, 1, other), site(t, 1, home)
	second.DataOnly, third.Plan, third.Loss = true, "US915_1", 0
	apply(t, r, coverage.Change{Station: s, By: first.Owner, Site: first}, 10)
	apply(t, r, coverage.Change{Station: s, Nonce: 1, By: first.Owner, Site: second}, 12)
	apply(t, r, coverage.Change{Station: s, Nonce: 2, By: first.Owner, Site: third}, 12)
	for epoch, want := range map[uint64]coverage.Site{11: first, 12: first, 13: third, 1 << 63: third} {
		if got, ok, err := r.Site(t.Context(), s, epoch); got != want || !ok || err != nil {
			t.Errorf("epoch %d: %+v, %v, %v", epoch, got, ok, err)
		}
	}
	if got, ok, err := r.Site(t.Context(), s, 10); ok || err != nil {
		t.Errorf("epoch 10: %+v, %v", got, err)
	}
	want := []Record{
		{coverage.Entry{From: 11, Nonce: 0, Site: first}, signed},
		{coverage.Entry{From: 13, Nonce: 1, Site: second}, signed},
		{coverage.Entry{From: 13, Nonce: 2, Site: third}, signed},
	}
	if got, err := r.History(t.Context(), s); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if n, err := r.NextNonce(t.Context(), s); n != 3 || err != nil {
		t.Error(n, err)
	}
}

func testRefuses(t *testing.T, r Registry) {
	s, good := station(t, 1), site(t, 1, home)
	apply(t, r, coverage.Change{Station: s, By: good.Owner, Site: good}, 10)
	bad, high := good, good
	bad.Plan, high.Gain = "'; DROP TABLE site; --", 1<<31-1
	for name, c := range map[string]struct {
		change coverage.Change
		epoch  uint64
		want   error
	}{
		"nonce again":      {coverage.Change{Station: s, By: good.Owner, Site: good}, 10, coverage.ErrNonce},
		"the last nonce":   {coverage.Change{Station: s, Nonce: 1<<64 - 1, By: good.Owner, Site: good}, 10, coverage.ErrNonce},
		"a stranger":       {coverage.Change{Station: s, Nonce: 1, By: coverage.Account{2}, Site: good}, 10, coverage.ErrNotOwner},
		"an epoch back":    {coverage.Change{Station: s, Nonce: 1, By: good.Owner, Site: good}, 9, nil},
		"the last epoch":   {coverage.Change{Station: s, Nonce: 1, By: good.Owner, Site: good}, 1<<64 - 1, nil},
		"the 2^40th epoch": {coverage.Change{Station: s, Nonce: 1, By: good.Owner, Site: good}, 1<<40 - 1, nil},
		"no station":       {coverage.Change{By: good.Owner, Site: good}, 10, nil},
		"no site":          {coverage.Change{Station: s, Nonce: 1, By: good.Owner}, 10, nil},
		"a hostile plan":   {coverage.Change{Station: s, Nonce: 1, By: good.Owner, Site: bad}, 10, nil},
		"a great gain":     {coverage.Change{Station: s, Nonce: 1, By: good.Owner, Site: high}, 10, nil},
	} {
		err := r.Apply(t.Context(), c.change, c.epoch, signed)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h, err := r.History(t.Context(), s); len(h) != 1 || err != nil {
		t.Errorf("a refused change left %+v, %v", h, err)
	}
}

func testHandsOn(t *testing.T, r Registry) {
	s, mine, theirs := station(t, 1), site(t, 1, home), site(t, 2, home)
	apply(t, r, coverage.Change{Station: s, By: mine.Owner, Site: mine}, 10)
	apply(t, r, coverage.Change{Station: s, Nonce: 1, By: mine.Owner, Site: theirs}, 10)
	if err := r.Apply(t.Context(), coverage.Change{Station: s, Nonce: 2, By: mine.Owner, Site: mine}, 10, signed); !errors.Is(err, coverage.ErrNotOwner) {
		t.Errorf("the owner before: %v", err)
	}
	apply(t, r, coverage.Change{Station: s, Nonce: 2, By: theirs.Owner, Site: theirs}, 10)
}

func testSnapshots(t *testing.T, r Registry) {
	for seed := byte(1); seed <= 20; seed++ {
		apply(t, r, coverage.Change{Station: station(t, seed), By: coverage.Account{seed}, Site: site(t, seed, home)}, uint64(seed))
	}
	for epoch, want := range map[uint64]int{0: 0, 1: 0, 2: 1, 12: 11, 21: 20, 1<<64 - 1: 20} {
		if l := listings(t, r, epoch); len(l) != want {
			t.Errorf("epoch %d: %d listings, want %d", epoch, len(l), want)
		}
	}
	for range r.Snapshot(t.Context(), 99) {
		break // no harm is done
	}
	apply(t, r, coverage.Change{Station: station(t, 1), Nonce: 1, By: coverage.Account{1}, Site: site(t, 1, other)}, 30)
}

func listings(t fatal, r Registry, epoch uint64) []coverage.Listing {
	var all []coverage.Listing
	for l, err := range r.Snapshot(context.Background(), epoch) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// Any changes: the books and the pure registry say the same to each, and hold the
// same in the end, to the byte of the bundle's file.
func testBooksAreTheRegistry(t *testing.T, e engineCase) {
	book := e.open(t)
	rapid.Check(t, func(t *rapid.T) {
		if _, err := book.write.Exec("DELETE FROM site"); err != nil {
			t.Fatal(err)
		}
		want, epoch := newPure(), uint64(5)
		for i := range rapid.IntRange(1, 25).Draw(t, "changes") {
			c := drawChange(t, want)
			epoch += rapid.Uint64Range(0, 2).Draw(t, "epochs")
			at := epoch - rapid.Uint64Range(0, 1).Draw(t, "back")
			text := []byte{byte(i), 0, 255}
			wantErr, err := want.Apply(t.Context(), c, at, text), book.Apply(t.Context(), c, at, text)
			if fmt.Sprint(wantErr) != strings.TrimPrefix(fmt.Sprint(err), "registry: ") {
				t.Fatalf("%+v: %v, want %v", c, err, wantErr)
			}
		}
		compare(t, book, want, epoch)
		comparePages(t, book, epoch)
	})
}

// comparePages wants pages of any size to be the snapshots and histories.
func comparePages(t *rapid.T, b *Book, last uint64) {
	most := rapid.IntRange(1, 4).Draw(t, "most")
	known := 0
	for epoch := range last + 3 {
		var pages []coverage.Listing
		var at radio.Station
		for more := true; more; {
			p, err := b.Page(t.Context(), epoch, at, most)
			if err != nil || len(p.Listings) > most {
				t.Fatalf("%d listings, %v", len(p.Listings), err)
			}
			if at, more = p.Last, p.More; len(p.Listings) > 0 {
				pages = append(pages, p.Listings...)
			}
		}
		if whole := listings(t, b, epoch); !reflect.DeepEqual(pages, whole) {
			t.Fatalf("epoch %d: %+v\nwant\n%+v", epoch, pages, whole)
		}
		known = len(pages)
	}
	if n, err := b.Stations(t.Context()); err != nil || n != uint64(known) {
		t.Fatalf("%d stations, %v, want %d", n, err, known)
	}
	s, from := station(t, 1), rapid.IntRange(0, 3).Draw(t, "from")
	all, err := b.History(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	part, err := b.Changes(t.Context(), s, uint64(from), most)
	want := all[min(from, len(all)):min(from+most, len(all))]
	if err != nil || len(part) != len(want) || len(want) > 0 && !reflect.DeepEqual(part, want) {
		t.Fatalf("changes from %d: %+v, %v, want %+v", from, part, err, want)
	}
}

func drawChange(t *rapid.T, r pure) coverage.Change {
	s := station(t, rapid.ByteRange(1, 3).Draw(t, "station"))
	where := site(t, rapid.ByteRange(1, 2).Draw(t, "owner"), rapid.SampledFrom([]string{home, other}).Draw(t, "cell"))
	where.DataOnly = rapid.Bool().Draw(t, "data-only")
	where.Gain = radio.DB(rapid.Int32Range(-32_768, 32_768).Draw(t, "gain"))
	where.Plan = rapid.SampledFrom([]string{"EU868", "US915_1", "eu868"}).Draw(t, "plan")
	nonce := r.Registry.NextNonce(s)
	if rapid.IntRange(0, 4).Draw(t, "another nonce") == 0 {
		nonce = rapid.Uint64Range(0, 3).Draw(t, "nonce")
	}
	return coverage.Change{Station: s, Nonce: nonce, By: coverage.Account{rapid.ByteRange(1, 2).Draw(t, "by")}, Site: where}
}

func compare(t *rapid.T, got, want Registry, last uint64) {
	for seed := byte(1); seed <= 3; seed++ {
		s := station(t, seed)
		a, err1 := got.History(t.Context(), s)
		b, err2 := want.History(t.Context(), s)
		if err1 != nil || err2 != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%v: %+v, want %+v, %v %v", s, a, b, err1, err2)
		}
		n, err := got.NextNonce(t.Context(), s)
		if m, _ := want.NextNonce(t.Context(), s); n != m || err != nil {
			t.Fatalf("%v: nonce %d, want %d, %v", s, n, m, err)
		}
	}
	for epoch := range last + 3 {
		a, b := file(t, got, epoch), file(t, want, epoch)
		if !bytes.Equal(a, b) {
			t.Fatalf("epoch %d:\n%s\nwant\n%s", epoch, a, b)
		}
		for _, l := range listings(t, want, epoch) {
			if s, ok, err := got.Site(t.Context(), l.Station, epoch); !ok || err != nil || s != l.Site {
				t.Fatalf("epoch %d: %+v, %v, %v", epoch, s, ok, err)
			}
		}
	}
}

func file(t fatal, r Registry, epoch uint64) []byte {
	var b bytes.Buffer
	if err := coverage.WriteSnapshot(&b, radio.Network{}, epoch, r.Snapshot(context.Background(), epoch)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Of changes that come at once with one nonce, through several connections and
// processes, one is accepted and the others are told why.
func testOneOfManyIsAccepted(t *testing.T, e engineCase) {
	url := e.url(t)
	books := []*Book{open(t, url), open(t, url)}
	s, errs := station(t, 1), make([]error, 16)
	for nonce := range uint64(5) {
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				c := coverage.Change{Station: s, Nonce: nonce, By: coverage.Account{1}, Site: site(t, 1, home)}
				errs[i] = books[i%2].Apply(context.Background(), c, 10, []byte{byte(i)})
			})
		}
		all.Wait()
		accepted := 0
		for _, err := range errs {
			if err == nil {
				accepted++
			} else if !errors.Is(err, coverage.ErrNonce) {
				t.Error(err)
			}
		}
		if accepted != 1 {
			t.Errorf("nonce %d: %d were accepted", nonce, accepted)
		}
	}
	if h, err := books[1].History(t.Context(), s); err != nil || len(h) != 5 {
		t.Errorf("%d entries, %v", len(h), err)
	}
}

// What is applied while a snapshot is read is not in it.
func testSnapshotIsOneState(t *testing.T, e engineCase) {
	url := e.url(t)
	b, others := open(t, url), open(t, url)
	for seed := byte(1); seed <= 30; seed++ {
		apply(t, b, coverage.Change{Station: station(t, seed), By: coverage.Account{seed}, Site: site(t, seed, home)}, 1)
	}
	n := 0
	for l, err := range b.Snapshot(t.Context(), 2) {
		if err != nil || l.Nonce != 0 {
			t.Fatal(l, err)
		}
		if n++; n == 1 {
			for seed := byte(1); seed <= 40; seed++ {
				nonce := uint64(1)
				if seed > 30 {
					nonce = 0
				}
				apply(t, others, coverage.Change{Station: station(t, seed), Nonce: nonce, By: coverage.Account{seed}, Site: site(t, seed, other)}, 1)
			}
		}
	}
	if n != 30 || len(listings(t, b, 2)) != 40 {
		t.Errorf("%d listings, then %d", n, len(listings(t, b, 2)))
	}
}

func testBooksOutliveTheProcess(t *testing.T, e engineCase) {
	url, s := e.url(t), station(t, 1)
	first, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	apply(t, first, coverage.Change{Station: s, By: coverage.Account{1}, Site: site(t, 1, home)}, 10)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if h, err := open(t, url).History(t.Context(), s); err != nil || len(h) != 1 || h[0].Site != site(t, 1, home) {
		t.Errorf("%+v, %v", h, err)
	}
}

// Rows that somebody else wrote are found when they are read, not believed.
func testForeignRows(t *testing.T, e engineCase) {
	b, s := e.open(t), station(t, 1)
	apply(t, b, coverage.Change{Station: s, By: coverage.Account{1}, Site: site(t, 1, home)}, 10)
	for _, set := range []string{"cell = 7", "plan = 'XX'", "x = x + 9"} {
		tx, err := b.write.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("UPDATE site SET " + set); err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{selectLast, selectHistory} {
			if r, found, err := one(rows(t.Context(), tx, query, s.Bytes())); found || !errors.Is(err, errRow) {
				t.Errorf("%s: %+v, %v", set, r, err)
			}
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	for _, set := range []string{"loss = -1", "gain = 40000", "from_epoch = 0", "nonce = -1", "owner = signed", "station = signed"} {
		if _, err := b.write.Exec("UPDATE site SET " + set); err == nil {
			t.Errorf("the table takes %s", set)
		}
	}
}

func TestApplyBoundsWhatIsSigned(t *testing.T) {
	b := open(t, "sqlite:"+t.TempDir()+"/book.db")
	c := coverage.Change{Station: station(t, 1), By: coverage.Account{1}, Site: site(t, 1, home)}
	for _, n := range []int{0, maxSigned + 1} {
		if err := b.Apply(t.Context(), c, 10, make([]byte, n)); err == nil {
			t.Errorf("%d bytes were kept", n)
		}
	}
	if err := b.Apply(t.Context(), c, 10, make([]byte, maxSigned)); err != nil {
		t.Error(err)
	}
}

// A context that ends in the middle leaves nothing behind.
func testApplyGivesUp(t *testing.T, e engineCase) {
	b, s := e.open(t), station(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := coverage.Change{Station: s, By: coverage.Account{1}, Site: site(t, 1, home)}
	if err := b.Apply(ctx, c, 10, signed); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var errs []error
	for _, err := range b.Snapshot(ctx, 10) {
		errs = append(errs, err)
	}
	if len(errs) != 1 || !slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, context.Canceled) }) {
		t.Error(errs)
	}
	apply(t, b, c, 10)
}
