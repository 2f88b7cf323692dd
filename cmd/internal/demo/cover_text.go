package demo

import (
	"fmt"

	"hexspot/cmd/internal/proof"
	"hexspot/cmd/internal/town"
)

// coverageRows are the summary's lines about proof of coverage.
func coverageRows(v *proof.CoverageVerdict) [][2]string {
	if v == nil {
		return nil
	}
	rows := [][2]string{
		{"beacons", fmt.Sprintf("%s sent by chips; of %s due %s not sent; reasons of all windows: %s", grouped(v.Emitted), grouped(v.Due), grouped(v.Missing), byCount(v.SkippedBy))},
		{"  judged", fmt.Sprintf("%s: %s; %s of them in frozen epochs", grouped(v.Judged()), byCount(v.BeaconsBy), grouped(v.Final))},
		{"  witnesses", fmt.Sprintf("%s taken by chips: %s", grouped(v.Taken), byCount(v.WitnessesBy))},
	}
	if v.Misdated > 0 {
		rows = append(rows, [2]string{"  machine too busy", fmt.Sprintf("%s reports dated more than 250 ms off", grouped(v.Misdated))})
	}
	for _, a := range v.Attacks {
		rows = append(rows, [2]string{"  " + a.Attack, fmt.Sprintf("%s sent, %s taken by chips; %s", grouped(a.Sent), grouped(a.Taken), byCount(a.Fates))})
	}
	return append(rows,
		[2]string{"  sent again", fmt.Sprintf("%s records, each with its first receipt and in the journal once", grouped(v.Resent))},
		[2]string{"  for others", fmt.Sprintf("reports for another network, refused as: %s", byCount(v.Foreign))})
}

func coverageConclusion(v *proof.CoverageVerdict) string {
	switch {
	case v == nil:
		return ""
	case v.Judged() == 0:
		return "; no beacon's case has closed in so short a time"
	}
	return fmt.Sprintf("; %s beacons and their witnesses are judged as the air has it, %s valid, and no attack went through", grouped(v.Judged()), grouped(v.BeaconsBy[proof.Valid]))
}

// coverageLines are the table's lines about proof of coverage.
func coverageLines(c *town.Coverage) []string {
	if c == nil {
		return nil
	}
	k := c.Counts
	made, ended, worst := 0, 0, ""
	for _, a := range c.Attacks {
		if a.Sent > 0 {
			made++
		}
		switch a.State {
		case town.OK:
			ended++
		case town.Bad:
			worst = ", NOT AS IT MUST BE: " + a.Kind
		}
	}
	return []string{
		row("beacons", grouped(k.Emitted)+" sent", fmt.Sprintf("valid %s of %s judged, too early %s, not sent %s", grouped(k.Held), grouped(k.Closed), grouped(k.Early), grouped(k.Skipped))),
		row("witnesses", grouped(k.Taken)+" heard", fmt.Sprintf("valid %s of %s judged, receipts %s", grouped(k.Valid), grouped(k.Witnesses), grouped(k.Receipts))),
		row("attacks", fmt.Sprintf("%d kinds made", made), fmt.Sprintf("%d rejected, dropped or refused%s", ended, worst)),
	}
}

// coverageText is the end of the one line.
func coverageText(c *town.Coverage) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("  beacons: sent %s, valid %s of %s; witnesses %s of %s",
		grouped(c.Counts.Emitted), grouped(c.Counts.Held), grouped(c.Counts.Closed), grouped(c.Counts.Valid), grouped(c.Counts.Witnesses))
}
