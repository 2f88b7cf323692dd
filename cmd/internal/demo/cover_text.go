package demo

import (
	"fmt"

	"hexspot/cmd/internal/proof"
)

// coverageRows are the summary's lines about proof of coverage.
func coverageRows(v *proof.CoverageVerdict) [][2]string {
	if v == nil {
		return nil
	}
	rows := [][2]string{
		{"beacons", fmt.Sprintf("%s sent by chips; in %s due windows not sent: %s", grouped(v.Emitted), grouped(v.Due), byCount(v.SkippedBy))},
		{"  judged", fmt.Sprintf("%s: %s; %s of them in frozen epochs", grouped(v.Judged()), byCount(v.BeaconsBy), grouped(v.Final))},
		{"  witnesses", fmt.Sprintf("%s taken by chips: %s", grouped(v.Taken), byCount(v.WitnessesBy))},
	}
	for _, a := range v.Attacks {
		rows = append(rows, [2]string{"  " + a.Attack, fmt.Sprintf("%s sent, %s taken by chips; %s", grouped(a.Sent), grouped(a.Taken), byCount(a.Fates))})
	}
	return append(rows,
		[2]string{"  sent again", fmt.Sprintf("%s records, each with its first receipt and in the journal once", grouped(v.Resent))},
		[2]string{"  for others", fmt.Sprintf("reports for another network, refused as: %s", byCount(v.Foreign))})
}

func coverageConclusion(v *proof.CoverageVerdict) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("; %s beacons and their witnesses are judged as the air has it, %s valid, and no attack went through", grouped(v.Judged()), grouped(v.BeaconsBy[proof.Valid]))
}
