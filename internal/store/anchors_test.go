package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// testOneChainIsAnchored: of several instances that come at once one has the end and
// revision, and has it again after a start; others keep theirs.
func testOneChainIsAnchored(t *testing.T, e engineCase) {
	url := e.url(t)
	ctx := t.Context()
	var first atomic.Int32
	var all sync.WaitGroup
	for i := range byte(6) {
		book := open(t, url)
		all.Go(func() {
			switch err := book.Claim(ctx, Claim{From: 30, To: 60, X0: [32]byte{i + 1}}); {
			case err == nil:
				if !first.CompareAndSwap(0, int32(i)+1) {
					t.Errorf("%d has it as well as %d", i+1, first.Load())
				}
			case !errors.Is(err, ErrClaimed):
				t.Error(err)
			}
		})
	}
	all.Wait()
	book := open(t, url)
	winner, loser := [32]byte{byte(first.Load())}, [32]byte{byte(first.Load()) + 1}
	if err := book.Claim(ctx, Claim{To: 60, X0: winner}); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		to       uint64
		revision uint32
		want     error
	}{{60, 0, ErrClaimed}, {60, 1, nil}, {90, 0, nil}, {1<<40 - 1, 1<<32 - 1, nil}} {
		if err := book.Claim(ctx, Claim{To: c.to, Revision: c.revision, X0: loser}); !errors.Is(err, c.want) {
			t.Errorf("%d, %d: %v", c.to, c.revision, err)
		}
	}
	if err := book.Claim(ctx, Claim{To: 1 << 40, X0: loser}); err == nil || errors.Is(err, ErrClaimed) {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := book.Claim(gone, Claim{To: 120, X0: loser}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// testRevealedIsNoted: how far a chain is revealed only rises, and is that chain's alone.
func testRevealedIsNoted(t *testing.T, e engineCase) {
	book, ctx := e.open(t), t.Context()
	for revision := range uint32(3) {
		if err := book.Claim(ctx, Claim{From: 30 + uint64(revision), To: 60, Revision: revision, X0: [32]byte{byte(revision)}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, slot := range []uint64{40, 42, 41} {
		if err := book.Revealed(ctx, 60, 1, slot); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Revealed(ctx, 90, 0, 70); err != nil {
		t.Error("a chain that is not claimed: ", err)
	}
	got, err := book.Claims(ctx, 60, 1)
	want := []Claim{{31, 60, 1, [32]byte{1}, 42}, {32, 60, 2, [32]byte{2}, 0}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if none, err := book.Claims(ctx, 90, 0); err != nil || len(none) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err = book.Claims(gone, 60, 0)
	if err2 := book.Revealed(gone, 60, 0, 50); err == nil || err2 == nil {
		t.Error("done though it was given up")
	}
}
