package demo

import (
	"context"

	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

// siteBook has the sites of the network's book as facts. It remembers what it has read:
// a site of an epoch that has begun never changes.
type siteBook struct {
	book  *store.Book
	known map[siteName]witness.SiteFacts
	err   error // why the book could not be read
}

type siteName struct {
	station radio.Station
	epoch   witness.Epoch
}

// site is what is published of a station for an epoch, nothing for a stranger.
func (b *siteBook) site(s radio.Station, e witness.Epoch) witness.SiteFacts {
	name := siteName{s, e}
	if facts, ok := b.known[name]; ok {
		return facts
	}
	facts, err := b.read(name)
	if err != nil {
		b.err = err
		return facts
	}
	b.known[name] = facts
	return facts
}

func (b *siteBook) read(n siteName) (witness.SiteFacts, error) {
	site, ok, err := b.book.Site(context.Background(), n.station, uint64(n.epoch))
	if err != nil || !ok {
		return witness.SiteFacts{}, err
	}
	return witness.SiteFactsOf(site)
}
