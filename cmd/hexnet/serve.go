package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/sync/errgroup"

	"hexspot/cmd/internal/network"
	"hexspot/cmd/internal/resident"
)

type serveCommand struct {
	Config      string `help:"Configuration file ('hexnet config' prints one). Default: none, all as by default." type:"existingfile" placeholder:"FILE"`
	JournalLost bool   `help:"Start although receipts were given for records that neither the journal nor its files have, and verify without those that are gone: they are lost for good. Until a report is taken, and such epochs are verified."`
}

// Help has the examples.
func (serveCommand) Help() string {
	return `Prints one line with where it listens and which network it is; hotspots put that id into "network" of
their configuration. Ends on SIGTERM or Ctrl-C.

A PUBACK for an uplink, statistics, an ack or a report means that it is on disk. When the disk is full or
the journal is broken, stations are disconnected without one, and send again.

With "enabled" in the section [coverage] it also publishes entropy, takes the reports of proof of
coverage, and answers them with receipts. Seeds are in the directory "entropy" of --data: keep it out
of backups. With "listen" in the section [api] it serves what is public of that by HTTP.

Back up all else of --data, and the book if it is elsewhere, all of one time. After a restore without
"entropy" the running epoch has no entropy for five slots or so, while it is made sure that no other
instance has the seed; then the next revision of its chain begins, and a warning says so. Two instances
with one book are one that serves and a spare: whichever has the running epoch's chain has the next ones,
too, while it lives, and the spare takes over in the same way. A book that is older
than the running epoch's chain, restored without "entropy", has stations refuse the new chain until the epoch ends.

A journal that is gone, or is looked for in the wrong place, keeps it from starting, since stations have receipts for what was in
it. If it is lost for good, start with --journal-lost until a report is taken; what was not yet in files is missing from verdicts
then. An epoch of which files are gone is not verified until they are back, or with --journal-lost without them.

Examples:
  hexnet serve
  hexnet serve --config /etc/hexnet/hexnet.toml --data /var/lib/hexnet`
}

// Run serves until it is told to stop.
func (s serveCommand) Run(ctx context.Context, c *commands, std streams, log *slog.Logger) error {
	if err := s.serve(ctx, c, std, log); err != nil {
		return stoppedError{err}
	}
	return nil
}

func (s serveCommand) serve(ctx context.Context, c *commands, std streams, log *slog.Logger) error {
	config, err := network.Load(s.Config)
	if err != nil {
		return err
	}
	config.Journal.Lost = s.JournalLost
	n, err := network.New(ctx, config, network.Data(c.Data), log)
	if err != nil {
		return err
	}
	addresses := n.Addresses()
	if url := n.API(); url != "" {
		addresses = append(addresses, url)
	}
	if _, err := fmt.Fprintf(std.out, "network %s at %s\n", n.ID(), strings.Join(addresses, " ")); err != nil {
		return err
	}
	return beside(ctx, n.Run, func(ctx context.Context) error {
		if err := resident.Rest(ctx); err != nil {
			log.Debug("memory that is not needed is kept", "error", err)
		}
		return nil
	})
}

// beside runs something, and something else for as long. Both have ended when it returns.
func beside(ctx context.Context, run, other func(context.Context) error) error {
	ctx, end := context.WithCancel(ctx)
	var both errgroup.Group
	both.Go(func() error { return other(ctx) })
	err := run(ctx)
	end()
	return errors.Join(err, both.Wait())
}
