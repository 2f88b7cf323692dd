package hotspot

import (
	"maps"
	"time"

	"hexspot/witness"
)

// CoverageCounts count since the start of the program.
type CoverageCounts struct {
	Beacons   uint64 `json:"beacons"`   // emitted and reported
	Witnesses uint64 `json:"witnesses"` // observations reported
	Receipts  uint64 `json:"receipts"`
	Refused   uint64 `json:"refused"` // answers that the network did not take a record

	// Refusals are these by the name of the reason; the last one has its words.
	Refusals    map[string]uint64 `json:"refusals,omitempty"`
	Refusal     string            `json:"last_refusal,omitempty"`
	RefusalText string            `json:"last_refusal_text,omitempty"`

	Unusable uint64 `json:"unusable"` // messages of the network

	// Skipped are due beacons that were not emitted, by the name of the reason.
	Skipped map[string]uint64 `json:"skipped,omitempty"`
}

// CoverageStatus says how proof of coverage stands.
type CoverageStatus struct {
	Station string `json:"station"`
	Network string `json:"network"`
	Online  bool   `json:"online"`

	Reason     string            `json:"reason,omitempty"` // name; empty: the next beacon will be sent
	ReasonText string            `json:"reason_text,omitempty"`
	Place      *SiteStatus       `json:"site,omitempty"`          // nil: there is none
	Site       string            `json:"site_fault,omitempty"`    // why there is none
	Antenna    string            `json:"antenna_fault,omitempty"` // how the antenna of the configuration differs from the site's
	ClockBy    int64             `json:"clock_ahead_ms"`
	Next       *time.Time        `json:"next_beacon,omitempty"` // about: its exact time is drawn when its slot begins
	LastBeacon string            `json:"last_beacon"`
	LastHeard  *time.Time        `json:"last_witness,omitempty"`
	Held       int               `json:"held"`              // observations not yet reported
	Waiting    int               `json:"waiting"`           // frames without clock or entropy
	Dropped    map[string]uint64 `json:"dropped,omitempty"` // frames heard and not taken
	Flying     int               `json:"unanswered"`        // records sent a moment ago
	Unkept     int               `json:"not_on_disk"`       // records that the disk has not taken
	Lost       uint64            `json:"lost"`
	Overruns   uint64            `json:"overruns"` // frames, messages and answers that came too fast
	Counts     CoverageCounts    `json:"counts"`

	Registry RegistryStatus `json:"registry"`      // of the network, as to the site
	Log      *LogStatus     `json:"log,omitempty"` // of the network
}

// SiteStatus is the site that the station has signed.
type SiteStatus struct {
	Plan     string  `json:"plan"`
	Gain     float64 `json:"gain_dbi"`
	Loss     float64 `json:"cable_loss_db"`
	DataOnly bool    `json:"data_only"`
}

// Status tells how things stand now.
func (c *Coverage) Status() CoverageStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, _ := c.now()
	c.lookAround()
	c.lookAtDuty(now)
	b, h := c.beaconer.Status(now), c.collector.Status()
	s := CoverageStatus{
		Station: c.station.String(), Network: c.parts.Network.String(), Online: c.parts.Link.Online(),
		Reason: b.Reason.Name(), ClockBy: int64(b.ClockBy), LastBeacon: b.Last.String(),
		LastHeard: timeOf(c.lastHeard), Held: h.Held, Waiting: h.Unchecked + h.Undated, Dropped: map[string]uint64{},
		Flying: len(c.records.flying), Unkept: len(c.records.unkept), Lost: c.records.lost, Overruns: c.dropped.Load(), Counts: c.counts,
		Registry: c.registry.status(c.epoch(now), c.site), Log: c.log.status(),
	}
	c.submission.add(&s.Registry)
	s.ReasonText = c.reasonText(b, now)
	s.Counts.Refusals = maps.Clone(c.counts.Refusals)
	s.Counts.Skipped = c.skipped()
	s.Site, s.Antenna = c.siteFault, c.antenna
	if p := c.site; p != nil {
		s.Place = &SiteStatus{Plan: p.Plan, Gain: p.Gain.Float(), Loss: p.Loss.Float(), DataOnly: p.DataOnly}
	}
	for drop, n := range h.Dropped {
		s.Dropped[drop.String()] = n
	}
	if t, ok := c.chains.Timing(now); ok && b.DueKnown && b.Open {
		s.Next = timeOf(max(b.Start, t.Start(b.Due)))
	}
	return s
}

// skipped are the windows without a beacon, by the reasons' names.
func (c *Coverage) skipped() map[string]uint64 {
	named := map[string]uint64{}
	for reason, n := range c.beaconer.Skipped() {
		named[reason.Name()] = n
	}
	return named
}

func timeOf(m witness.Millis) *time.Time {
	if m == 0 {
		return nil
	}
	t := m.Time()
	return &t
}
