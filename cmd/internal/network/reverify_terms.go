package network

import (
	"context"
	"errors"
	"fmt"

	"hexspot/cmd/internal/verify"
	"hexspot/internal/store"
	"hexspot/radio"
)

// book opens the book, which must be there.
func (v Reverification) book(ctx context.Context) (*store.Book, error) {
	book, err := v.Data.BookThere(ctx, v.Config.Coverage.Book)
	if errors.Is(err, store.ErrNoBook) {
		err = fmt.Errorf("the book of sites: %w: name the data directory of hexnet serve, or a copy, with --data, and its configuration with --config if that has coverage.book", err)
	}
	return book, err
}

// reading gives records, windowed those of a window.
type (
	reading  = func(context.Context, func(verify.Record) error) error
	windowed func(window) reading
)

// terms are those of the data: what the book says, or an anchor.
func (v Reverification) terms(ctx context.Context, book *store.Book, records windowed) (Terms, error) {
	terms, err := v.Data.Terms(ctx, book)
	if errors.Is(err, ErrNoTerms) {
		terms, err = journaledTerms(ctx, records(window{}))
	}
	if v.Network != nil {
		terms.Network = *v.Network
	}
	return terms, err
}

// journaledTerms are those of an anchor in the journal. Only the network itself writes them
// there.
func journaledTerms(ctx context.Context, records reading) (Terms, error) {
	found := errors.New("an anchor is found")
	var terms Terms
	err := records(ctx, func(r verify.Record) error {
		if r.Kind != string(radio.KindAnchor) {
			return nil
		}
		signed, err := radio.ParseSigned(r.Message)
		if err == nil {
			terms, err = termsOf(signed)
		}
		if err != nil {
			return nil // another one may be sound
		}
		return found
	})
	switch {
	case errors.Is(err, found):
		return terms, nil
	case err != nil:
		return Terms{}, err
	}
	return Terms{}, ErrNoTerms
}
