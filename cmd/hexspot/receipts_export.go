package main

import (
	"context"
	"fmt"
	"strconv"

	"hexspot/cmd/internal/hotspot"
	"hexspot/witness"
	"hexspot/witness/log"
)

func exportReceipts(ctx context.Context, args []string, std streams) error {
	set := flags("receipts export", "Writes the receipts that the hotspot keeps, of the last 30 days, to a file that 'hexspot receipts check'\n"+
		"reads. The hotspot may be running; nothing is changed. What you keep for longer than 30 days is yours to keep.",
		"hexspot receipts export --out all.receipts\nhexspot receipts export --spool /mnt/usb/spool.db --epoch 21225 --out 21225.receipts", std)
	path := set.String("spool", hotspot.DefaultSpool, "spool `FILE`, path in [spool] of the configuration")
	network := set.String("network", "", "`NETWORK` that gave them, 16 hexadecimal digits; needed if there are several")
	out := set.String("out", "", "`FILE` to write, replaced if it is there")
	var epoch *witness.Epoch
	set.Func("epoch", "only those of this `EPOCH`", func(text string) error {
		n, err := strconv.ParseUint(text, 10, 64)
		epoch = new(witness.Epoch(n))
		return err
	})
	if err := parseOnly(set, args); err != nil {
		return err
	}
	if *out == "" {
		return fmt.Errorf("%w: --out is missing", errUsage)
	}
	held, err := hotspot.ReadReceipts(ctx, *path, *network, epoch)
	if err != nil {
		return err
	}
	return writeReceipts(held, *out, std)
}

func writeReceipts(held hotspot.Held, path string, std streams) error {
	if held.Damaged > 0 {
		fmt.Fprintf(std.err, "hexspot: %d receipts are damaged and left out\n", held.Damaged)
	}
	if len(held.Receipts) == 0 {
		return fmt.Errorf("no receipts of network %s are kept, or none of that epoch", held.Network)
	}
	text := log.AppendReceipts(nil, held.Receipts...)
	if len(text) > maxReceipts {
		return fmt.Errorf("%d receipts are %d bytes, more than 'hexspot receipts check' reads: take one --epoch", len(held.Receipts), len(text))
	}
	if err := hotspot.ReplaceFile(path, text, 0o644); err != nil {
		return fmt.Errorf("writing receipts: %w", err)
	}
	first, last := held.Receipts[0].Epoch, held.Receipts[0].Epoch
	for _, r := range held.Receipts {
		first, last = min(first, r.Epoch), max(last, r.Epoch)
	}
	_, err := fmt.Fprintf(std.out, "network    %s\nreceipts   %d, of epochs %d to %d\nwritten    %s\n", held.Network, len(held.Receipts), first, last, path)
	return err
}
