package ingest

import (
	"fmt"

	"hexspot/radio"
	"hexspot/witness"
)

// Recover places a report that the journal has into the log, with the time that the journal
// has, unless the log has it or its epoch's log has been put away: an ingest before this
// one ended between the two. It is for the start, before anything is taken.
func (i *Ingest) Recover(s radio.Signed, received, now witness.Millis) (placed bool, err error) {
	placed, err = i.recoverOne(s, received, now)
	if err != nil {
		return false, fmt.Errorf("record %s of the journal: %w", s.ID(i.config.Network), err)
	}
	return placed, nil
}

func (i *Ingest) recoverOne(s radio.Signed, received, now witness.Millis) (placed bool, err error) {
	read := readers[s.Kind]
	if read == nil {
		return false, fmt.Errorf("a record of kind %s is no report", s.Kind)
	}
	c, f := read(s.Body, i.config.Timing)
	switch {
	case f != nil:
		return false, f.cause
	case c.own < i.config.Oldest(now):
		return false, nil
	}
	r := Report{Signed: s, ID: s.ID(i.config.Network), Own: c.own, Received: received, Tag: c.tag, Count: c.count}
	if _, known, err := i.placer.book.Find(r); known || err != nil {
		return false, err
	}
	_, err = i.placer.book.Place([]Report{r})
	return err == nil, err
}
