package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hexspot/cmd/internal/proof"
)

// What a town must reach, if it had this many downlinks.
const (
	emittedLeast = 0.99
	emittedFrom  = 100
)

// faultWords say what a fault of a downlink is.
var faultWords = map[proof.Fault]string{
	proof.Unreadable:    "messages that cannot be read",
	proof.Repeated:      "commands with a number that was used before",
	proof.Unanswered:    "commands that were never answered",
	proof.AnsweredTwice: "commands that were answered more than once",
	proof.BadAnswer:     "answers that do not fit their command",
	proof.Unasked:       "answers or reports that nobody asked for",
	proof.Silent:        "downlinks that were accepted and never reported",
	proof.ReportedTwice: "downlinks that were reported more than once",
	proof.BadReport:     "reports that do not fit their downlink",
	proof.NotEmitted:    "downlinks that were reported as sent, and the chip sent nothing",
	proof.Unreported:    "transmissions of chips that no report tells of",
	proof.Altered:       "transmissions that are not what was commanded or reported",
	proof.Mistimed:      "transmissions that were not at their instant",
	proof.DutyCycle:     "sub-bands that were used longer than an hour allows",

	proof.BrokenRecord:        "records in the journal that cannot be read",
	proof.BeaconUnreported:    "beacons that a chip sent and that were not reported, or more than once",
	proof.BeaconMisreported:   "beacon reports that are not what the chip sent",
	proof.BeaconUnsent:        "beacon reports of what no chip sent",
	proof.BeaconUnexplained:   "hotspots without a beacon in a window and without a reason",
	proof.BeaconTwice:         "windows with two beacons of a hotspot",
	proof.TakingUnreported:    "beacons that a chip took and that its hotspot did not report, or more than once",
	proof.TakingMisreported:   "observations that are not what the chip took",
	proof.ObservationInvented: "observations of what the chip never took",
	proof.WrongVerdict:        "verdicts that are not what the air implies",
	proof.NoVerdict:           "reports of beacons without a verdict",
	proof.AttackAccepted:      "attacks that were accepted",
	proof.AttackMisjudged:     "attacks that failed for another reason than their own",
	proof.AttackMiscounted:    "hotspots whose count of dropped frames is not what their chips took",
	proof.ReceiptChanged:      "records sent again that got another receipt than the first",
	proof.CountedTwice:        "records that are in the journal twice",
	proof.ForeignNotRefused:   "reports for another network that were not refused as such",
}

// problems are why the town has not passed, none if it has.
func (s *townSession) problems(sum TownSummary, err error) []string {
	switch {
	case errors.Is(err, context.Canceled):
		return []string{"it was ended early"}
	case err != nil:
		return []string{err.Error()}
	}
	var list []string
	problem := func(bad bool, format string, args ...any) {
		if bad {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	problem(sum.Missing > 0, "%d of %d frames that chips took have not arrived", sum.Missing, sum.Uplinks.Expected)
	problem(!sum.Uplinks.clean(), "what arrived is not what was on the air: %s", faultsText(sum.Uplinks, sum.Missing, sum.Gateway.Dropped))
	problem(sum.Uplinks.Matched == 0, "no frame has arrived")
	for _, f := range slices.Sorted(maps.Keys(sum.Downlinks.Faults)) {
		problem(true, "%d %s", sum.Downlinks.Faults[f], faultWords[f])
	}
	problem(sum.Downlinks.Accepted >= emittedFrom && *sum.Share < emittedLeast, "%d of %d accepted downlinks were emitted", sum.Downlinks.Emitted, sum.Downlinks.Accepted)
	if fault := s.dwellers.fault.Load(); fault != nil {
		list = append(list, fmt.Sprintf("the air did not take a frame: %v", *fault))
	}
	list = append(list, s.serverProblems()...)
	if sum.Coverage != nil {
		list = append(list, s.cover.problems(sum.Coverage)...)
	}
	return list
}

// serverProblems are those that the network server's own books have.
func (s *townSession) serverProblems() []string {
	var list []string
	for _, c := range []struct {
		count int
		what  string
	}{
		{s.final.open, "downlinks are open at the network server"},
		{s.final.tally.Unanswered, "commands were not answered in time, says the network server"},
		{s.final.tally.Silent, "accepted downlinks were not reported in time, says the network server"},
		{s.final.tally.Strange, "answers or reports fit nothing, says the network server"},
		{s.server.Unreadable(), "messages the network server could not read"},
		{s.final.counts.Dropped, "receptions the network server had no room for"},
	} {
		if c.count > 0 {
			list = append(list, fmt.Sprintf("%d %s", c.count, c.what))
		}
	}
	return list
}
