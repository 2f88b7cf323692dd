package network

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"hexspot/cmd/internal/answers"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

// firstSite looks in a book with which epoch the first site of a station begins.
func firstSite(book *store.Book) answers.FirstSite {
	return func(ctx context.Context, s radio.Station) (witness.Epoch, bool, error) {
		first, err := book.Changes(ctx, s, 0, 1)
		if err != nil || len(first) == 0 {
			return 0, false, err
		}
		return witness.Epoch(first[0].From), true, nil
	}
}

// Answers answers from the verified epochs of the directory and, if it is there, its book of
// sites. End closes that. Where the book cannot be opened, as in a copy that nothing can be
// written to, answers are made without it, and the log has a warning.
func (d Data) Answers(ctx context.Context, log *slog.Logger) (b *answers.Book, end func() error, err error) {
	b = answers.NewBook(d.Verdicts())
	if _, err := os.Stat(d.path(bookFile)); err != nil {
		return b, noEnd, nil
	}
	end, err = d.KnowSites(ctx, b, "")
	if err != nil && ctx.Err() == nil {
		log.Warn("the book of sites cannot be opened, answers do not say when a first site begins", "error", err)
		return b, noEnd, nil
	}
	return b, end, err
}

// KnowSites has answers say when a first site begins that a book of sites has, which is opened as
// BookThere does. End closes it.
func (d Data) KnowSites(ctx context.Context, b *answers.Book, url string) (end func() error, err error) {
	book, err := d.BookThere(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("the book of sites: %w", err)
	}
	b.KnowSites(firstSite(book))
	return book.Close, nil
}

func noEnd() error { return nil }
