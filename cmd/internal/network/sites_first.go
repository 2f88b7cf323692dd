package network

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"hexspot/cmd/internal/pace"
	"hexspot/internal/store"
	"hexspot/witness"
)

// Bounds of first sites. A station is a key, which costs nothing, so neither a
// bound by station nor one by owner keeps anybody from filling the registry.
const (
	defaultFirstSites = 50 // an hour and address
	mostFirstSites    = 100_000
	defaultMostSites  = 1_000_000
	mostNewcomers     = 16_384 // addresses
	siteCountLasts    = time.Hour
)

// newcomers admits stations to the registry.
type newcomers struct {
	rate  int
	most  uint64
	pace  *pace.Buckets[netip.Prefix]
	count func(context.Context) (uint64, error)
	*census
}

// census is how many stations the registry has: as counted, with those that came since. Another
// instance with the same book may have entered some: it is counted again every hour.
type census struct {
	mu       sync.Mutex
	stations uint64
	counted  time.Time
}

func (c CoverageConfig) newcomers(book *store.Book) newcomers {
	rate := cmp.Or(c.FirstSites, defaultFirstSites)
	return newcomers{
		rate: rate, most: uint64(cmp.Or(c.MostSites, defaultMostSites)), count: book.Stations, census: &census{},
		pace: pace.New[netip.Prefix](float64(rate)/3600, rate, mostNewcomers),
	}
}

// admit says whether one more station may have a site, sent from there.
func (n *newcomers) admit(ctx context.Context, from netip.Prefix, now time.Time) error {
	if !n.pace.Allow(customer(from), now) {
		return siteFault{
			reason: witness.RefusedRate, text: fmt.Sprintf("more than %d first sites from one address in an hour", n.rate),
			cure: "wait an hour, or have the operator enter it ('hexnet site apply')",
		}
	}
	stations, err := n.present(ctx, now)
	if err != nil || stations < n.most {
		return err
	}
	return siteFault{
		reason: witness.RefusedRate, full: true, text: fmt.Sprintf("the registry has %d stations, which is all it may have", stations),
		cure: "ask the operator to raise coverage.most_sites",
	}
}

// customer is whom an address belongs to: of IPv6 whoever has it has a /48, with 65,536
// networks in it.
func customer(from netip.Prefix) netip.Prefix {
	if from.Bits() <= 48 || from.Addr().Is4() {
		return from
	}
	return netip.PrefixFrom(from.Addr(), 48).Masked()
}

// present counts if the last count is old. Nobody waits for another's count.
func (n *newcomers) present(ctx context.Context, now time.Time) (uint64, error) {
	n.mu.Lock()
	stations, age := n.stations, now.Sub(n.counted)
	n.mu.Unlock()
	if age < siteCountLasts {
		return stations, nil
	}
	stations, err := n.count(ctx)
	if err != nil {
		return 0, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stations, n.counted = stations, now
	return stations, nil
}

// entered counts one more.
func (c *census) entered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stations++
}
