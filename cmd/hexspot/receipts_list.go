package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/radio"
	"hexspot/witness"
)

func listReceipts(ctx context.Context, args []string, std streams) error {
	set := flags("receipts list", "Lists the reports of this hotspot that the network has answered, with what the receipt says of each: the id\n"+
		"that 'hexnet witness explain' takes, its epoch and its place in the log. The hotspot may be running.",
		"hexspot receipts list --since 3h\nhexspot receipts list --json", std)
	path := set.String("spool", hotspot.DefaultSpool, "spool `FILE`, path in [spool] of the configuration")
	network := set.String("network", "", "`NETWORK` that they were sent to, 16 hexadecimal digits; needed if there are several")
	since := set.Duration("since", 24*time.Hour, "how far back, `LONG`; 30 days are kept")
	asJSON := set.Bool("json", false, "print JSON, for programs")
	if err := parseOnly(set, args); err != nil {
		return err
	}
	list, err := hotspot.ReadReported(ctx, *path, *network, time.Now().Add(-*since))
	if err != nil {
		return err
	}
	if *asJSON {
		return writeReportedJSON(std.out, list)
	}
	return writeReported(std.out, list)
}

// reportedJSON is one report for programs.
type reportedJSON struct {
	ID       string        `json:"id"`
	Kind     radio.Kind    `json:"kind"`
	Slot     witness.Slot  `json:"slot,omitempty"` // of what was sent
	Epoch    witness.Epoch `json:"epoch"`
	Index    uint64        `json:"index"`
	Received time.Time     `json:"received"`
}

func writeReportedJSON(out io.Writer, list []hotspot.Reported) error {
	rows := []reportedJSON{}
	for _, r := range list {
		rows = append(rows, reportedJSON{hex.EncodeToString(r.ID[:]), r.Kind, r.Slot, r.Epoch, r.Index, r.Received})
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(rows)
}

func writeReported(out io.Writer, list []hotspot.Reported) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tKIND\tSLOT\tEPOCH\tINDEX\tRECEIVED")
	for _, r := range list {
		kind, slot := cmp.Or(string(r.Kind), "damaged"), "-"
		if r.Slot != 0 {
			slot = fmt.Sprint(uint64(r.Slot))
		}
		fmt.Fprintf(table, "%x\t%s\t%s\t%d\t%d\t%s\n", r.ID[:], kind, slot, r.Epoch, r.Index, r.Received.Format(time.RFC3339))
	}
	return table.Flush()
}
