package demo

import (
	"context"
	"errors"
	"os"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/coverage"
	"hexspot/coverage/wallet"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/radio/ether"
	"hexspot/witness"
)

// siteValid is how long the signatures under a site may be entered.
const siteValid = time.Hour

// forgerOff is how far from the hotspot in the middle the forger's antenna is.
const forgerOff = 700.0

// publish gives every hotspot, and the forger, a key, an owner and a site, and enters
// those into the network's book. They count from the next epoch on.
func (c *cover) publish(ctx context.Context, p places, dir string) (err error) {
	if err := c.settleIn(p, dir); err != nil {
		return err
	}
	book, err := c.data.Book(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	now, err := c.entryTime(ctx)
	if err != nil {
		return err
	}
	for _, h := range c.everybody() {
		if err := c.enterSite(ctx, book, h, now); err != nil {
			return err
		}
	}
	return nil
}

func (c *cover) settleIn(p places, dir string) error {
	middle := p.hotspots[0].station.Place
	for _, roof := range p.hotspots {
		if place := roof.station.Place; place.To(ether.Place{}) < middle.To(ether.Place{}) {
			middle = place
		}
		where, err := placed(roof.station.Place)
		if err != nil {
			return err
		}
		h, err := newPublished(roof.eui, where, dir)
		if err != nil {
			return err
		}
		c.hotspots, c.byEUI[roof.eui] = append(c.hotspots, h), h
	}
	where, err := placed(ether.Place{X: middle.X + forgerOff, Y: middle.Y})
	if err != nil {
		return err
	}
	c.forger, err = newPublished(recordedEUI("the forger"), where, dir)
	return err
}

// entryTime is now, or the beginning of the next epoch if this one is about to end: all
// sites are to begin with the same.
func (c *cover) entryTime(ctx context.Context) (witness.Millis, error) {
	const enough = 2 * time.Second
	now := witness.MillisOf(time.Now())
	_, next := c.schedule.Slots(c.epochAt(now))
	if begins := c.schedule.Start(next).Time(); time.Until(begins) < enough {
		if err := waitUntil(ctx, begins.Add(time.Millisecond)); err != nil {
			return 0, err
		}
		now = witness.MillisOf(time.Now())
	}
	return now, nil
}

func (c *cover) slotAt(at time.Time) witness.Slot { return c.schedule.SlotAt(witness.MillisOf(at)) }

func (c *cover) epochAt(at witness.Millis) witness.Epoch {
	return c.schedule.Epoch(c.schedule.SlotAt(at))
}

// enterSite has the station and its owner sign, gives the station its copy and the
// network's book the change.
func (c *cover) enterSite(ctx context.Context, book *store.Book, h *published, now witness.Millis) error {
	owner, err := wallet.Generate()
	if err != nil {
		return err
	}
	site, err := coverage.NewSite(owner.Account(), h.cell, roofGain, 0, c.plan.Name)
	if err != nil {
		return err
	}
	terms := coverage.Terms{Station: h.station, Site: site, Deadline: int64(witness.MillisOf(now.Time().Add(siteValid)))}
	record, err := radio.Sign(h.key.Signer(), c.id, radio.KindSite, witness.SiteOf(terms).Append(nil))
	if err != nil {
		return err
	}
	signature, err := owner.Sign(wallet.Digest(c.id, terms))
	if err != nil {
		return err
	}
	if err := os.WriteFile(h.siteFile(), []byte(network.SiteText(record.Append(nil))+"\n"), 0o600); err != nil {
		return err
	}
	change := witness.SiteChange{Record: record, Owner: witness.AccountSignature(signature)}
	entered, err := network.ApplySite(ctx, book, change, c.id, c.schedule.Timing, now)
	c.sites = max(c.sites, entered.From) // an epoch later, if it has begun meanwhile
	return err
}
