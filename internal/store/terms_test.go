package store

import (
	"errors"
	"testing"

	"hexspot/coverage"
	"hexspot/radio"
)

// testTerms: network and timing are settled once and stay; another instance of the same
// network settles the same ones.
func testTerms(t *testing.T, e engineCase) {
	url, ctx, mine := e.url(t), t.Context(), radio.Network{1, 2}
	book := open(t, url)
	if terms, ok, err := book.Terms(ctx); ok || err != nil {
		t.Errorf("a new book has %+v, %v", terms, err)
	}
	for _, c := range []struct {
		network radio.Network
		timing  string
		want    error
	}{{mine, "demo", nil}, {mine, "demo", nil}, {mine, "default", ErrOtherTerms}, {radio.Network{3}, "demo", ErrOtherTerms}} {
		if err := open(t, url).Settle(ctx, c.network, c.timing); !errors.Is(err, c.want) {
			t.Errorf("%v, %s: %v", c.network, c.timing, err)
		}
	}
	if terms, ok, err := book.Terms(ctx); !ok || err != nil || terms != (Terms{Network: mine, Timing: "demo"}) {
		t.Errorf("%+v, %v, %v", terms, ok, err)
	}
	if err := book.Settle(ctx, mine, ""); err == nil {
		t.Error("no timing was settled")
	}
}

// testNoChangeOfThePast: no change begins in an epoch that has begun, whatever epoch whoever
// enters it takes for the running one.
func testNoChangeOfThePast(t *testing.T, e engineCase) {
	book, ctx := e.open(t), t.Context()
	s, place := station(t, 1), site(t, 1, home)
	first := coverage.Change{Station: s, By: place.Owner, Site: place}
	if err := book.Settle(ctx, radio.Network{1}, "demo"); err != nil {
		t.Fatal(err)
	}
	for _, epoch := range []uint64{100, 99} {
		if err := book.Begin(ctx, epoch); err != nil {
			t.Fatal(err)
		}
	}
	for epoch, want := range map[uint64]error{7: ErrBegun, 98: ErrBegun, 99: ErrBegun} {
		if err := book.Apply(ctx, first, epoch, signed); !errors.Is(err, want) {
			t.Errorf("epoch %d: %v", epoch, err)
		}
	}
	if l := listings(t, book, 1<<40); len(l) != 0 {
		t.Errorf("a refused change left %+v", l)
	}
	apply(t, book, first, 100)
	if terms, _, err := book.Terms(ctx); err != nil || terms.Begun != 100 {
		t.Errorf("%+v, %v", terms, err)
	}
}
