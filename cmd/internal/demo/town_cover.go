package demo

import (
	"context"
	"os"
	"time"

	"hexspot/cmd/internal/proof"
	"hexspot/cmd/internal/town"
	"hexspot/radio"
	"hexspot/witness"
)

// takeCover prepares proof of coverage, if there is to be some; forget removes what the
// hotspots kept.
func (s *townSession) takeCover(ctx context.Context, at meetingPoint) (forget func(), err error) {
	if !s.config.covers() {
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "hexspot-town-")
	if err != nil {
		return nil, err
	}
	forget = func() { _ = os.RemoveAll(dir) }
	if s.cover, err = newCover(ctx, s.config, s.places, at, dir); err != nil {
		forget()
		return nil, err
	}
	return forget, nil
}

// sit starts attackers and court, if there is proof of coverage; stop ends them.
func (s *townSession) sit(ctx context.Context, fail context.CancelCauseFunc, at meetingPoint) (stop func(), err error) {
	if s.cover == nil {
		return func() {}, nil
	}
	c := s.cover
	if err := c.foes.connect(ctx, at.output.Server); err != nil {
		return nil, err
	}
	endWatch := background(ctx, fail, c.foes.link.Watch)
	endCourt := background(ctx, fail, c.court.run)
	c.endFoes = background(ctx, fail, c.foes.run)
	return func() {
		c.endFoes()
		endCourt()
		endWatch()
		c.foes.link.Close()
	}, nil
}

// coverageFacts is what the page needs besides the record.
func (s *townSession) coverage() *town.Coverage {
	if s.cover == nil {
		return nil
	}
	f := town.CoverageFacts{
		Now: time.Now(), Ended: *s.phase.Load() == town.Ended, Hotspots: map[radio.Station]town.CoveringHotspot{}, Refusals: s.cover.network.Refused(),
	}
	for _, m := range s.fleet {
		status, ok := m.box.CoverageStatus()
		if !ok {
			continue
		}
		f.Hotspots[s.cover.byEUI[m.eui].station] = town.CoveringHotspot{
			Waits: status.ReasonText, Skipped: status.Counts.Skipped, Dropped: status.Dropped, Receipts: status.Counts.Receipts,
		}
	}
	return s.cover.record.Snapshot(f)
}

// settled is when all cases of the slots before one have closed and been judged.
func (c *cover) settled(k witness.Slot) time.Time {
	return c.schedule.CaseCloses(k - 1).Time().Add(afterClose + 2*sitEvery)
}

// judgeCoverage judges what is settled: the cases of the slots before one.
func (s *townSession) judgeCoverage(settled witness.Slot) *proof.CoverageVerdict {
	c := s.cover
	first, _ := c.schedule.Slots(c.sites)
	return c.proof.Judge(proof.CoverageEnd{Sites: first, Settled: settled, Online: c.online, Told: s.told(), Before: c.skipped})
}

// told is what the hotspots say of themselves.
func (s *townSession) told() map[radio.Station]proof.Told {
	all := map[radio.Station]proof.Told{}
	for _, m := range s.fleet {
		if status, ok := m.box.CoverageStatus(); ok {
			all[s.cover.byEUI[m.eui].station] = proof.Told{Skipped: status.Counts.Skipped, Dropped: status.Dropped}
		}
	}
	return all
}

// beOnline notes that all hotspots run, from when on their beacons are due, and what they
// have skipped until now.
func (s *townSession) beOnline() {
	c := s.cover
	c.skipped = map[radio.Station]map[string]uint64{}
	for station, t := range s.told() {
		c.skipped[station] = t.Skipped
	}
	c.online = c.slotAt(time.Now()) + 2 // by then the first values have come
}

// awaitEnough lets a town live on until it has shown what is asked for, if anything is.
func (s *townSession) awaitEnough(ctx context.Context) error {
	if s.cover == nil || s.config.enough == nil {
		return nil
	}
	open := time.Duration(s.cover.schedule.Report)*time.Millisecond + afterClose + 2*sitEvery
	for !s.config.enough(s.judgeCoverage(s.cover.slotAt(time.Now().Add(-open)))) {
		if err := waitUntil(ctx, time.Now().Add(sitEvery)); err != nil {
			return err
		}
	}
	return nil
}
