package verify

import (
	"fmt"
	"time"

	"hexspot/radio"
	"hexspot/witness"
)

// Summary is what a verification found.
type Summary struct {
	Epoch   witness.Epoch
	Network radio.Network
	Rules   string
	Before  *witness.Epoch // whose state it began with, nil: it began with nothing
	Slot    witness.Slot   // of the value that selected
	Sums
	Stations                    int64 // with a tally
	BeaconShares, WitnessShares uint64
	Root                        [32]byte // SHA-256 of manifest.json

	// What follows is not in the files: it depends on what else is in the journal.
	Records    int64 // of the epoch, with a right signature
	Elsewhere  int64 // that were read and are of other epochs or kinds
	Drops      Drops
	Signatures int64 // of records, verified
	Openings   int64 // verified
	Signing    time.Duration
	Busy       time.Duration // of all workers, with signing
	Took       time.Duration

	// Paying is the processor time from verdicts and weights to shares in accounts: selection,
	// shares, what is held; of all workers. Closing is that of what one goroutine does behind
	// it: provisions, tallies and totals with their files. Zero without Inputs.Processor.
	Paying, Closing time.Duration
}

// Sums count verdicts.
type Sums struct {
	Cases             int64
	Beacons           int64 // reports
	ValidBeacons      int64
	Observations      int64
	ValidObservations int64
	Orphans           int64
	Late              int64 // reports of either kind that came after the freeze of their epoch
	Selected          int64
}

func (s *Sums) count(v *witness.Verdict) {
	s.Cases++
	for i := range v.Beacons {
		s.Beacons++
		s.reason(&v.Beacons[i], &s.ValidBeacons)
	}
	for i := range v.Witnesses {
		s.Observations++
		s.reason(&v.Witnesses[i], &s.ValidObservations)
	}
}

func (s *Sums) reason(j *witness.Judged, valid *int64) {
	switch {
	case j.Valid():
		*valid++
	case j.Reason == witness.FaultOrphan:
		s.Orphans++
	case j.Reason == witness.FaultLate && len(j.Findings) == 0:
		s.Late++
	}
}

func (s *Sums) add(o Sums) {
	s.Cases += o.Cases
	s.Beacons += o.Beacons
	s.ValidBeacons += o.ValidBeacons
	s.Observations += o.Observations
	s.ValidObservations += o.ValidObservations
	s.Orphans += o.Orphans
	s.Late += o.Late
	s.Selected += o.Selected
}

// SigningShare is the share of the work that signatures were, 0 to 1.
func (s *Summary) SigningShare() float64 {
	if s.Busy == 0 {
		return 0
	}
	return float64(s.Signing) / float64(s.Busy)
}

// Reports are all that got a verdict.
func (s *Summary) Reports() int64 { return s.Beacons + s.Observations }

// appendText is the file `summary`: lines of a word and a value, or two.
func (s *Summary) appendText(b []byte) []byte {
	before := "none"
	if s.Before != nil {
		before = fmt.Sprint(*s.Before)
	}
	b = fmt.Appendf(b, "epoch %d\nnetwork %v\nrules %s\nbefore %s\nselected-by %d\n", s.Epoch, s.Network, s.Rules, before, s.Slot)
	b = fmt.Appendf(b, "cases %d\nbeacons %d %d\nobservations %d %d\norphans %d\nlate %d\nselected %d\n",
		s.Cases, s.Beacons, s.ValidBeacons, s.Observations, s.ValidObservations, s.Orphans, s.Late, s.Selected)
	return fmt.Appendf(b, "stations %d\nshares %d %d\n", s.Stations, s.BeaconShares, s.WitnessShares)
}

// parseSummary reads the file, and nothing else.
func parseSummary(text []byte) (Summary, error) {
	var s Summary
	var network, before string
	_, err := fmt.Sscanf(string(text),
		"epoch %d\nnetwork %s\nrules %s\nbefore %s\nselected-by %d\n"+
			"cases %d\nbeacons %d %d\nobservations %d %d\norphans %d\nlate %d\nselected %d\nstations %d\nshares %d %d\n",
		&s.Epoch, &network, &s.Rules, &before, &s.Slot,
		&s.Cases, &s.Beacons, &s.ValidBeacons, &s.Observations, &s.ValidObservations, &s.Orphans, &s.Late, &s.Selected,
		&s.Stations, &s.BeaconShares, &s.WitnessShares)
	if err == nil {
		s.Network, err = radio.ParseNetwork(network)
	}
	if err == nil && before != "none" {
		s.Before = new(witness.Epoch)
		_, err = fmt.Sscan(before, s.Before)
	}
	if err == nil && string(s.appendText(nil)) != string(text) {
		err = fmt.Errorf("not in canonical form")
	}
	if err != nil {
		return Summary{}, fmt.Errorf("summary: %w", err)
	}
	return s, nil
}
