package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/internal/journal"
)

type journalCommand struct {
	Status journalStatus `cmd:"" help:"Say how full the journal is, and list its files."`
	Roll   journalRoll   `cmd:"" help:"Roll the journal off into files now."`
	Cat    journalCat    `cmd:"" help:"Check a file and print its records."`
}

// journalPlace is a journal that is not being served.
type journalPlace struct {
	Config string `help:"Configuration file of hexnet serve. Default: none, all as by default." type:"existingfile" placeholder:"FILE"`
}

// open opens the journal; end closes it.
func (p journalPlace) open(ctx context.Context, c *commands, log *slog.Logger) (n *network.Store, err error) {
	config, err := network.Load(p.Config)
	if err != nil {
		return nil, err
	}
	n, err = network.OpenStoreThere(ctx, config, network.Data(c.Data), log)
	switch {
	case errors.Is(err, journal.ErrInUse):
		err = fmt.Errorf("%w: hexnet serve rolls it off by itself; stop it to look at the log", err)
	case errors.Is(err, network.ErrNoJournal):
		err = fmt.Errorf("%w: hexnet serve makes one; name its data directory with --data, and its configuration with --config if that has journal.dir or journal.url", err)
	}
	return n, err
}

type journalStatus struct{ journalPlace }

// Help has the examples.
func (journalStatus) Help() string {
	return `A journal in the process of hexnet serve has one owner: stop hexnet serve first, or ask a cluster.

Examples:
  hexnet journal status
  hexnet journal status --config /etc/hexnet/hexnet.toml --data /var/lib/hexnet`
}

// Run prints the state of log and files.
func (s journalStatus) Run(ctx context.Context, c *commands, std streams, log *slog.Logger) (err error) {
	store, err := s.open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	status, err := store.Journal.Status(ctx)
	if err != nil {
		return err
	}
	files, err := store.Files(ctx)
	if err != nil {
		return err
	}
	return writeJournalStatus(std.out, status, files)
}

func writeJournalStatus(w io.Writer, s journal.Status, files []journal.File) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "log\t%d records, %d to %d\n", s.Records, s.First, s.Last)
	fmt.Fprintf(t, "used\t%d of %d bytes\n", s.Bytes, s.Most)
	if s.Free >= 0 {
		fmt.Fprintf(t, "disk\t%d bytes free\n", s.Free)
	}
	fmt.Fprintf(t, "files\t%d\n", len(files))
	for _, f := range files {
		fmt.Fprintf(t, "\t%s\t%d bytes\n", f.Name(), f.Size)
	}
	return t.Flush()
}

type journalRoll struct {
	journalPlace
	All bool `help:"The present hour too, not only those that are over."`
}

// Help has the examples.
func (journalRoll) Help() string {
	return `hexnet serve rolls off by itself; this is for a log that is not being served, or a cluster's.

Examples:
  hexnet journal roll
  hexnet journal roll --all --data /var/lib/hexnet`
}

// Run rolls off and names the files made.
func (r journalRoll) Run(ctx context.Context, c *commands, std streams, log *slog.Logger) (err error) {
	store, err := r.open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	until := time.Now()
	if r.All {
		until = until.Add(time.Hour)
	}
	made, err := store.Roll(ctx, until)
	for _, f := range made {
		fmt.Fprintln(std.out, f.Name())
	}
	if err == nil && len(made) == 0 {
		fmt.Fprintln(std.err, r.nothing())
	}
	return err
}

// nothing says why no file was made.
func (r journalRoll) nothing() string {
	if r.All {
		return "nothing to roll off: the log has no records that are in no file"
	}
	return "nothing to roll off: the log has no records of hours that are over; --all takes the present hour too"
}

type journalCat struct {
	File string `arg:"" help:"The file; - for standard input." placeholder:"FILE"`
}

// Help has the examples.
func (journalCat) Help() string {
	return `One JSON object a record, data in base64. The exit code is 0 only if count and hash of the file are right.

Examples:
  hexnet journal cat files/20261128T060201Z/00000000000000000001-00000000000000004211-20261128T06Z.hxj.zst
  hexnet journal cat FILE > /dev/null && echo whole and unchanged`
}

// Run prints records.
func (j journalCat) Run(std streams) error {
	in := std.in
	if j.File != "-" {
		file, err := os.Open(j.File)
		if err != nil {
			return fmt.Errorf("opening the file: %w", err)
		}
		defer file.Close()
		in = file
	}
	reader, err := journal.NewReader(in)
	if err != nil {
		return err
	}
	defer reader.Close()
	out := bufio.NewWriter(std.out)
	if err := writeRecords(out, reader); err != nil {
		return errors.Join(err, out.Flush())
	}
	return out.Flush()
}

func writeRecords(w io.Writer, reader *journal.Reader) error {
	encoder := json.NewEncoder(w)
	for {
		r, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := encoder.Encode(recordLine{r.Seq, r.Time, r.Subject, r.ID, r.Data}); err != nil {
			return err
		}
	}
}

// recordLine is a record as `hexnet journal cat` prints it.
type recordLine struct {
	Seq     uint64    `json:"seq"`
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"`
	ID      string    `json:"id"`
	Data    []byte    `json:"data"`
}
