package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"hexspot/cmd/internal/network"
	"hexspot/coverage"
	"hexspot/internal/store"
	"hexspot/radio"
	"hexspot/witness"
)

type siteCommand struct {
	Sign     siteSign     `cmd:"" help:"Sign, as the owner, what a station has signed ('hexspot site sign')."`
	Apply    siteApply    `cmd:"" help:"Check a signed change and enter it in the registry."`
	Show     siteShow     `cmd:"" help:"Show the sites of an epoch, or the history of a station."`
	Snapshot siteSnapshot `cmd:"" help:"Write the registry as of an epoch, as it stands in the epoch's bundle."`
}

// networkFlag says which network signatures are for.
type networkFlag struct {
	Network string `help:"The network: 16 hexadecimal digits, or the text id of its key. Default: that of the data directory." placeholder:"HEX|TEXT"`
}

// named is the one that was named, nil if none was.
func (n networkFlag) named() (*radio.Network, error) {
	if n.Network == "" {
		return nil, nil
	}
	if key, err := radio.ParseStation(n.Network); err == nil {
		id := key.Network()
		return &id, nil
	}
	id, err := radio.ParseNetwork(n.Network)
	if err != nil {
		return nil, usageError{err}
	}
	return &id, nil
}

// id is the network that was named, or that of the data directory.
func (n networkFlag) id(ctx context.Context, c *commands) (radio.Network, error) {
	if named, err := n.named(); named != nil || err != nil {
		return *cmp.Or(named, &radio.Network{}), err
	}
	id, err := network.Data(c.Data).Network(ctx)
	if err != nil {
		return id, fmt.Errorf("%w (or name one with --network)", err)
	}
	return id, nil
}

// bookFlags say where the registry is and how long an epoch lasts.
type bookFlags struct {
	Book   string `help:"The book: sqlite:PATH or postgres://HOST/DATABASE. A running hexnet may have it open, too. Default: book.db in the data directory." env:"HEXNET_BOOK" placeholder:"URL"`
	Timing string `help:"Timing of a network that has not run yet: ${enum}. Once it has, the book knows its timing, and no other is taken." enum:"default,demo" default:"default"`
}

// there is the book, to be read.
func (b bookFlags) there(ctx context.Context, c *commands) (*store.Book, error) {
	book, err := network.Data(c.Data).BookThere(ctx, b.Book)
	return book, toldOfBooks(err)
}

// toldOfBooks adds to a fault what to do about a book that is not there.
func toldOfBooks(err error) error {
	if !errors.Is(err, store.ErrNoBook) {
		return err
	}
	return fmt.Errorf("%w: hexnet serve and 'hexnet site apply' make one; name theirs with --book, or their data directory with --data", err)
}

// timing is that of the book's network, or the one that was named if it has not run yet.
func (b bookFlags) timing(ctx context.Context, c *commands, book *store.Book) (witness.Timing, error) {
	named, err := witness.ScheduleNamed(b.Timing)
	if err != nil {
		return witness.Timing{}, err
	}
	terms, err := network.Data(c.Data).Terms(ctx, book)
	switch {
	case errors.Is(err, network.ErrNoTerms):
		return named.Timing, nil
	case err == nil && b.Timing != timingDefault && terms.Timing != named.Timing:
		return terms.Timing, usageError{fmt.Errorf("--timing %s: the network has another timing, which never changes: leave the flag out", b.Timing)}
	}
	return terms.Timing, err
}

// timingDefault is what --timing is if nobody says it.
const timingDefault = "default"

// running is the running epoch.
func (b bookFlags) running(ctx context.Context, c *commands, book *store.Book) (uint64, error) {
	timing, err := b.timing(ctx, c, book)
	if err != nil {
		return 0, err
	}
	return uint64(timing.Epoch(timing.SlotAt(witness.MillisOf(time.Now())))), nil
}

type siteApply struct {
	Change string `arg:"" help:"What 'hexnet site sign' printed, or - for standard input."`
	networkFlag
	bookFlags
}

// Help has the examples.
func (siteApply) Help() string {
	return `The change takes effect at the next epoch. It is refused if a signature is missing or wrong, its deadline has
passed, its nonce is not the station's next, or the owner so far has not signed.

Examples:
  hexnet site apply - < change.txt
  hexnet site apply --book postgres://hexnet@db.example/hexnet CpwB...`
}

// Run enters a change.
func (s siteApply) Run(ctx context.Context, c *commands, std streams) error {
	change, err := inputChange(s.Change, std)
	if err != nil {
		return err
	}
	id, err := s.id(ctx, c)
	if err != nil {
		return err
	}
	book, err := network.Data(c.Data).Book(ctx, s.Book)
	if err != nil {
		return err
	}
	defer book.Close()
	timing, err := s.timing(ctx, c, book)
	if err == nil {
		err = network.Data(c.Data).CheckNetwork(ctx, book, s.Book, id)
	}
	if err != nil {
		return err
	}
	applied, err := network.ApplySite(ctx, book, change, id, timing, witness.MillisOf(time.Now()))
	if err != nil {
		return err
	}
	again := ""
	if applied.Again {
		again = " (it was entered before)"
	}
	_, err = fmt.Fprintf(std.out, "station %v, change %d: site of %v from epoch %d%s\n",
		applied.Station, applied.Nonce, applied.Site.Owner, applied.From, again)
	return err
}

type siteShow struct {
	Station string  `arg:"" optional:"" help:"A station's text id: show its history."`
	Epoch   *uint64 `help:"Show the sites of this epoch. Default: the running one." placeholder:"N"`
	bookFlags
}

// Help has the examples.
func (siteShow) Help() string {
	return `Examples:
  hexnet site show
  hexnet site show --epoch 20790
  hexnet site show spot1qx...`
}

// Run prints a table.
func (s siteShow) Run(ctx context.Context, c *commands, std streams) error {
	book, err := s.there(ctx, c)
	if err != nil {
		return err
	}
	defer book.Close()
	sites, err := s.find(ctx, c, book)
	if err != nil {
		return err
	}
	return printSites(std.out, sites)
}

// find is what is asked for.
func (s siteShow) find(ctx context.Context, c *commands, book *store.Book) ([]coverage.Listing, error) {
	if s.Station != "" {
		return s.ofStation(ctx, book)
	}
	epoch, err := s.running(ctx, c, book)
	if err != nil {
		return nil, err
	}
	if s.Epoch != nil {
		epoch = *s.Epoch
	}
	return inEpoch(ctx, book, epoch)
}

// ofStation is the station's history.
func (s siteShow) ofStation(ctx context.Context, r store.Registry) ([]coverage.Listing, error) {
	station, err := radio.ParseStation(s.Station)
	if err != nil {
		return nil, err
	}
	records, err := r.History(ctx, station)
	var all []coverage.Listing
	for _, record := range records {
		all = append(all, coverage.Listing{Station: station, Entry: record.Entry})
	}
	return all, err
}

// inEpoch is what is published in an epoch.
func inEpoch(ctx context.Context, r store.Registry, epoch uint64) ([]coverage.Listing, error) {
	var all []coverage.Listing
	for l, err := range r.Snapshot(ctx, epoch) {
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

func printSites(w io.Writer, sites []coverage.Listing) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "STATION\tCHANGE\tFROM EPOCH\tOWNER\tCELL\tGAIN\tLOSS\tCLASS\tPLAN")
	for _, l := range sites {
		s := l.Site
		fmt.Fprintf(table, "%v\t%d\t%d\t%v\t%v\t%.2f dBi\t%v\t%s\t%s\n",
			l.Station, l.Nonce, l.From, s.Owner, s.Cell, s.Gain.Float(), s.Loss, s.Class(), s.Plan)
	}
	return table.Flush()
}

type siteSnapshot struct {
	Epoch uint64 `arg:"" help:"The epoch."`
	networkFlag
	bookFlags
}

// Help has the examples.
func (siteSnapshot) Help() string {
	return `One line for each station that has a site in the epoch. The same registry gives the same bytes. Of an epoch
that has not begun there is none: sites may still change.

Examples:
  hexnet site snapshot 20790 > registry.txt`
}

// Run writes the file to standard output.
func (s siteSnapshot) Run(ctx context.Context, c *commands, std streams) error {
	id, err := s.id(ctx, c)
	if err != nil {
		return err
	}
	book, err := s.there(ctx, c)
	if err != nil {
		return err
	}
	defer book.Close()
	running, err := s.running(ctx, c, book)
	if err == nil && s.Epoch > running {
		err = fmt.Errorf("epoch %d has not begun: the running one is %d; 'hexnet site show --epoch %d' says what is entered for it so far", s.Epoch, running, s.Epoch)
	}
	if err == nil {
		err = network.Data(c.Data).CheckNetwork(ctx, book, s.Book, id)
	}
	if err != nil {
		return err
	}
	w := bufio.NewWriter(std.out)
	if err := coverage.WriteSnapshot(w, id, s.Epoch, book.Snapshot(ctx, s.Epoch)); err != nil {
		return err
	}
	return w.Flush()
}
