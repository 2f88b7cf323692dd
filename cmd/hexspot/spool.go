package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/gateway/spool"
)

func spoolCommand(ctx context.Context, args []string, std streams) error {
	set := flags("spool status", "Says what waits on the disk: packets for each network, and records of each kind.\nThe hotspot may be running. Nothing is changed.",
		"hexspot spool status\nhexspot spool status --file /mnt/usb/spool.db", std)
	path := set.String("file", hotspot.DefaultSpool, "spool `FILE`, path in [spool] of the configuration")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || rest[0] != "status" {
		return fmt.Errorf("%w: 'hexspot spool status' is all there is", errUsage)
	}
	status, err := spool.Look(ctx, *path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no spool: %w", err)
	}
	if err != nil {
		return err
	}
	return writeSpool(std.out, status, time.Now())
}

func writeSpool(out io.Writer, status spool.Status, now time.Time) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "QUEUE\tKIND\tWAITING\tBYTES\tOLDEST\tACKNOWLEDGED\tREFUSED")
	for _, q := range status.Queues {
		kind := "packets"
		if q.Records {
			kind = "records"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\t%d\t%d\n", q.Name, kind, q.Waiting, q.Bytes, age(q.Oldest, now), q.Acknowledged, q.Refused)
	}
	fmt.Fprintf(table, "file: %d bytes\n", status.FileBytes)
	return table.Flush()
}

// age is how long ago something was, "-" if it is not known.
func age(t, now time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return now.Sub(t).Round(time.Second).String()
}
